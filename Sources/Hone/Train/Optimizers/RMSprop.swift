internal import HoneTensor

/// Divides each gradient by a running root mean square of itself.
///
/// - Shape: none.
/// - Units: `smoothing` is the part of the running mean that one step keeps; `weightDecay` is added to the gradient.
/// - Throws: `EngineError`.
/// - Source: Tieleman & Hinton, 2012, lecture 6.5; `torch.optim.RMSprop` (epsilon outside the root).
public struct RMSprop: UpdateRule {
  public static let name = "rmsprop"
  public var smoothing: Double
  public var epsilon: Double
  public var momentum: Double
  public var weightDecay: Double

  public init() { self.init(smoothing: 0.9) }

  public init(smoothing: Double = 0.9, epsilon: Double = 1e-7, momentum: Double = 0, weightDecay: Double = 0) {
    self.smoothing = smoothing
    self.epsilon = epsilon
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  public var slots: [Slot] { [Slot("square")] + (momentum == 0 ? [] : [Slot("velocity")]) }

  public func update(_ group: UpdateGroup) throws {
    try Fused.rmsprop(
      group.parameters, gradients: group.gradients, squares: group.slots[0],
      velocities: group.slots.count > 1 ? group.slots[1] : [], rate: group.rate, smoothing: smoothing, epsilon: epsilon,
      decay: group.decays ? weightDecay : 0,
      momentum: momentum)
  }
}
