/// A price on weights: L1, L2 or both (elastic net), on whole filters, on filters that resemble each other.
///
/// L2 shrinks all weights a little at each step, L1 pushes small ones to zero, `groups` whole filters. With `proximal` those
/// two are applied after the optimizer's step as soft thresholds, which makes true zeros; as plain prices they only come
/// near them. A filter is all that makes one output.
///
/// - Shape: none.
/// - Units: `l1` and `l2` multiply Σ|w| and Σw² (not half of it), as Keras's `l1(0.001)` and `l2(0.001)` do; `groups`
///   multiplies Σ √(numbers of the filter) · ‖filter‖; `orthogonal` the mean |cosine| of all pairs of filters of a layer.
/// - Throws: nothing.
/// - Source: Keras's `L1L2` and `OrthogonalRegularizer`; group lasso: Yuan & Lin, 2006,
///   doi:10.1111/j.1467-9868.2005.00532.x; proximal steps: Parikh & Boyd, 2014, doi:10.1561/2400000003, §6.5.
public struct Penalty: Settings {
  public var l1: Double
  public var l2: Double
  public var groups: Double
  public var orthogonal: Double
  /// Which parameters pay.
  public var on: ParameterFilter
  /// Whether L1 and groups are soft thresholds after each step.
  public var proximal: Bool

  public init() { self.init(l2: 0) }

  public init(
    l1: Double = 0, l2: Double = 0, groups: Double = 0, orthogonal: Double = 0, on: ParameterFilter = .kernels,
    proximal: Bool = false
  ) {
    self.l1 = l1
    self.l2 = l2
    self.groups = groups
    self.orthogonal = orthogonal
    self.on = on
    self.proximal = proximal
  }

  public static func l2(_ amount: Double, on: ParameterFilter = .kernels) -> Penalty { Penalty(l2: amount, on: on) }
  public static func l1(_ amount: Double, on: ParameterFilter = .kernels, proximal: Bool = false) -> Penalty {
    Penalty(l1: amount, on: on, proximal: proximal)
  }
  public static func groups(_ amount: Double, on: ParameterFilter = .kernels, proximal: Bool = false) -> Penalty {
    Penalty(groups: amount, on: on, proximal: proximal)
  }
  public static func orthogonal(_ amount: Double, on: ParameterFilter = .kernels) -> Penalty {
    Penalty(orthogonal: amount, on: on)
  }

  var amounts: [Double] { [l1, l2, groups, orthogonal] }
}
