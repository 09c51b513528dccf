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
    let mean = try group["mean"].lerp(to: gradients, 1 - beta1)
    let square = try group["square"].scale(by: beta2).addProduct(gradients, gradients, scale: 1 - beta2)
    let scales = try square.roots().scale(by: 1 / (1 - pow(beta2, group.step)).squareRoot()).add(epsilon)
    let (now, next) = (momentum(group.step), momentum(group.step + 1))
    let product = group.number("product")
    try group.parameters.addQuotient(gradients, scales, scale: -group.rate * (1 - now) / (1 - product))
    try group.descend(along: mean, over: scales, by: group.rate * next / (1 - product * next))
  }

  private func momentum(_ step: Double) -> Double { beta1 * (1 - 0.5 * pow(0.96, step * momentumDecay)) }
}
