internal import Foundation
internal import HoneTensor

/// Adam without a momentum, whose second moments are kept as one row and one column per matrix: little memory.
///
/// - Shape: none.
/// - Units: the rate is a part of each layer's root mean square, which counts as at least `least`; `exponent` says how
///   the mean of squares slows down, `clipping` bounds a step's root mean square; each step multiplies the weights by
///   1 − rate · `weightDecay`.
/// - Throws: `EngineError`.
/// - Source: Shazeer & Stern, 2018, arXiv:1804.04235; `torch.optim.Adafactor`, which factors the last two axes.
public struct Adafactor: UpdateRule {
  public static let name = "adafactor"
  public var exponent: Double
  public var least: Double
  public var clipping: Double
  public var weightDecay: Double
  /// Whether second moments are factored; vectors' never are.
  public var factors: Bool

  public init() { self.init(weightDecay: 0) }

  public init(
    exponent: Double = -0.8, least: Double = 1e-3, clipping: Double = 1, weightDecay: Double, factors: Bool = true
  ) {
    self.exponent = exponent
    self.least = least
    self.clipping = clipping
    self.weightDecay = weightDecay
    self.factors = factors
  }

  public var demands: [Demand] {
    Demand.notNegative(["least": least, "weightDecay": weightDecay]) + Demand.positive(["clipping": clipping])
  }

  public var slots: [Slot] {
    guard factors else { return [Slot("square")] }
    return [Slot("row") { $0.dropLast() + [1] }, Slot("column") { $0.dropLast(2) + [1] + $0.suffix(1) }]
  }

  public func delegate(for parameter: NamedParameter, isOutput: Bool) -> Delegate? {
    guard factors, parameter.parameter.shape.count < 2 else { return nil }
    var whole = self
    whole.factors = false
    return Delegate(whole)
  }

  public func update(_ group: UpdateGroup) throws {
    let rate = min(group.rate, 1 / group.step.squareRoot())
    let sizes = group.parameters.tensors.map { Double($0.count).squareRoot() }
    let distances = try zip(group.parameters.norms(), sizes).map { max(least, $0 / $1) * rate }
    try group.shrink(by: weightDecay)
    let tiny = group.parameters.epsilon
    let scales = try squares(group, tiny).raise(to: tiny * tiny).roots()
    let steps = try group.gradients.copy().divide(by: scales)
    let lengths = try zip(steps.norms(), sizes).map { max(1, $0 / ($1 * clipping)) }
    try group.parameters.add(steps.scale(by: zip(distances, lengths).map { -$0 / $1 }))
  }

  /// The running means of squared gradients, or what their rows and columns say of them.
  private func squares(_ group: UpdateGroup, _ tiny: Double) throws -> TensorList {
    let weight = pow(group.step, exponent)
    let now = try group.gradients.copy().multiply(by: group.gradients)
    guard factors else { return try group["square"].lerp(to: now, weight).copy() }
    let rows = try group["row"].lerp(to: now.means(along: -1), weight)
    let columns = try group["column"].lerp(to: now.means(along: -2), weight)
    return try rows.products(with: columns).divide(by: rows.means(along: -2).raise(to: tiny))
  }
}

extension TensorList {
  /// The distance from 1 to the next number of its type.
  fileprivate var epsilon: Double {
    tensors.first?.dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
  }
}
