internal import Foundation
internal import HoneTensor

/// Adam scaled by the largest recent gradient instead of a mean square.
///
/// - Shape: none.
/// - Units: `weightDecay` is added to the gradient.
/// - Throws: `EngineError`.
/// - Source: Kingma & Ba, 2014, arXiv:1412.6980, §7.1; `torch.optim.Adamax`.
public struct Adamax: UpdateRule {
  public static let name = "adamax"
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var weightDecay: Double

  public init() { self.init(weightDecay: 0) }

  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public var demands: [Demand] { Demand.moments(beta1, beta2, epsilon, weightDecay) }

  public var slots: [Slot] { [Slot("mean"), Slot("largest")] }

  public func update(_ group: UpdateGroup) throws {
    let gradients = try group.gradients(decayedBy: weightDecay)
    let mean = try group["mean"].lerp(to: gradients, 1 - beta1)
    let largest = try group["largest"].scale(by: beta2).raise(to: gradients.magnitudes().add(epsilon))
    try group.descend(along: mean, over: largest, by: group.rate / (1 - pow(beta1, group.step)))
  }
}
