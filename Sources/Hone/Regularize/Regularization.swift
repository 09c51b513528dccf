/// Regularization beside the optimizer's weight decay, and beside what the network itself holds (`model.options`).
///
/// - Shape: none.
/// - Units: `dropout` is the chance of the head's; `gradientPenalty` multiplies the squared length of the loss's gradient by
///   each picture's numbers.
/// - Throws: nothing.
/// - Source: none: ours; each part names its own. `gradientPenalty`: Drucker & LeCun, 1992, doi:10.1109/72.165600, with the
///   finite differences of Finlay & Oberman, 2019, arXiv:1905.11468, §3.
public struct Regularization: Settings {
  public var penalties: [Penalty]
  /// What weights are made to keep to after every step.
  public var constraints: [Constraint] = []
  /// Nil keeps what the structure has.
  public var dropout: Double?
  /// Nil leaves gradients as they are.
  public var gradientNoise: GradientNoise?
  public var gradientPenalty = 0.0

  public init() { self.init(penalties: []) }

  public init(penalties: [Penalty] = [], dropout: Double? = nil) {
    self.penalties = penalties
    self.dropout = dropout
  }

  /// Keras's `l2(amount)` on every kernel.
  public static func l2(_ amount: Double, on: ParameterFilter = .kernels) -> Regularization {
    Regularization(penalties: [.l2(amount, on: on)])
  }
}
