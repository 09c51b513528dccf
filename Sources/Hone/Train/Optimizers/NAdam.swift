internal import Foundation
internal import HoneTensor

/// Adam that looks one step ahead, as Nesterov's momentum does.
///
/// - Shape: none.
/// - Units: `momentumDecay` is how fast the momentum approaches β₁; `weightDecay` is added to the gradient, or where
///   `decoupled` shrinks the weights.
/// - Throws: `EngineError`.
/// - Source: Dozat, 2016, ICLR workshop; `torch.optim.NAdam`.
public struct NAdam: UpdateRule {
  public static let name = "nadam"
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var momentumDecay: Double
  public var weightDecay: Double
  public var decoupled: Bool

  public init() { self.init(weightDecay: 0) }

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, momentumDecay: Double = 4e-3,
    weightDecay: Double, decoupled: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.momentumDecay = momentumDecay
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public var demands: [Demand] {
    Demand.moments(beta1, beta2, epsilon, weightDecay) + Demand.notNegative(["momentumDecay": momentumDecay])
  }

  public var slots: [Slot] { [Slot("mean"), Slot("square")] }
  /// The product of the momenta of all steps.
  public var numbers: [String: Double] { ["product": 1] }

  public func advance(_ numbers: inout [String: Double], over groups: [UpdateGroup]) {
    guard let step = groups.first?.step else { return }
    numbers["product", default: 1] *= momentum(step)
  }

  public func update(_ group: UpdateGroup) throws {
    let gradients = try decoupled ? group.gradients : group.gradients(decayedBy: weightDecay)
    if decoupled { try group.shrink(by: weightDecay) }
    let (mean, square) = try group.moments(of: gradients, beta1, beta2)
    let factor = group.rootCorrection(beta2)
    let (now, next) = (momentum(group.step), momentum(group.step + 1))
    let product = group.number("product")
    try group.parameters.addQuotient(
      gradients, overRootsOf: square, factor: factor, epsilon: epsilon,
      scale: -group.rate * (1 - now) / (1 - product))
    try group.descend(
      along: mean, overRootsOf: square, factor: factor, epsilon: epsilon,
      by: group.rate * next / (1 - product * next))
  }

  private func momentum(_ step: Double) -> Double { beta1 * (1 - 0.5 * pow(0.96, step * momentumDecay)) }
}
