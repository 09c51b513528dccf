internal import Foundation
internal import HoneTensor

/// Adaptive moment estimation.
///
/// - Shape: none.
/// - Units: `weightDecay` is added to the gradient, as L2 regularization; `AdamW` decays the weights themselves.
/// - Throws: `EngineError`.
/// - Source: Kingma & Ba, 2014, arXiv:1412.6980; Keras's `Adam`, or `torch.optim.Adam` by its style.
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

  public init() { self.init(epsilon: 1e-7) }

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7, style: Style = .keras, weightDecay: Double = 0
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.style = style
    self.weightDecay = weightDecay
  }

  public var slots: [Slot] { Self.moments }

  public func update(_ group: UpdateGroup) throws {
    try Fused.adam(
      group.parameters, gradients: group.gradients, means: group.slots[0], squares: group.slots[1],
      steps: group.slots[2], rate: group.rate, beta1: beta1, beta2: beta2, epsilon: epsilon(after: group.steps),
      decay: group.decays ? weightDecay : 0, decoupled: false)
  }

  /// Epsilon as PyTorch's formula takes it.
  private func epsilon(after steps: Int) -> Double {
    style == .torch ? epsilon : epsilon / (1 - pow(beta2, Double(steps + 1))).squareRoot()
  }

  static let moments = [Slot("mean"), Slot("square"), Slot("step", isScalar: true)]
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

  public init() { self.init(weightDecay: 0.01) }

  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public var slots: [Slot] { Adam.moments }

  public func update(_ group: UpdateGroup) throws {
    try Fused.adam(
      group.parameters, gradients: group.gradients, means: group.slots[0], squares: group.slots[1],
      steps: group.slots[2], rate: group.rate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      decay: group.decays ? weightDecay : 0, decoupled: true)
  }
}
