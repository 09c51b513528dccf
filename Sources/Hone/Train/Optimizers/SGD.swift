internal import HoneTensor

/// Stochastic gradient descent, with momentum if wanted.
///
/// - Shape: none.
/// - Units: `weightDecay` is added to the gradient as `weightDecay · w`.
/// - Throws: `EngineError`.
/// - Source: `torch.optim.SGD`; Nesterov: Sutskever et al., 2013.
public struct SGD: UpdateRule {
  public static let name = "sgd"
  public var momentum: Double
  public var nesterov: Bool
  public var weightDecay: Double

  public init() { self.init(momentum: 0) }

  public init(momentum: Double, nesterov: Bool = false, weightDecay: Double = 0) {
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
  }

  public var demands: [Demand] {
    Demand.parts(["momentum": momentum]) + Demand.notNegative(["weightDecay": weightDecay])
  }

  public var slots: [Slot] { momentum == 0 ? [] : [Slot("velocity")] }

  public func update(_ group: UpdateGroup) throws {
    guard !group.isCautious || momentum == 0 else { return try cautiousStep(group) }
    try Fused.sgd(
      group.parameters.tensors, gradients: group.gradients.tensors, velocities: group["velocity"].tensors,
      rate: group.rate, momentum: momentum, decay: group.decay * weightDecay, nesterov: nesterov)
  }

  private func cautiousStep(_ group: UpdateGroup) throws {
    let gradients = try group.gradients(decayedBy: weightDecay)
    let velocity = try group["velocity"].scale(by: momentum).add(gradients)
    try group.descend(
      along: nesterov ? gradients.copy().add(velocity, scale: momentum) : velocity, by: group.rate)
  }
}
