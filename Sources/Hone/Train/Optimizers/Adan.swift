internal import Foundation
internal import HoneTensor

/// Adam with a momentum of the gradients' changes beside that of the gradients: Nesterov's step without a second pass.
///
/// - Shape: none.
/// - Units: `beta1`, `beta2`, `beta3` are the parts that the means of gradients, of changes and of squares keep; each
///   step divides the weights by 1 + rate · `weightDecay`.
/// - Throws: `EngineError`.
/// - Source: Xie et al., 2022, arXiv:2208.06677; timm's `Adan`.
public struct Adan: UpdateRule {
  public static let name = "adan"
  public var beta1: Double
  public var beta2: Double
  public var beta3: Double
  public var epsilon: Double
  public var weightDecay: Double

  public init() { self.init(weightDecay: 0.02) }

  public init(
    beta1: Double = 0.98, beta2: Double = 0.92, beta3: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.beta3 = beta3
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public var demands: [Demand] {
    Demand.moments(beta1, beta2, epsilon, weightDecay) + Demand.parts(["beta3": beta3])
  }

  public var slots: [Slot] { [Slot("mean"), Slot("change"), Slot("square"), Slot("former")] }

  public func update(_ group: UpdateGroup) throws {
    let gradients = group.gradients
    if group.steps == 0 { try group["former"].assign(gradients) }
    let (mean, change, square) = (group["mean"], group["change"], group["square"])
    try mean.average(
      gradients, keeping: beta1, changes: change, since: group["former"], keeping: beta2, squares: square,
      keeping: beta3)
    let factor = group.rootCorrection(beta3)
    try group.descend(
      along: mean, overRootsOf: square, factor: factor, epsilon: epsilon,
      by: group.rate / (1 - pow(beta1, group.step)))
    try group.parameters.addQuotient(
      change, overRootsOf: square, factor: factor, epsilon: epsilon,
      scale: -group.rate * beta2 / (1 - pow(beta2, group.step)))
    let decay = group.rate * group.decay * weightDecay
    if decay != 0 { try group.parameters.scale(by: 1 / (1 + decay)) }
  }
}
