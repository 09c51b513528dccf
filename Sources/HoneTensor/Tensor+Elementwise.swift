import CHoneTorch

// Shapes broadcast as in NumPy; every operation here works number by number.

extension Tensor {
  public func neg() throws(EngineError) -> Tensor { try make(ht_neg) }
  public func exp() throws(EngineError) -> Tensor { try make(ht_exp) }
  public func log() throws(EngineError) -> Tensor { try make(ht_log) }
  public func log1p() throws(EngineError) -> Tensor { try make(ht_log1p) }
  public func sqrt() throws(EngineError) -> Tensor { try make(ht_sqrt) }
  public func rsqrt() throws(EngineError) -> Tensor { try make(ht_rsqrt) }
  public func square() throws(EngineError) -> Tensor { try make(ht_square) }
  public func reciprocal() throws(EngineError) -> Tensor { try make(ht_reciprocal) }
  public func abs() throws(EngineError) -> Tensor { try make(ht_abs) }
  public func sign() throws(EngineError) -> Tensor { try make(ht_sign) }
  public func floor() throws(EngineError) -> Tensor { try make(ht_floor) }
  public func ceil() throws(EngineError) -> Tensor { try make(ht_ceil) }
  public func round() throws(EngineError) -> Tensor { try make(ht_round) }
  public func sin() throws(EngineError) -> Tensor { try make(ht_sin) }
  public func cos() throws(EngineError) -> Tensor { try make(ht_cos) }
  public func erf() throws(EngineError) -> Tensor { try make(ht_erf) }
  public func erfinv() throws(EngineError) -> Tensor { try make(ht_erfinv) }
  public func sigmoid() throws(EngineError) -> Tensor { try make(ht_sigmoid) }
  public func tanh() throws(EngineError) -> Tensor { try make(ht_tanh) }
  public func relu() throws(EngineError) -> Tensor { try make(ht_relu) }
  public func relu6() throws(EngineError) -> Tensor { try make(ht_relu6) }
  public func silu() throws(EngineError) -> Tensor { try make(ht_silu) }
  public func mish() throws(EngineError) -> Tensor { try make(ht_mish) }
  public func hardSwish() throws(EngineError) -> Tensor { try make(ht_hardswish) }
  public func hardSigmoid() throws(EngineError) -> Tensor { try make(ht_hardsigmoid) }
  public func softplus() throws(EngineError) -> Tensor { try make(ht_softplus) }
  public func logSigmoid() throws(EngineError) -> Tensor { try make(ht_log_sigmoid) }
  public func isNaN() throws(EngineError) -> Tensor { try make(ht_isnan) }
  public func isFinite() throws(EngineError) -> Tensor { try make(ht_isfinite) }
  public func not() throws(EngineError) -> Tensor { try make(ht_logical_not) }
  /// `x · Φ(x)`, or its approximation by tanh.
  public func gelu(approximate: Bool = false) throws(EngineError) -> Tensor {
    try make { ht_gelu($0, approximate, $1) }
  }
  public func leakyRelu(slope: Double = 0.01) throws(EngineError) -> Tensor {
    try make { ht_leaky_relu($0, slope, $1) }
  }
  public func elu(alpha: Double = 1) throws(EngineError) -> Tensor { try make { ht_elu($0, alpha, $1) } }
}

