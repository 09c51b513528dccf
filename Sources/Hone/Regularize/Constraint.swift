/// What chosen weights are made to keep to after every step.
///
/// A filter is all that makes one output; a bias counts as one filter.
///
/// - Shape: none.
/// - Units: none; each kind has its own.
/// - Throws: nothing.
/// - Source: Keras's `kernel_constraint` and `bias_constraint`.
public struct Constraint: Settings {
  public var kind: OneOf<ConstraintKinds>
  /// Which parameters keep to it.
  public var on: ParameterFilter

  public init() { self.init(MaxNorm()) }
  public init(_ kind: any ConstraintKind, on: ParameterFilter = .kernels) {
    self.kind = OneOf(kind)
    self.on = on
  }

  public static func maxNorm(_ limit: Double, on: ParameterFilter = .kernels) -> Constraint {
    Constraint(MaxNorm(limit: limit), on: on)
  }
  public static var unitNorm: Constraint { Constraint(UnitNorm()) }
  public static var nonNegative: Constraint { Constraint(NonNegative()) }
  public static func spectral(_ limit: Double = 1, on: ParameterFilter = .kernels) -> Constraint {
    Constraint(SpectralNorm(limit: limit), on: on)
  }
}

/// Every constraint that a recipe can name.
public enum ConstraintKinds: KindFamily {
  public static let noun = "a constraint"
  public static let known: [any NamedSettings.Type] = [
    MaxNorm.self, UnitNorm.self, MinMaxNorm.self, NonNegative.self, SpectralNorm.self,
  ]
  public typealias Kind = any ConstraintKind
}
