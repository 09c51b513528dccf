/// The optimizer steps of a phase, epoch by epoch; their number changes where that of a batch's pictures does.
///
/// Schedules go by a clock on which every epoch takes as long as the one with the most steps.
package struct Course: Sendable, Hashable {
  /// Steps of each epoch.
  private let steps: [Int]
  /// The clock's ticks of an epoch.
  package let perEpoch: Int

  package init(_ steps: [Int]) {
    self.steps = steps
    perEpoch = steps.max() ?? 1
  }

  /// The clock's ticks of the phase.
  package var total: Int { perEpoch * steps.count }

  /// Where the clock stands after some steps.
  package func place(after count: Int) -> Int {
    var left = count
    for (epoch, length) in steps.enumerated() {
      if left < length { return epoch * perEpoch + left * perEpoch / length }
      left -= length
    }
    return total
  }
}
