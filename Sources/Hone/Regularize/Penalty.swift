/// Adds a price on large weights: L1, L2, or both (elastic net), on the parameters chosen.
///
/// L2 shrinks all weights a little at each step, L1 pushes small ones to zero. With `proximal`, L1 is applied after the
/// optimizer's step as a soft threshold, which makes true zeros; as a plain penalty it only comes near them.
///
/// - Shape: none.
/// - Units: `l1` and `l2` multiply Σ|w| and Σw² (not half of it), as Keras's `l1(0.001)` and `l2(0.001)` do.
/// - Throws: nothing.
/// - Source: Keras's `kernel_regularizer`; proximal step: Parikh & Boyd, 2014, doi:10.1561/2400000003, §6.5.2.
public struct Penalty: Settings {
  public var l1: Double
  public var l2: Double
  /// Which parameters pay.
  public var on: ParameterFilter
  /// Whether L1 is a soft threshold after each step.
  public var proximal: Bool

  public init() { self.init(l2: 0) }

  public init(l1: Double = 0, l2: Double = 0, on: ParameterFilter = .kernels, proximal: Bool = false) {
    self.l1 = l1
    self.l2 = l2
    self.on = on
    self.proximal = proximal
  }

  public static func l2(_ amount: Double, on: ParameterFilter = .kernels) -> Penalty { Penalty(l2: amount, on: on) }
  public static func l1(_ amount: Double, on: ParameterFilter = .kernels, proximal: Bool = false) -> Penalty {
    Penalty(l1: amount, on: on, proximal: proximal)
  }
}

/// Regularization beside the optimizer's weight decay.
public struct Regularization: Settings {
  public var penalties: [Penalty]
  /// The chance of the head's dropout; nil keeps what the structure has.
  public var dropout: Double?

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
