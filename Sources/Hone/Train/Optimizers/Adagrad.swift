internal import HoneTensor

/// Divides each gradient by the root of the sum of all its squares so far.
///
/// - Shape: none.
/// - Units: `rateDecay` divides the rate by 1 + steps · `rateDecay`; `weightDecay` is added to the gradient.
/// - Throws: `EngineError`.
/// - Source: Duchi et al., 2011, JMLR 12; `torch.optim.Adagrad`.
public struct Adagrad: UpdateRule {
  public static let name = "adagrad"
  public var epsilon: Double
  public var rateDecay: Double
  public var weightDecay: Double

  public init() { self.init(weightDecay: 0) }

  public init(epsilon: Double = 1e-10, rateDecay: Double = 0, weightDecay: Double) {
    self.epsilon = epsilon
    self.rateDecay = rateDecay
    self.weightDecay = weightDecay
  }

  public var demands: [Demand] {
    Demand.notNegative(["epsilon": epsilon, "rateDecay": rateDecay, "weightDecay": weightDecay])
  }

  public var slots: [Slot] { [Slot("sum")] }

  public func update(_ group: UpdateGroup) throws {
    let gradients = try group.gradients(decayedBy: weightDecay)
    let sum = try group["sum"].addProduct(gradients, gradients)
    let rate = group.rate / (1 + Double(group.steps) * rateDecay)
    try group.descend(along: gradients, overRootsOf: sum, epsilon: epsilon, by: rate)
  }
}
