internal import Foundation
internal import HoneTensor

/// Trains a recipe's network for a few steps on blank batches of growing size.
///
/// Nothing of it is kept. A size whose memory, by that of smaller ones, would exceed the limit is not tried.
///
/// ```swift
/// let search = try await findBatch(for: recipe, classes: 10, memoryLimit: 4 << 30)
/// print(search.largest, search.fastest)
/// ```
///
/// - Parameters:
///   - memoryLimit: what tensors may hold, in bytes.
///   - largestAllowed: the search ends there.
///   - progress: is told of each trial, on the engine's thread.
/// - Throws: `HoneError`, `EngineError`.
public func findBatch(
  for recipe: Recipe, classes: Int, memoryLimit: Int, largestAllowed: Int = 512, stop: StopFlag = StopFlag(),
  progress: @escaping @Sendable (BatchSearch.Trial) -> Void = { _ in }
) async throws -> BatchSearch {
  try await Engine.run {
    var search = BatchSearch(memoryLimit: memoryLimit, largestAllowed: largestAllowed)
    while let size = search.next, !stop.isRaised {
      guard let trial = try BatchSearch.Trial(of: size, recipe, classes: classes) else { break }
      search.trials.append(trial)
      progress(trial)
    }
    return search
  }
}

extension BatchSearch.Trial {
  /// Measures one size; nil where memory ran out.
  fileprivate init?(of size: Int, _ recipe: Recipe, classes: Int) throws {
    let device = recipe.device.resolved(.best).value ?? .cpu
    device.trim()
    device.resetPeak()
    let before = device.currentBytes
    do {
      let seconds = try Self.fastestStep(size, recipe, classes)
      self.init(
        size: size, secondsPerPicture: seconds / Double(size), peakBytes: max(0, device.peakBytes - before))
    } catch let error as EngineError where error.code == .outOfMemory {
      return nil
    }
  }

  /// The first step, which prepares what later ones use, and the fastest of some more.
  private static func fastestStep(_ size: Int, _ recipe: Recipe, _ classes: Int) throws -> Double {
    let (steps, enough) = (2...8, 1.0)
    let step = try TrainingStep(blank: recipe, size: size, classes: classes)
    try step.run()
    var (best, spent, done) = (Double.infinity, 0.0, 0)
    while done < steps.lowerBound || (done < steps.upperBound && spent < enough) {
      let began = Date()
      try step.run()
      let seconds = Date().timeIntervalSince(began)
      (best, spent, done) = (min(best, seconds), spent + seconds, done + 1)
    }
    return best
  }
}

extension TrainingStep {
  /// On blank pictures, their labels in turn.
  fileprivate convenience init(blank recipe: Recipe, size: Int, classes: Int) throws {
    var recipe = recipe
    recipe.batchSize = .fixed(size)
    let input = try recipe.makeModel(classes: (0..<classes).map { "class \($0)" }).structure.input
    let pixels = [Float](repeating: 0, count: size * input.channels * input.height * input.width)
    try self.init(recipe, pixels: pixels, labels: (0..<size).map { $0 % classes }, classes: classes)
  }
}
