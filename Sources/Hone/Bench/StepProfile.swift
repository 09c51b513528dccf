package import HoneTensor

/// What each operation of a training step takes, and what it would take at the least on this machine.
public struct StepProfile: Codable, Sendable, Hashable {
  /// All calls of one operation.
  public struct Row: Codable, Sendable, Hashable {
    public var operation: String
    public var calls: Int
    /// Seconds of a step.
    public var forward: Double
    public var backward: Double
    /// Seconds that the machine's arithmetic or its memory need for the same; 0 where neither is known.
    public var least: Double

    public var seconds: Double { forward + backward }
    /// How near it comes to the roofline, 1 at it; nil where there is none. Above 1 a cache has served as memory.
    public var share: Double? { least > 0 && seconds > 0 ? least / seconds : nil }
  }

  /// The most costly first.
  public var rows: [Row]
  /// Of a whole step.
  public var seconds: Double
  public var precision: Precision

  /// Seconds of the step that belong to no row.
  public var rest: Double { max(0, seconds - rows.reduce(0) { $0 + $1.seconds }) }
  /// The least seconds of the whole step.
  public var least: Double { rows.reduce(0) { $0 + $1.least } }
}

extension StepProfile {
  /// One step or several alike, as the engine timed them.
  ///
  /// - Parameters:
  ///   - calls: of each step.
  ///   - update: what the optimizer does once.
  ///   - seconds: of one step.
  package init(
    _ steps: [[TimedOperation]], update: TimedOperation, seconds: Double, rates: MachineRates, precision: Precision
  ) {
    let calls = steps.joined().filter { $0.operation != Self.whole }
    let share = 1 / Double(max(1, steps.count))
    let rows = Dictionary(grouping: calls, by: \.operation).map { name, calls in
      Row(name, calls, share: share) { rates.leastSeconds(multiplyAdds: $0.multiplyAdds, bytes: $0.bytes, precision) }
    }
    let last = Row(update.operation, [update], share: 1) {
      rates.leastSeconds(multiplyAdds: 0, bytes: $0.bytes, precision)
    }
    self.rows = (rows + [last]).sorted { ($0.seconds, $1.operation) > ($1.seconds, $0.operation) }
    self.seconds = seconds
    self.precision = precision
  }

  /// The engine's call that holds all of a backward pass, whose parts are counted where they belong.
  private static let whole = "backward"
}

extension StepProfile.Row {
  fileprivate init(
    _ operation: String, _ calls: [TimedOperation], share: Double, least: (TimedOperation.Cost) -> Double
  ) {
    self.operation = operation
    self.calls = Int((Double(calls.count) * share).rounded())
    forward = share * calls.reduce(0) { $0 + $1.forward.seconds }
    backward = share * calls.reduce(0) { $0 + $1.backward.seconds }
    self.least = share * calls.reduce(0) { $0 + least($1.forward) + least($1.backward) }
  }
}
