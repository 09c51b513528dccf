internal import Foundation
internal import HoneTensor

/// Adam without a warm-up: the adaptive scale comes in as its estimate becomes reliable.
///
/// - Shape: none.
/// - Units: `weightDecay` is added to the gradient, or where `decoupled` shrinks the weights.
/// - Throws: `EngineError`.
/// - Source: Liu et al., 2019, arXiv:1908.03265; `torch.optim.RAdam`.
public struct RAdam: UpdateRule {
  public static let name = "radam"
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var weightDecay: Double
  public var decoupled: Bool

  public init() { self.init(weightDecay: 0) }

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double, decoupled: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public var demands: [Demand] { Demand.moments(beta1, beta2, epsilon, weightDecay) }

  public var slots: [Slot] { [Slot("mean"), Slot("square")] }

  public func update(_ group: UpdateGroup) throws {
    let gradients = try decoupled ? group.gradients : group.gradients(decayedBy: weightDecay)
    if decoupled { try group.shrink(by: weightDecay) }
    let (mean, square) = try group.moments(of: gradients, beta1, beta2)
    let distance = group.rate / (1 - pow(beta1, group.step))
    guard let rectifier = rectifier(group.step) else { return try group.descend(along: mean, by: distance) }
    let correction = (1 - pow(beta2, group.step)).squareRoot()
    try group.descend(along: mean, overRootsOf: square, epsilon: epsilon, by: distance * rectifier * correction)
  }

  /// How far the scale can be relied on; nil where it cannot.
  private func rectifier(_ step: Double) -> Double? {
    let power = pow(beta2, step)
    let most = 2 / (1 - beta2) - 1
    let length = most - 2 * step * power / (1 - power)
    guard length > 5 else { return nil }
    return ((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length)).squareRoot()
  }
}
