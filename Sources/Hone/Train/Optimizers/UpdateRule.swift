internal import Foundation
public import HoneTensor

/// How gradients move weights: the settings of an optimizer, and one step of it.
///
/// A new optimizer is one file with a conforming value, and one line in `OptimizerChoice.Rule.known`.
public protocol UpdateRule: NamedSettings {
  /// The tensors that a rule keeps for each parameter.
  var slots: [Slot] { get }
  /// The numbers that a rule keeps for all its parameters together, as they begin.
  var numbers: [String: Double] { get }
  /// Who moves a parameter that this rule does not suit; nil where it moves it itself.
  ///
  /// - Parameter isOutput: whether it is the kernel that makes the scores.
  func delegate(for parameter: NamedParameter, isOutput: Bool) -> Delegate?
  /// Takes the numbers to the step at hand, before anything moves. Sees every group of the rule.
  func advance(_ numbers: inout [String: Double], over groups: [UpdateGroup]) throws
  /// Moves every parameter of the group once, by whole-list calls.
  func update(_ group: UpdateGroup) throws
  /// The weights to evaluate and to keep, where they are not those that train.
  func settled(_ group: UpdateGroup) throws -> TensorList?
}

extension UpdateRule {
  public var numbers: [String: Double] { [:] }
  public func delegate(for parameter: NamedParameter, isOutput: Bool) -> Delegate? { nil }
  public func advance(_ numbers: inout [String: Double], over groups: [UpdateGroup]) throws {}
  public func settled(_ group: UpdateGroup) throws -> TensorList? { nil }
}

/// A rule with a momentum that a schedule can move.
public protocol MomentumRule: UpdateRule {
  /// The part of the last direction that a step keeps.
  var momentum: Double { get set }
}

/// A rule whose momentum is called beta1.
protocol FirstMomentRule: MomentumRule {
  var beta1: Double { get set }
}

extension FirstMomentRule {
  public var momentum: Double {
    get { beta1 }
    set { beta1 = newValue }
  }
}

extension SGD: MomentumRule {}
extension RMSprop: MomentumRule {}
extension LARS: MomentumRule {}
extension Muon: MomentumRule {}
extension Adam: FirstMomentRule {}
extension AdamW: FirstMomentRule {}
extension NAdam: FirstMomentRule {}
extension RAdam: FirstMomentRule {}
extension Adamax: FirstMomentRule {}
extension LAMB: FirstMomentRule {}
extension Lion: FirstMomentRule {}

extension Demand {
  /// What Adam's settings keep to, and those of its kin.
  static func moments(_ beta1: Double, _ beta2: Double, _ epsilon: Double, _ weightDecay: Double) -> [Demand] {
    parts(["beta1": beta1, "beta2": beta2]) + notNegative(["epsilon": epsilon, "weightDecay": weightDecay])
  }
}

/// A rule that stands in for another one.
public struct Delegate: Sendable {
  public let rule: any UpdateRule
  /// Its rate, as a factor of the optimizer's.
  public let rate: Double

  public init(_ rule: any UpdateRule, rate: Double = 1) {
    self.rule = rule
    self.rate = rate
  }
}

/// A tensor that an optimizer keeps for each parameter.
public struct Slot: Sendable {
  /// What it begins as.
  public enum Start: Sendable { case zeros, ones, parameter }

  public let name: String
  public let start: Start
  /// Its shape, given the parameter's; nil where it is the parameter's.
  let shape: (@Sendable ([Int]) -> [Int])?

  public init(_ name: String, start: Start = .zeros, shape: (@Sendable ([Int]) -> [Int])? = nil) {
    self.name = name
    self.start = start
    self.shape = shape
  }

  /// One number in float32.
  public static func scalar(_ name: String) -> Slot { Slot(name) { _ in [] } }
}

/// What one step works on: parameters that share a rate, with their gradients and slots, in the same order.
public struct UpdateGroup {
  public let parameters: TensorList
  public let gradients: TensorList
  /// Each in the order of `parameters`.
  let slots: [String: TensorList]
  /// What the rule keeps for all its parameters.
  public internal(set) var numbers: [String: Double]
  /// The rate of this step, schedule and factors included.
  public let rate: Double
  /// A factor of the rule's weight decay: 0 where weight decay is not for these parameters.
  public let decay: Double
  /// Whether only what agrees with the gradient moves.
  public let isCautious: Bool
  /// Steps done before this one.
  public let steps: Int

  /// A slot by its name.
  public subscript(slot: String) -> TensorList { slots[slot] ?? TensorList([]) }

  /// A number by its name.
  public func number(_ name: String) -> Double { numbers[name] ?? 0 }
}

extension UpdateGroup {
  var isEmpty: Bool { parameters.isEmpty }

  /// The number of this step, from 1.
  var step: Double { Double(steps + 1) }

  /// The gradients with the weights' share added, as L2 regularization.
  func gradients(decayedBy weightDecay: Double) throws -> TensorList {
    let amount = weightDecay * decay
    return amount == 0 ? gradients : try gradients.copy().add(parameters, scale: amount)
  }

  /// Takes gradients into running means of themselves and of their squares, and gives both.
  func moments(
    of gradients: TensorList, _ beta1: Double, _ beta2: Double, scale: Double = 1
  ) throws -> (mean: TensorList, square: TensorList) {
    let moments = (mean: self["mean"], square: self["square"])
    try moments.mean.average(gradients, keeping: beta1, squares: moments.square, keeping: beta2, scale: scale)
    return moments
  }

  /// What a mean of squares that began at zero has to be multiplied by, where its root is taken.
  func rootCorrection(_ beta: Double) -> Double { 1 / (1 - pow(beta, step)).squareRoot() }

  /// Shrinks the weights themselves: decoupled decay.
  func shrink(by weightDecay: Double) throws {
    let amount = rate * weightDecay * decay
    if amount != 0 { try parameters.scale(by: 1 - amount) }
  }

  /// Moves the weights against a direction, each number divided by the root of its square · `factor`.
  func descend(
    along direction: TensorList, overRootsOf squares: TensorList, factor: Double = 1, epsilon: Double,
    by distance: Double
  ) throws {
    let direction = isCautious ? try direction.copy().keepAgreement(with: gradients) : direction
    try parameters.addQuotient(direction, overRootsOf: squares, factor: factor, epsilon: epsilon, scale: -distance)
  }

  /// Moves the weights against a direction, each number divided by its own scale where there is one.
  func descend(along direction: TensorList, over scales: TensorList? = nil, by distance: Double) throws {
    let direction = isCautious ? try direction.copy().keepAgreement(with: gradients) : direction
    if let scales {
      try parameters.addQuotient(direction, scales, scale: -distance)
    } else {
      try parameters.add(direction, scale: -distance)
    }
  }
}
