internal import Foundation

/// How long something takes that is done again and again on batches of one size.
///
/// - Units: seconds for a whole batch.
public struct Timing: Codable, Sendable, Hashable {
  public var batch: Int
  public var median: Double
  public var fastest: Double
  public var slowest: Double
  public var runs: Int
  /// Floating-point operations of a batch, those of multiplications with an addition.
  public var operations: Double

  public var picturesPerSecond: Double { Double(batch) / median }

  /// The part of a rate, in operations a second, that it makes use of.
  public func share(of rate: Double) -> Double { operations / median / rate }

  /// - Parameter times: seconds of each run; at least one.
  init(batch: Int, operations: Double, times: [Double]) {
    let sorted = times.sorted()
    self.batch = batch
    self.operations = operations
    median = sorted[sorted.count / 2]
    fastest = sorted[0]
    slowest = sorted[sorted.count - 1]
    runs = sorted.count
  }

  /// Times `body`: two runs that do not count, then at least five, and more until `seconds` have passed.
  init(batch: Int, operations: Double, seconds limit: Double, _ body: () throws -> Void) throws {
    for _ in 0..<2 { try body() }
    var times: [Double] = []
    while times.count < 5 || times.reduce(0, +) < limit { times.append(try seconds(body)) }
    self.init(batch: batch, operations: operations, times: times)
  }
}

extension Trace {
  /// Floating-point operations of a picture forwards, two to a multiplication with an addition.
  package var inferenceOperations: Double { rows.reduce(0) { $0 + 2 * Double($1.multiplyAdds) } }

  /// Floating-point operations of a picture in a training step: forwards, and for the gradients of the weights and of the
  /// inputs; the first layer's input has none.
  package var trainingOperations: Double {
    let first = rows.first { $0.multiplyAdds > 0 }?.multiplyAdds ?? 0
    return 3 * inferenceOperations - 2 * Double(first)
  }
}
