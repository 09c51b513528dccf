internal import HoneTensor

/// Moves every weight by the same distance, by the sign of a momentum: half of Adam's memory.
///
/// A third to a tenth of AdamW's rate, and as many times its weight decay, are customary.
///
/// - Shape: none.
/// - Units: each step multiplies the weights by 1 − rate · `weightDecay`.
/// - Throws: `EngineError`.
/// - Source: Chen et al., 2023, arXiv:2302.06675; timm's `Lion`.
public struct Lion: UpdateRule {
  public static let name = "lion"
  public var beta1: Double
  public var beta2: Double
  public var weightDecay: Double

  public init() { self.init(weightDecay: 0.1) }

  public init(beta1: Double = 0.9, beta2: Double = 0.99, weightDecay: Double) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.weightDecay = weightDecay
  }

  public var demands: [Demand] {
    Demand.parts(["beta1": beta1, "beta2": beta2]) + Demand.notNegative(["weightDecay": weightDecay])
  }

  public var slots: [Slot] { [Slot("mean")] }

  public func update(_ group: UpdateGroup) throws {
    try group.shrink(by: weightDecay)
    let direction = try group["mean"].lerped(to: group.gradients, 1 - beta1).signs()
    try group.descend(along: direction, by: group.rate)
    try group["mean"].lerp(to: group.gradients, 1 - beta2)
  }
}
