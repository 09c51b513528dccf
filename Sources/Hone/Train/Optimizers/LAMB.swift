internal import Foundation
internal import HoneTensor

/// Adam whose step is, for each layer, in proportion to the layer's weights: for very large batches.
///
/// - Shape: none.
/// - Units: `gradientNorm` bounds the length of all gradients together, 0 does not; `weightDecay` is added to the
///   direction before it is scaled. What does not decay is not scaled either.
/// - Throws: `EngineError`.
/// - Source: You et al., 2019, arXiv:1904.00962; timm's `Lamb`.
public struct LAMB: UpdateRule {
  public static let name = "lamb"
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var weightDecay: Double
  public var gradientNorm: Double

  public init() { self.init(weightDecay: 0.01) }

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-6, weightDecay: Double, gradientNorm: Double = 1
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.gradientNorm = gradientNorm
  }

  public var demands: [Demand] {
    Demand.moments(beta1, beta2, epsilon, weightDecay) + Demand.notNegative(["gradientNorm": gradientNorm])
  }

  public var slots: [Slot] { [Slot("mean"), Slot("square")] }
  /// What gradients are divided by, so that they keep to their bound.
  public var numbers: [String: Double] { ["excess": 1] }

  public func advance(_ numbers: inout [String: Double], over groups: [UpdateGroup]) throws {
    guard gradientNorm > 0 else { return }
    numbers["excess"] = try max(1, TensorList(groups.flatMap(\.gradients.tensors)).norm() / gradientNorm)
  }

  public func update(_ group: UpdateGroup) throws {
    let (mean, square) = try group.moments(of: group.gradients, beta1, beta2, scale: 1 / group.number("excess"))
    let direction = try mean.quotients(
      overRootsOf: square, factor: group.rootCorrection(beta2), epsilon: epsilon,
      scale: 1 / (1 - pow(beta1, group.step)))
    if group.isCautious { try direction.keepAgreement(with: group.gradients) }
    let decay = group.decay * weightDecay
    if decay != 0 {
      try direction.add(group.parameters, scale: decay)
      try direction.scale(by: zip(group.parameters.norms(), direction.norms()).map(Self.trust))
    }
    try group.parameters.add(direction, scale: -group.rate)
  }

  private static func trust(_ weight: Double, _ direction: Double) -> Double {
    weight > 0 && direction > 0 ? weight / direction : 1
  }
}
