public import HoneTensor

/// How closely a set of weights has to fit a model.
public enum Strictness: Sendable, Hashable {
  /// Every entry, and no other.
  case exact
  /// The head is left as it is: for weights with other classes or another top.
  case trunk
}

extension Model {
  /// Copies weights in by name.
  ///
  /// Other libraries' names are understood where Hone knows them, and position embeddings of another size are resampled.
  /// Nothing is changed unless everything fits. `num_batches_tracked` is ignored, since Hone has no use for it.
  ///
  /// - Throws: `HoneError` (`.weightMismatch`) that counts and names what is missing, unexpected, or of another shape.
  public func load(_ weights: [String: Tensor], _ strictness: Strictness = .exact, file: String? = nil) throws {
    let weights = try withFittingPositions(inOwnNames(weights))
    let wanted = targets.filter { strictness == .exact || !isHead($0.name) }
    try check(weights.mapValues(\.shape), against: wanted, strictness, file: file)
    for target in wanted {
      if let value = weights[target.name] { try target.load(value) }
    }
  }

  /// Loads a weight file; see ``WeightFile``.
  public func loadWeights(_ path: String, _ strictness: Strictness = .exact) throws {
    try load(WeightFile.read(path), strictness, file: path)
  }

  /// The weights under another library's names, `torchvision` or `timm`, where it has this structure and names it otherwise.
  public func state(namedAs library: String) -> [String: Tensor]? {
    guard let names = structure.weightNames(of: library) else { return nil }
    return Dictionary(uniqueKeysWithValues: state().map { (names.theirs($0.key) ?? $0.key, $0.value) })
  }

  /// The same weights under Hone's names, where they came under another library's.
  private func inOwnNames(_ weights: [String: Tensor]) throws -> [String: Tensor] {
    guard let first = parameters.first?.name, weights[first] == nil,
      let names = structure.dialects.first(where: { names in names.theirs(first).map { weights[$0] != nil } ?? false })
    else { return weights }
    let shapes = Dictionary(uniqueKeysWithValues: targets.map { ($0.name, $0.shape) })
    var translated: [String: Tensor] = [:]
    for (name, value) in weights {
      let own = names.ours(name) ?? name
      let shape = shapes[own] ?? value.shape
      let isSpread = shape != value.shape && shape.filter { $0 > 1 } == value.shape.filter { $0 > 1 }
      translated[own] = isSpread ? try value.reshape(shape) : value
    }
    return translated
  }

  private struct Target {
    var name: String
    var shape: [Int]
    var load: (Tensor) throws -> Void
  }

  private var targets: [Target] {
    parameters.map { entry in Target(name: entry.name, shape: entry.parameter.shape) { try entry.parameter.load($0) } }
      + buffers.map { entry in Target(name: entry.name, shape: entry.buffer.shape) { try entry.buffer.load($0) } }
  }

  private func check(
    _ shapes: [String: [Int]], against wanted: [Target], _ strictness: Strictness, file: String?
  ) throws {
    let names = Set(targets.map(\.name))
    let leftOut = leftOut
    let missing = wanted.map(\.name).filter { shapes[$0] == nil }
    let wrong = wanted.compactMap { target in
      shapes[target.name].flatMap { $0 == target.shape ? nil : "\(target.name) is \($0), not \(target.shape)" }
    }
    let unexpected = shapes.keys.sorted().filter { name in
      !names.contains(name) && !name.hasSuffix("num_batches_tracked")
        && (strictness == .exact || !(looksLikeHead(name) || leftOut.contains(Self.layer(of: name))))
    }
    let problems = [("missing", missing), ("unexpected", unexpected), ("of another shape", wrong)]
      .filter { !$0.1.isEmpty }.map { kind, list in "\(list.count) \(kind): \(Self.listed(list))" }
    guard !problems.isEmpty else { return }
    let source = file.map { "\($0) does" } ?? "these weights do"
    throw HoneError(
      .weightMismatch, "\(source) not fit \(structure.name): \(problems.joined(separator: "; ")). \(remedy(wrong))",
      file: file)
  }

  /// The layers of a trunk that was cut short; their weights have no place here, and need none.
  private var leftOut: Set<String> {
    guard structure.options.until != nil else { return [] }
    var whole = structure
    whole.options = structure.options.whole
    let names = (try? whole.summary())?.weights.keys.map(Self.layer) ?? []
    return Set(names).subtracting(parameters.map { Self.layer(of: $0.name) })
  }

  /// `layer3.0.bn1` of `layer3.0.bn1.running_mean`.
  private static func layer(of name: String) -> String {
    name.split(separator: ".").dropLast().joined(separator: ".")
  }

  private func remedy(_ wrong: [String]) -> String {
    wrong.contains { isHead(String($0.prefix { $0 != " " })) }
      ? "Skip the head if the file has other classes" : "Choose the structure that the file was made for"
  }

  /// Names that tops have in the wild.
  private func looksLikeHead(_ name: String) -> Bool {
    ["fc", "classifier", "linear", "head", head.name].contains { name.hasPrefix($0 + ".") }
  }

  private static func listed(_ names: [String]) -> String {
    names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
  }
}
