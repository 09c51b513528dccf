/// Stops when the validation has not improved for a while, and keeps the best weights.
///
/// - Shape: none.
/// - Units: `patience` in epochs; `minimumDelta` in the monitored number.
/// - Throws: nothing.
/// - Source: Keras's `EarlyStopping`.
public struct EarlyStopping: Settings {
  /// What is watched.
  public enum Monitor: String, Codable, Sendable, Hashable {
    case validationLoss, validationAccuracy
  }

  public var monitor: Monitor
  public var patience: Int
  public var minimumDelta: Double
  /// Whether the weights of the best epoch are what training returns.
  public var restoresBest: Bool

  public init() { self.init(patience: 10) }

  public init(
    patience: Int, monitor: Monitor = .validationLoss, minimumDelta: Double = 0, restoresBest: Bool = true
  ) {
    self.monitor = monitor
    self.patience = patience
    self.minimumDelta = minimumDelta
    self.restoresBest = restoresBest
  }

  /// The best so far, and how long ago; part of a checkpoint.
  public struct State: Codable, Sendable, Hashable {
    public var best: Double?
    public var bestEpoch = 0
    public var waited = 0
    public init() {}
  }

  /// What to do after an epoch.
  public struct Verdict: Sendable, Hashable {
    public var improved: Bool
    public var stops: Bool
  }

  /// Takes one more epoch into account. Epochs without validation change nothing.
  public func judge(_ epoch: EpochMetrics, _ state: inout State) -> Verdict {
    guard let value = score(epoch) else { return Verdict(improved: false, stops: false) }
    if let best = state.best, value <= best + minimumDelta {
      state.waited += 1
      return Verdict(improved: false, stops: state.waited >= patience)
    }
    state = State(best: value, bestEpoch: epoch.epoch)
    return Verdict(improved: true, stops: false)
  }

  /// More is better; not a number is never better.
  private func score(_ epoch: EpochMetrics) -> Double? {
    let value = monitor == .validationLoss ? epoch.validationLoss.map { -$0 } : epoch.validationAccuracy
    return value.map { $0.isNaN ? -.infinity : $0 }
  }
}

extension EarlyStopping.State {
  fileprivate init(best: Double, bestEpoch: Int) {
    self.best = best
    self.bestEpoch = bestEpoch
  }
}
