/// The rate is multiplied by a factor whenever the loss has not improved for a while.
///
/// The loss is the validation's, or the training's where nothing validates.
///
/// - Shape: none.
/// - Units: `patience` and `cooldown` in epochs; an improvement is a loss below the best by a part of `threshold`.
/// - Throws: nothing.
/// - Source: `torch.optim.lr_scheduler.ReduceLROnPlateau`.
public struct Plateau: ScheduleKind {
  public static let name = "plateau"
  public var factor: Double
  public var patience: Int
  public var threshold: Double
  /// Epochs after a reduction that are not counted.
  public var cooldown: Int
  /// The factor below which the rate does not fall.
  public var final: Double

  public init() { self.init(patience: 5) }
  public init(
    patience: Int, factor: Double = 0.1, threshold: Double = 1e-4, cooldown: Int = 0, final: Double = 0
  ) {
    self.factor = factor
    self.patience = patience
    self.threshold = threshold
    self.cooldown = cooldown
    self.final = final
  }

  public var demands: [Demand] {
    Demand.shares(["factor": factor]) + Demand.parts(["threshold": threshold]) + Demand.notNegative(["final": final])
      + Demand.counts(["patience": patience, "cooldown": cooldown], from: 0)
  }

  public func factor(at clock: ScheduleClock) -> Double {
    clock.losses.reduce(into: Watch()) { $0.see($1, self) }.factor
  }

  /// What is remembered from epoch to epoch.
  private struct Watch {
    var factor = 1.0
    var best = Double.infinity
    var waited = 0
    var resting = 0

    mutating func see(_ loss: Double, _ rule: Plateau) {
      waited = loss < best * (1 - rule.threshold) ? 0 : waited + 1
      if waited == 0 { best = loss }
      if resting > 0 { (resting, waited) = (resting - 1, 0) }
      guard waited > rule.patience else { return }
      factor = max(rule.final, factor * rule.factor)
      (resting, waited) = (rule.cooldown, 0)
    }
  }
}
