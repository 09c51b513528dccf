internal import Foundation
internal import HoneTensor

/// Adaptive moment estimation.
///
/// - Shape: none.
/// - Units: `weightDecay` is added to the gradient, as L2 regularization; `AdamW` decays the weights themselves.
/// - Throws: `EngineError`.
/// - Source: Kingma & Ba, 2014, arXiv:1412.6980; Keras's `Adam`, or `torch.optim.Adam` by its style. `amsgrad`: Reddi
///   et al., 2018, arXiv:1904.09237.
public struct Adam: UpdateRule {
  /// Where epsilon stands; it matters in the first steps, and where gradients are tiny.
  public enum Style: String, Codable, Sendable, Hashable {
    /// m̂ / (√v + ε) · √(1 − β₂ᵗ): the last form of the paper's §2.
    case keras
    /// m̂ / (√v̂ + ε): the paper's algorithm 1.
    case torch
  }

  public static let name = "adam"
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var style: Style
  public var weightDecay: Double
  /// Whether the largest second moment so far scales the step, so that steps only shrink.
  public var amsgrad: Bool

  public init() { self.init(epsilon: 1e-7) }

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7, style: Style = .keras, weightDecay: Double = 0,
    amsgrad: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.style = style
    self.weightDecay = weightDecay
    self.amsgrad = amsgrad
  }

  public var demands: [Demand] { Demand.moments(beta1, beta2, epsilon, weightDecay) }

  public var slots: [Slot] { AdamStep.slots(amsgrad: amsgrad) }

  public func update(_ group: UpdateGroup) throws {
    let epsilon = style == .torch ? epsilon : epsilon / AdamStep.correction(beta2, group).squareRoot()
    try AdamStep(beta1: beta1, beta2: beta2, epsilon: epsilon, decay: weightDecay, decoupled: false).step(group)
  }
}

/// Adam with weight decay that acts on the weights themselves.
///
/// - Shape: none.
/// - Units: each step multiplies the weights by 1 − rate · `weightDecay`.
/// - Throws: `EngineError`.
/// - Source: Loshchilov & Hutter, 2017, arXiv:1711.05101; `torch.optim.AdamW`.
public struct AdamW: UpdateRule {
  public static let name = "adamW"
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var weightDecay: Double
  /// Whether the largest second moment so far scales the step, so that steps only shrink.
  public var amsgrad: Bool

  public init() { self.init(weightDecay: 0.01) }

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01,
    amsgrad: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.amsgrad = amsgrad
  }

  public var demands: [Demand] { Demand.moments(beta1, beta2, epsilon, weightDecay) }

  public var slots: [Slot] { AdamStep.slots(amsgrad: amsgrad) }

  public func update(_ group: UpdateGroup) throws {
    try AdamStep(beta1: beta1, beta2: beta2, epsilon: epsilon, decay: weightDecay, decoupled: true).step(group)
  }
}

/// The step that all kinds of Adam share.
private struct AdamStep {
  let beta1: Double
  let beta2: Double
  /// As PyTorch's formula takes it.
  let epsilon: Double
  let decay: Double
  let decoupled: Bool

  static func slots(amsgrad: Bool) -> [Slot] {
    [Slot("mean"), Slot("square"), .scalar("step")] + (amsgrad ? [Slot("largest")] : [])
  }

  /// What a running mean that began at zero lacks.
  static func correction(_ beta: Double, _ group: UpdateGroup) -> Double { 1 - pow(beta, group.step) }

  func step(_ group: UpdateGroup) throws {
    guard !group.isCautious else { return try cautiousStep(group) }
    try Fused.adam(
      group.parameters.tensors, gradients: group.gradients.tensors, means: group["mean"].tensors,
      squares: group["square"].tensors, largest: group["largest"].tensors, steps: group["step"].tensors,
      rate: group.rate, beta1: beta1, beta2: beta2, epsilon: epsilon, decay: group.decay * decay, decoupled: decoupled)
  }

  private func cautiousStep(_ group: UpdateGroup) throws {
    let gradients = try decoupled ? group.gradients : group.gradients(decayedBy: decay)
    if decoupled { try group.shrink(by: decay) }
    let (mean, square) = try group.moments(of: gradients, beta1, beta2)
    let squares = try group["largest"].isEmpty ? square : group["largest"].raise(to: square)
    try group.descend(
      along: mean, overRootsOf: squares, factor: group.rootCorrection(beta2), epsilon: epsilon,
      by: group.rate / Self.correction(beta1, group))
  }
}
