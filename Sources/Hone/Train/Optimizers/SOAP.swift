internal import Foundation
internal import HoneTensor

/// Adam in the coordinates in which each layer's gradients vary independently.
///
/// Fewer steps than Adam's for more arithmetic in each: a matrix per axis is kept, and turned every `every` steps.
///
/// - Shape: any; axes longer than `largest`, and vectors, keep their own coordinates.
/// - Units: `smoothing` is the part of each axis's second moments that a step keeps; each step multiplies the weights by
///   1 − rate · `weightDecay`. The first step only looks.
/// - Throws: `EngineError`.
/// - Source: Vyas et al., 2024, arXiv:2409.11321; `pytorch_optimizer`'s `SOAP`. Differs: every axis of a convolution's
///   kernel has coordinates of its own, and they are found in the weights' own precision.
public struct SOAP: UpdateRule {
  public static let name = "soap"
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var smoothing: Double
  public var every: Int
  public var largest: Int
  public var weightDecay: Double

  public init() { self.init(weightDecay: 0.01) }

  public init(
    beta1: Double = 0.95, beta2: Double = 0.95, epsilon: Double = 1e-8, smoothing: Double = 0.95, every: Int = 10,
    largest: Int = 4096, weightDecay: Double
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.smoothing = smoothing
    self.every = every
    self.largest = largest
    self.weightDecay = weightDecay
  }

  public var demands: [Demand] {
    Demand.moments(beta1, beta2, epsilon, weightDecay) + Demand.parts(["smoothing": smoothing])
      + Demand.counts(["every": every, "largest": largest])
  }

  public var slots: [Slot] {
    [Slot("mean"), Slot("square")] + AxisMatrices.slots("moment", "turn", largest: largest) { $0.count > 1 }
  }

  public func update(_ group: UpdateGroup) throws {
    if group.steps == 0 { return try look(group) }
    let turns = (0..<AxisMatrices.axes).map { group["turn\($0)"].tensors }
    let mean = try group["mean"].lerp(to: group.gradients, 1 - beta1)
    let turned = try AxisMatrices.turn(group.gradients, by: turns)
    let square = try group["square"].lerp(to: turned.copy().multiply(by: turned), 1 - beta2)
    let step = try AxisMatrices.turn(mean, by: turns).copy().divide(by: square.roots().add(epsilon))
    let correction = (1 - pow(beta2, Double(group.steps))).squareRoot() / (1 - pow(beta1, Double(group.steps)))
    try group.descend(along: AxisMatrices.turn(step, by: turns, back: true), by: group.rate * correction)
    try group.shrink(by: weightDecay)
    try gather(group)
    if group.steps % every == 0 { try refine(group) }
  }

  /// Each axis's coordinates from the first gradient.
  private func look(_ group: UpdateGroup) throws {
    try gather(group)
    for axis in 0..<AxisMatrices.axes {
      for (turn, moment) in zip(group["turn\(axis)"].tensors, group["moment\(axis)"].tensors) where turn.count > 0 {
        try TensorList([turn]).assign(TensorList([Linalg.eigh(moment).vectors.flip([1])]))
      }
    }
  }

  /// Takes the gradients into the second moments of each axis.
  private func gather(_ group: UpdateGroup) throws {
    for axis in 0..<AxisMatrices.axes {
      let (moments, outer) = try AxisMatrices.moments(of: group, along: axis)
      try moments.lerp(to: outer, 1 - smoothing)
    }
  }

  /// One round of power iteration for the coordinates, most important first.
  private func refine(_ group: UpdateGroup) throws {
    for axis in 0..<AxisMatrices.axes {
      for (place, turn) in group["turn\(axis)"].tensors.enumerated() where turn.count > 0 {
        let product = try group["moment\(axis)"].tensors[place].matmul(turn)
        let order = try turn.mul(product).sum([0]).sort(descending: true).indices
        let square = group["square"].tensors[place]
        try TensorList([square]).assign(TensorList([square.indexSelect(axis, order)]))
        try TensorList([turn]).assign(TensorList([Linalg.qr(product.indexSelect(1, order)).q]))
      }
    }
  }
}
