public import HoneTensor

/// Gradient descent that needs no schedule: gradients are taken between the fastest weights and their average.
///
/// The average is what evaluates and what training keeps. Use a constant schedule, with a warm-up.
///
/// - Shape: none.
/// - Units: `momentum` is how close to the average gradients are taken; `weightDecay` is added to the gradient.
/// - Throws: `EngineError`.
/// - Source: Defazio et al., 2024, arXiv:2405.15682; the paper's `schedulefree`.
public struct ScheduleFreeSGD: UpdateRule {
  public static let name = "scheduleFreeSGD"
  public var momentum: Double
  public var weightDecay: Double

  public init() { self.init(weightDecay: 0) }

  public init(momentum: Double = 0.9, weightDecay: Double) {
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  public var demands: [Demand] {
    Demand.positive(["momentum": momentum]) + Demand.parts(["momentum": momentum])
      + Demand.notNegative(["weightDecay": weightDecay])
  }

  public var slots: [Slot] { [Slot("fast", start: .parameter)] }
  public var numbers: [String: Double] { Averages.numbers }

  public func advance(_ numbers: inout [String: Double], over groups: [UpdateGroup]) {
    Averages.advance(&numbers, over: groups)
  }

  public func update(_ group: UpdateGroup) throws {
    try Averages.step(group, along: group.gradients(decayedBy: weightDecay), momentum: momentum)
  }

  public func settled(_ group: UpdateGroup) throws -> TensorList? { try Averages.settled(group, momentum: momentum) }
}

/// AdamW that needs no schedule: gradients are taken between the fastest weights and their average.
///
/// The average is what evaluates and what training keeps. Use a constant schedule, with a warm-up.
///
/// - Shape: none.
/// - Units: `beta1` is how close to the average gradients are taken; `weightDecay` is added to the scaled gradient.
/// - Throws: `EngineError`.
/// - Source: Defazio et al., 2024, arXiv:2405.15682; the paper's `schedulefree`.
public struct ScheduleFreeAdamW: UpdateRule {
  public static let name = "scheduleFreeAdamW"
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var weightDecay: Double

  public init() { self.init(weightDecay: 0) }

  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public var demands: [Demand] {
    Demand.moments(beta1, beta2, epsilon, weightDecay) + Demand.positive(["beta1": beta1])
  }

  public var slots: [Slot] { [Slot("fast", start: .parameter), Slot("square")] }
  public var numbers: [String: Double] { Averages.numbers }

  public func advance(_ numbers: inout [String: Double], over groups: [UpdateGroup]) {
    Averages.advance(&numbers, over: groups)
  }

  public func update(_ group: UpdateGroup) throws {
    let gradients = group.gradients
    let square = try group["square"].scale(by: beta2).addProduct(gradients, gradients, scale: 1 - beta2)
    let direction = try gradients.quotients(
      overRootsOf: square, factor: group.rootCorrection(beta2), epsilon: epsilon)
    let decay = group.decay * weightDecay
    if decay != 0 { try direction.add(group.parameters, scale: decay) }
    try Averages.step(group, along: direction, momentum: beta1)
  }

  public func settled(_ group: UpdateGroup) throws -> TensorList? { try Averages.settled(group, momentum: beta1) }
}

/// What both share: the weights that train lie between the fast ones and their average, which is never written down.
private enum Averages {
  /// The largest rate so far, the sum of all steps' weights, and the share of the step at hand in it.
  static let numbers = ["rate": 0.0, "sum": 0.0, "share": 1.0]

  /// Steps count by the square of the largest rate so far, so that a warm-up's count little.
  static func advance(_ numbers: inout [String: Double], over groups: [UpdateGroup]) {
    let rate = max(numbers["rate"] ?? 0, groups.map(\.rate).max() ?? 0)
    let sum = (numbers["sum"] ?? 0) + rate * rate
    numbers = ["rate": rate, "sum": sum, "share": sum > 0 ? rate * rate / sum : 0]
  }

  static func step(_ group: UpdateGroup, along direction: TensorList, momentum: Double) throws {
    let share = group.number("share")
    try group.parameters.lerp(to: group["fast"], share)
    try group.descend(along: direction, by: group.rate * (1 - momentum * (1 - share)))
    try group["fast"].add(direction, scale: -group.rate)
  }

  static func settled(_ group: UpdateGroup, momentum: Double) throws -> TensorList {
    try group.parameters.lerped(to: group["fast"], 1 - 1 / momentum)
  }
}
