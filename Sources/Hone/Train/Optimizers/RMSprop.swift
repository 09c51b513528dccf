internal import HoneTensor

/// Divides each gradient by a running root mean square of itself.
///
/// - Shape: none.
/// - Units: `smoothing` is the part of the running mean that one step keeps; `weightDecay` is added to the gradient.
/// - Throws: `EngineError`.
/// - Source: Tieleman & Hinton, 2012, lecture 6.5; `torch.optim.RMSprop`, or timm's `RMSpropTF` by its style.
public struct RMSprop: UpdateRule {
  /// Where epsilon stands.
  public enum Style: String, Codable, Sendable, Hashable {
    /// g / (√v + ε); the mean begins at 0, and the rate scales what momentum gathers.
    case torch
    /// g / √(v + ε), as TensorFlow's first; the mean begins at 1, and momentum gathers steps with their rates.
    case tensorflow
  }

  public static let name = "rmsprop"
  public var smoothing: Double
  public var epsilon: Double
  public var momentum: Double
  public var weightDecay: Double
  public var style: Style

  public init() { self.init(smoothing: 0.9) }

  public init(
    smoothing: Double = 0.9, epsilon: Double = 1e-7, momentum: Double = 0, weightDecay: Double = 0,
    style: Style = .torch
  ) {
    self.smoothing = smoothing
    self.epsilon = epsilon
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.style = style
  }

  public var demands: [Demand] {
    Demand.parts(["smoothing": smoothing, "momentum": momentum])
      + Demand.notNegative(["epsilon": epsilon, "weightDecay": weightDecay])
  }

  public var slots: [Slot] {
    [Slot("square", start: style == .torch ? .zeros : .ones)] + (momentum == 0 ? [] : [Slot("velocity")])
  }

  public func update(_ group: UpdateGroup) throws {
    guard style == .torch, !group.isCautious else { return try plainStep(group) }
    try Fused.rmsprop(
      group.parameters.tensors, gradients: group.gradients.tensors, squares: group["square"].tensors,
      velocities: group["velocity"].tensors, rate: group.rate, smoothing: smoothing, epsilon: epsilon,
      decay: group.decay * weightDecay, momentum: momentum)
  }

  private func plainStep(_ group: UpdateGroup) throws {
    let gradients = try group.gradients(decayedBy: weightDecay)
    let squares = try group["square"].scale(by: smoothing).addProduct(gradients, gradients, scale: 1 - smoothing)
    let scales = try style == .torch ? squares.roots().add(epsilon) : squares.copy().add(epsilon).roots()
    guard momentum != 0 else { return try group.descend(along: gradients, over: scales, by: group.rate) }
    let gathered = style == .torch ? 1 : group.rate
    let velocity = try group["velocity"].scale(by: momentum).addQuotient(gradients, scales, scale: gathered)
    try group.descend(along: velocity, by: style == .torch ? group.rate : 1)
  }
}
