internal import HoneTensor

/// Gradient descent whose step is, for each layer, in proportion to the layer's weights: for very large batches.
///
/// - Shape: none.
/// - Units: `trust` is the part of a layer's norm that a step of rate 1 may be; `weightDecay` is added to the gradient.
///   What does not decay is not scaled either.
/// - Throws: `EngineError`.
/// - Source: You et al., 2017, arXiv:1708.03888; timm's `Lars`.
public struct LARS: UpdateRule {
  public static let name = "lars"
  public var momentum: Double
  public var nesterov: Bool
  public var trust: Double
  public var epsilon: Double
  public var weightDecay: Double

  public init() { self.init(weightDecay: 1e-4) }

  public init(
    momentum: Double = 0.9, nesterov: Bool = false, trust: Double = 0.001, epsilon: Double = 1e-8, weightDecay: Double
  ) {
    self.momentum = momentum
    self.nesterov = nesterov
    self.trust = trust
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public var demands: [Demand] {
    Demand.parts(["momentum": momentum])
      + Demand.notNegative(["trust": trust, "epsilon": epsilon, "weightDecay": weightDecay])
  }

  public var slots: [Slot] { momentum == 0 ? [] : [Slot("velocity")] }

  public func update(_ group: UpdateGroup) throws {
    let gradients = try scaled(group)
    guard momentum != 0 else { return try group.descend(along: gradients, by: group.rate) }
    let velocity = try group["velocity"].scale(by: momentum).add(gradients)
    try group.descend(along: nesterov ? gradients.add(velocity, scale: momentum) : velocity, by: group.rate)
  }

  private func scaled(_ group: UpdateGroup) throws -> TensorList {
    let decay = group.decay * weightDecay
    guard decay != 0 else { return try group.gradients.copy() }
    let ratios = try zip(group.parameters.norms(), group.gradients.norms()).map { weight, gradient in
      weight > 0 && gradient > 0 ? trust * weight / (gradient + decay * weight + epsilon) : 1
    }
    return try group.gradients(decayedBy: weightDecay).scale(by: ratios)
  }
}