extension Tensor {
  public func add(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_add($0, $1[0], $2) } }
  public func sub(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_sub($0, $1[0], $2) } }
  public func mul(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_mul($0, $1[0], $2) } }
  public func div(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_div($0, $1[0], $2) } }
  public func pow(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_pow($0, $1[0], $2) } }
  public func maximum(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_maximum($0, $1[0], $2) } }
  public func minimum(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_minimum($0, $1[0], $2) } }
  public func eq(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_eq($0, $1[0], $2) } }
  public func ne(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_ne($0, $1[0], $2) } }
  public func gt(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_gt($0, $1[0], $2) } }
  public func ge(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_ge($0, $1[0], $2) } }
  public func lt(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_lt($0, $1[0], $2) } }
  public func le(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_le($0, $1[0], $2) } }
  public func and(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_logical_and($0, $1[0], $2) } }
  public func or(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_logical_or($0, $1[0], $2) } }

  public func add(_ y: Double) throws(EngineError) -> Tensor { try make { ht_add_scalar($0, y, $1) } }
  public func sub(_ y: Double) throws(EngineError) -> Tensor { try make { ht_sub_scalar($0, y, $1) } }
  public func mul(_ y: Double) throws(EngineError) -> Tensor { try make { ht_mul_scalar($0, y, $1) } }
  public func div(_ y: Double) throws(EngineError) -> Tensor { try make { ht_div_scalar($0, y, $1) } }
  public func pow(_ y: Double) throws(EngineError) -> Tensor { try make { ht_pow_scalar($0, y, $1) } }
  public func eq(_ y: Double) throws(EngineError) -> Tensor { try make { ht_eq_scalar($0, y, $1) } }
  public func ne(_ y: Double) throws(EngineError) -> Tensor { try make { ht_ne_scalar($0, y, $1) } }
  public func gt(_ y: Double) throws(EngineError) -> Tensor { try make { ht_gt_scalar($0, y, $1) } }
  public func ge(_ y: Double) throws(EngineError) -> Tensor { try make { ht_ge_scalar($0, y, $1) } }
  public func lt(_ y: Double) throws(EngineError) -> Tensor { try make { ht_lt_scalar($0, y, $1) } }
  public func le(_ y: Double) throws(EngineError) -> Tensor { try make { ht_le_scalar($0, y, $1) } }
  public func maximum(_ y: Double) throws(EngineError) -> Tensor { try make { ht_clamp_min_scalar($0, y, $1) } }
  public func minimum(_ y: Double) throws(EngineError) -> Tensor { try make { ht_clamp_max_scalar($0, y, $1) } }
  /// `y − self`.
  public func subtracted(from y: Double) throws(EngineError) -> Tensor { try make { ht_rsub_scalar($0, y, $1) } }
  public func clamp(_ range: ClosedRange<Double>) throws(EngineError) -> Tensor {
    try maximum(range.lowerBound).minimum(range.upperBound)
  }
  /// `self + weight · (y − self)`.
  public func lerp(_ y: Tensor, weight: Double) throws(EngineError) -> Tensor {
    try make(y) { ht_lerp($0, $1[0], weight, $2) }
  }
  /// Numbers of `x` where `condition` holds, else of `y`.
  public static func `where`(_ condition: Tensor, _ x: Tensor, _ y: Tensor) throws(EngineError) -> Tensor {
    try condition.make(x, y) { ht_where($0, $1[0], $1[1], $2) }
  }

  public static func + (x: Tensor, y: Tensor) throws(EngineError) -> Tensor { try x.add(y) }
  public static func + (x: Tensor, y: Double) throws(EngineError) -> Tensor { try x.add(y) }
  public static func - (x: Tensor, y: Tensor) throws(EngineError) -> Tensor { try x.sub(y) }
  public static func - (x: Tensor, y: Double) throws(EngineError) -> Tensor { try x.sub(y) }
  public static func * (x: Tensor, y: Tensor) throws(EngineError) -> Tensor { try x.mul(y) }
  public static func * (x: Tensor, y: Double) throws(EngineError) -> Tensor { try x.mul(y) }
  public static func / (x: Tensor, y: Tensor) throws(EngineError) -> Tensor { try x.div(y) }
  public static func / (x: Tensor, y: Double) throws(EngineError) -> Tensor { try x.div(y) }
  public static func + (x: Double, y: Tensor) throws(EngineError) -> Tensor { try y.add(x) }
  public static func - (x: Double, y: Tensor) throws(EngineError) -> Tensor { try y.subtracted(from: x) }
  public static func * (x: Double, y: Tensor) throws(EngineError) -> Tensor { try y.mul(x) }
  public static func / (x: Double, y: Tensor) throws(EngineError) -> Tensor { try y.reciprocal().mul(x) }
}
