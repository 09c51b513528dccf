internal import Foundation
internal import HoneTensor

/// Adam that finds its own rate, from how far the weights have gone.
///
/// The rate is a factor of what it finds: leave it at 1, with a schedule around it.
///
/// - Shape: none.
/// - Units: `distance` is the first guess of how far there is to go; `growth` bounds the distance's growth per step, nil
///   does not; each step multiplies the weights by 1 − rate · `weightDecay`.
/// - Throws: `EngineError`.
/// - Source: Mishchenko & Defazio, 2023, arXiv:2306.06101; the paper's `prodigyopt`.
public struct Prodigy: UpdateRule {
  public static let name = "prodigy"
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var distance: Double
  public var growth: Double?
  public var correctsBias: Bool
  public var weightDecay: Double

  public init() { self.init(weightDecay: 0) }

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, distance: Double = 1e-6,
    growth: Double? = nil, correctsBias: Bool = false, weightDecay: Double
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.distance = distance
    self.growth = growth
    self.correctsBias = correctsBias
    self.weightDecay = weightDecay
  }

  public var demands: [Demand] {
    Demand.moments(beta1, beta2, epsilon, weightDecay) + Demand.positive(["distance": distance])
  }

  public var slots: [Slot] { [Slot("mean"), Slot("square"), Slot("sum"), Slot("start", start: .parameter)] }

  /// The distance in use, the largest so far, the running numerator of its estimate, and that of the step before.
  public var numbers: [String: Double] {
    ["distance": distance, "largest": distance, "numerator": 0, "former": distance]
  }

  public func advance(_ numbers: inout [String: Double], over groups: [UpdateGroup]) throws {
    var known = Estimate(numbers)
    let beta3 = beta2.squareRoot()
    numbers["former"] = known.distance
    known.numerator *= beta3
    var denominator = 0.0
    for group in groups {
      let share = known.distance / distance * known.distance * length(group)
      known.numerator += try share * group.gradients.dot(group["start"], minus: group.parameters)
      _ = try group.moments(of: group.gradients, beta1, beta2, scale: known.distance)
      denominator += try group["sum"].accumulate(group.gradients, keeping: beta3, scale: share)
    }
    if denominator > 0 { known.take(known.numerator / denominator, first: distance, growth: growth) }
    known.write(to: &numbers)
  }

  public func update(_ group: UpdateGroup) throws {
    let way = group.number("former") * length(group)
    let tiny = group.number("distance") * epsilon
    let decay = way * group.decay * weightDecay
    if decay != 0 { try group.parameters.scale(by: 1 - decay) }
    try group.descend(along: group["mean"], overRootsOf: group["square"], epsilon: tiny, by: way)
  }

  private func length(_ group: UpdateGroup) -> Double {
    guard correctsBias else { return group.rate }
    return group.rate * (1 - pow(beta2, group.step)).squareRoot() / (1 - pow(beta1, group.step))
  }
}

/// What is known of the distance.
private struct Estimate {
  var distance: Double
  var largest: Double
  var numerator: Double

  init(_ numbers: [String: Double]) {
    distance = numbers["distance"] ?? 0
    largest = numbers["largest"] ?? 0
    numerator = numbers["numerator"] ?? 0
  }

  mutating func take(_ found: Double, first: Double, growth: Double?) {
    if distance == first { distance = max(distance, found) }
    largest = max(largest, found)
    distance = min(largest, distance * (growth ?? .infinity))
  }

  func write(to numbers: inout [String: Double]) {
    numbers["distance"] = distance
    numbers["largest"] = largest
    numbers["numerator"] = numerator
  }
}
