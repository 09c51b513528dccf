public import HoneTensor

/// How gradients move weights: the settings of an optimizer, and one step of it.
///
/// A new optimizer is one file with a conforming value, and one line in `OptimizerChoice.Rule.known`.
public protocol UpdateRule: NamedSettings {
  /// The tensors that a rule keeps for each parameter, by name; they begin as zeros.
  var slots: [Slot] { get }
  /// Moves every parameter of the group once, by whole-list calls.
  func update(_ group: UpdateGroup) throws
}

/// A tensor that an optimizer keeps for each parameter.
public struct Slot: Sendable, Hashable {
  public var name: String
  /// Whether it is one number rather than a tensor of the parameter's shape.
  public var isScalar: Bool

  public init(_ name: String, isScalar: Bool = false) {
    self.name = name
    self.isScalar = isScalar
  }
}

/// What one step works on: parameters that share a rate, with their gradients and slots, in the same order.
public struct UpdateGroup {
  public let parameters: [Tensor]
  public let gradients: [Tensor]
  /// By slot, in the order of the rule's `slots`; each in the order of `parameters`.
  public let slots: [[Tensor]]
  /// The rate of this step, schedule and factors included.
  public let rate: Double
  /// Whether weight decay is for these parameters.
  public let decays: Bool
  /// Steps done before this one.
  public let steps: Int
}
