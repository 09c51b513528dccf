internal import HoneTensor

/// Scales each gradient by how far recent steps went, so that a rate of 1 is customary.
///
/// - Shape: none.
/// - Units: `smoothing` is the part of the running means that one step keeps; `weightDecay` is added to the gradient.
/// - Throws: `EngineError`.
/// - Source: Zeiler, 2012, arXiv:1212.5701; `torch.optim.Adadelta`.
public struct Adadelta: UpdateRule {
  public static let name = "adadelta"
  public var smoothing: Double
  public var epsilon: Double
  public var weightDecay: Double

  public init() { self.init(weightDecay: 0) }

  public init(smoothing: Double = 0.9, epsilon: Double = 1e-6, weightDecay: Double) {
    self.smoothing = smoothing
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public var demands: [Demand] {
    Demand.parts(["smoothing": smoothing]) + Demand.notNegative(["epsilon": epsilon, "weightDecay": weightDecay])
  }

  public var slots: [Slot] { [Slot("square"), Slot("way")] }

  public func update(_ group: UpdateGroup) throws {
    let gradients = try group.gradients(decayedBy: weightDecay)
    let square = try group["square"].scale(by: smoothing).addProduct(gradients, gradients, scale: 1 - smoothing)
    let step = try group["way"].copy().add(epsilon).roots()
    try step.divide(by: square.copy().add(epsilon).roots()).multiply(by: gradients)
    try group["way"].scale(by: smoothing).addProduct(step, step, scale: 1 - smoothing)
    try group.descend(along: step, by: group.rate)
  }
}
