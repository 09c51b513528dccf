internal import Foundation

/// The models of the best epochs stay in the run folder, as many as the disk may hold: `epochs/epoch-012.safetensors`.
///
/// - Shape: none.
/// - Units: `megabytes` of 10⁶ bytes for all of them together; nil sets no limit.
/// - Throws: nothing.
/// - Source: none: ours. They are what `hone soup` averages.
public struct Keeping: Settings {
  public var best: Int
  public var megabytes: Double?

  public init() { self.init(best: 3) }
  public init(best: Int, megabytes: Double? = nil) {
    self.best = best
    self.megabytes = megabytes
  }

  /// The epochs whose models stay: those of lowest validation loss (training loss where nothing validates).
  public func chosen(from history: [EpochMetrics], bytesOfModel bytes: Int) -> Set<Int> {
    let room = megabytes.map { Int($0 * 1e6) / max(1, bytes) } ?? best
    let ranked = history.sorted { ($0.validationLoss ?? $0.trainLoss) < ($1.validationLoss ?? $1.trainLoss) }
    return Set(ranked.prefix(min(best, room)).map(\.epoch))
  }
}

extension RunFolder {
  private var epochs: String { path + "/epochs" }

  private func model(of epoch: Int) -> String { epochs + String(format: "/epoch-%03d.safetensors", epoch) }

  /// Writes the model of an epoch if it is to stay, and removes those that are not.
  func keep(_ model: Model, of epoch: Int, chosen: Set<Int>, recipe: Recipe) throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: epochs, withIntermediateDirectories: true)
    if chosen.contains(epoch) { try ModelFile.save(model, recipe: recipe.description, to: self.model(of: epoch)) }
    for past in 1...epoch where !chosen.contains(past) { try? manager.removeItem(atPath: self.model(of: past)) }
  }
}
