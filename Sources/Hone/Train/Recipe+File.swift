internal import Foundation
internal import HoneAugment
internal import HoneImage

extension Recipe: CustomStringConvertible {
  /// The recipe as YAML.
  public var description: String { (try? StrictDocument.yaml(self)) ?? "a recipe that cannot be written" }

  /// Reads a recipe from YAML or JSON text.
  ///
  /// - Parameter file: where the text comes from, for error messages.
  /// - Throws: `HoneError`; an unknown setting is named with its line and the nearest known one.
  public init(text: String, file: String? = nil) throws {
    try Self.refuseNewer(text, file: file)
    self = try StrictDocument.decode(Recipe.self, from: text, file: file)
    try check(file: file)
  }

  /// Reads a recipe from a YAML or JSON file.
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw HoneError(.notFound, "there is no recipe at \(path); check the path", file: path)
    }
    try self.init(text: String(decoding: data, as: UTF8.self), file: path)
  }

  /// Writes the recipe, as JSON where the path ends in `.json`, else as YAML.
  public func save(to path: String) throws {
    let text = try path.hasSuffix(".json") ? StrictDocument.json(self) : StrictDocument.yaml(self)
    try AtomicFile.write(Array(text.utf8), to: path)
  }

  private static func refuseNewer(_ text: String, file: String?) throws {
    let version = StrictDocument.peek("formatVersion", in: text).flatMap { Int($0) } ?? currentFormat
    guard version > currentFormat else { return }
    throw HoneError(
      .newerVersion,
      "\(file ?? "the recipe") has format \(version), and this Hone reads up to \(currentFormat); use a newer Hone",
      file: file, key: "formatVersion")
  }

  /// Refuses settings that no training could follow.
  ///
  /// - Throws: `HoneError` `.invalidValue`, naming the setting and its range.
  public func check(file: String? = nil) throws {
    func need(_ holds: Bool, _ key: String, _ rule: String) throws {
      guard holds else { throw HoneError(.invalidValue, "'\(key)' must be \(rule)", file: file, key: key) }
    }
    try need(epochs >= 1, "epochs", "at least 1")
    try need(batchSize.value ?? 1 >= 1, "batchSize", "at least 1, or auto")
    try need(threads.value ?? 1 >= 1, "threads", "at least 1, or auto")
    try need(workers.value ?? 1 >= 1, "workers", "at least 1, or auto")
    try need(
      repeats >= 1 && (batchSize.value ?? repeats) % max(1, repeats) == 0, "repeats",
      "at least 1, and a divisor of batchSize")
    try need((0...1).contains(balance), "balance", "from 0 to 1")
    try need(accumulation >= 1, "accumulation", "at least 1")
    try need(optimizer.rate >= 0 && optimizer.rate.isFinite, "optimizer.rate", "0 or more")
    try need((0...1).contains(loss.labelSmoothing), "loss.labelSmoothing", "from 0 to 1")
    try need(loss.confidencePenalty >= 0, "loss.confidencePenalty", "0 or more")
    try need((0..<1).contains(loss.distrusted), "loss.distrusted", "from 0 to below 1")
    try need((0..<1).contains(loss.classWeights.beta), "loss.classWeights.beta", "from 0 to below 1")
    try need((0...1).contains(loss.classWeights.begins), "loss.classWeights.begins", "from 0 to 1")
    try need((0..<1).contains(data.validation), "data.validation", "a fraction from 0 to below 1")
    try need((0..<1).contains(regularization.dropout ?? 0), "regularization.dropout", "from 0 to below 1")
    try need(clipping.norm ?? 1 > 0, "clipping.norm", "above 0")
    try need(clipping.value ?? 1 > 0, "clipping.value", "above 0")
    try need(clipping.adaptive ?? 1 > 0, "clipping.adaptive", "above 0")
    try need((0...1).contains(optimizer.layerDecay), "optimizer.layerDecay", "from 0 to 1")
    try need(optimizer.lookahead?.every ?? 1 >= 1, "optimizer.lookahead.every", "at least 1")
    try need((0...1).contains(optimizer.lookahead?.part ?? 0), "optimizer.lookahead.part", "from 0 to 1")
    try need(optimizer.sharpness?.radius ?? 1 > 0, "optimizer.sharpness.radius", "above 0")
    try need((0..<1).contains(ema?.decay ?? 0), "ema.decay", "from 0 to below 1")
    try need(earlyStopping?.patience ?? 1 >= 1, "earlyStopping.patience", "at least 1")
    try need((0...1).contains(transfer?.frozenPart ?? 0), "transfer.frozenPart", "from 0 to 1")
    try need(transfer?.frozenEpochs ?? 0 >= 0, "transfer.frozenEpochs", "0 or more")
    if let problem = mixing?.problem { throw HoneError(.invalidValue, "mixing: \(problem)", file: file, key: "mixing") }
    for penalty in regularization.penalties {
      try need(penalty.l1 >= 0 && penalty.l2 >= 0, "regularization.penalties", "0 or more")
    }
  }
}
