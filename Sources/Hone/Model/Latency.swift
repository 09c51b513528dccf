import HoneTensor

/// How long a network takes for a batch of pictures on this machine, in evaluation and as fast as Hone can make it.
public struct Latency: Sendable, Hashable, Codable {
  public var batch: Int
  /// The median of the runs, in seconds for the whole batch.
  public var median: Double
  public var fastest: Double
  public var runs: Int
}

extension Structure {
  /// Measures it with random weights: two runs that do not count, then at least five, and more until `seconds` have passed.
  ///
  /// - Throws: `HoneError` where the structure is wrong, and what the engine throws.
  public func latency(batch: Int = 1, seconds: Double = 0.3) async throws -> Latency {
    let structure = self
    let times = try await Engine.run {
      let model = try Model.make(structure, seed: 0).optimizedForInference()
      try model.useChannelsLast()
      let pictures = try Tensor.normal([batch] + structure.input.shape, seed: 1).channelsLast()
      return try withoutGradients {
        try structure.times(2, 0) { try model(pictures).sum().item() }
        return try structure.times(5, seconds) { try model(pictures).sum().item() }
      }
    }
    let sorted = times.sorted()
    return Latency(batch: batch, median: sorted[sorted.count / 2], fastest: sorted[0], runs: sorted.count)
  }

  /// The seconds of each run: at least so many runs, and so many seconds.
  @discardableResult
  private func times(_ count: Int, _ seconds: Double, _ body: () throws -> Double) rethrows -> [Double] {
    var times: [Double] = []
    while times.count < count || times.reduce(0, +) < seconds {
      let duration = try ContinuousClock().measure { _ = try body() }
      times.append(duration / .seconds(1))
    }
    return times
  }
}
