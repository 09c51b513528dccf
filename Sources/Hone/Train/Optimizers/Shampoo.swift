internal import Foundation
internal import HoneTensor

/// Divides gradients by the root of their second moments along every axis: Adagrad with a matrix for each axis.
///
/// Curvature in all directions of a layer for little memory. Steps are as long as Adagrad's, so rates are large.
///
/// - Shape: any; axes longer than `largest` are left as they are.
/// - Units: `epsilon` is added to the moments' diagonals; roots are taken every `every` steps; each step multiplies the
///   weights by 1 − rate · `weightDecay`.
/// - Throws: `EngineError`.
/// - Source: Gupta et al., 2018, arXiv:1802.09568, algorithm 2, with momentum of the resulting directions.
public struct Shampoo: UpdateRule, MomentumRule {
  public static let name = "shampoo"
  public var momentum: Double
  public var epsilon: Double
  public var every: Int
  public var largest: Int
  public var weightDecay: Double

  public init() { self.init(weightDecay: 0) }

  public init(
    momentum: Double = 0.9, epsilon: Double = 1e-4, every: Int = 10, largest: Int = 1024, weightDecay: Double
  ) {
    self.momentum = momentum
    self.epsilon = epsilon
    self.every = every
    self.largest = largest
    self.weightDecay = weightDecay
  }

  public var demands: [Demand] {
    Demand.parts(["momentum": momentum]) + Demand.positive(["epsilon": epsilon])
      + Demand.notNegative(["weightDecay": weightDecay]) + Demand.counts(["every": every, "largest": largest])
  }

  public var slots: [Slot] { [Slot("velocity")] + AxisMatrices.slots("moment", "root", largest: largest) }

  public func update(_ group: UpdateGroup) throws {
    for axis in 0..<AxisMatrices.axes {
      let (moments, new) = try AxisMatrices.moments(of: group, along: axis)
      try moments.add(new)
    }
    if group.steps % every == 0 { try takeRoots(group) }
    let roots = (0..<AxisMatrices.axes).map { group["root\($0)"].tensors }
    let direction = try AxisMatrices.turn(group.gradients, by: roots)
    let velocity = try group["velocity"].scale(by: momentum).add(direction)
    try group.shrink(by: weightDecay)
    try group.descend(along: velocity, by: group.rate)
  }

  /// Each axis's moments to the power −1 ÷ (2 · axes that have any).
  private func takeRoots(_ group: UpdateGroup) throws {
    let roots = (0..<AxisMatrices.axes).map { group["root\($0)"].tensors }
    for axis in 0..<AxisMatrices.axes {
      for (place, moment) in group["moment\(axis)"].tensors.enumerated() where moment.count > 0 {
        let order = roots.count { $0[place].count > 0 }
        let (values, vectors) = try Linalg.eigh(moment)
        let powers = try values.maximum(0).add(epsilon).pow(-0.5 / Double(order))
        let root = try vectors.mul(powers).matmul(vectors.transpose(0, 1))
        try TensorList([roots[axis][place]]).assign(TensorList([root]))
      }
    }
  }
}
