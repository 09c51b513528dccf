import CHoneTorch

/// Tensors that are worked on together, each operation one call for all: what update rules are written in.
///
/// Verbs write in place and give the list itself, so that they chain; nouns and participles make new tensors. Like
/// `Fused`, they are for parameters, gradients and what optimizers keep of them, and record nothing for gradients.
public struct TensorList {
  public let tensors: [Tensor]

  public init(_ tensors: [Tensor]) { self.tensors = tensors }

  public var isEmpty: Bool { tensors.isEmpty }
}

// MARK: - In place

extension TensorList {
  /// `self ← self + scale · other`.
  @discardableResult
  public func add(_ other: TensorList, scale: Double = 1) throws(EngineError) -> TensorList {
    try inPlace(other) { ht_add_list($0[0], $0[1], $1, scale, $2) }
  }

  /// `self ← self + number`.
  @discardableResult
  public func add(_ number: Double) throws(EngineError) -> TensorList {
    try inPlace { ht_shift_list($0[0], $1, number, $2) }
  }

  /// `self ← self + scale · x · y`.
  @discardableResult
  public func addProduct(_ x: TensorList, _ y: TensorList, scale: Double = 1) throws(EngineError) -> TensorList {
    try inPlace(x, y) { ht_add_product_list($0[0], $0[1], $0[2], $1, scale, $2) }
  }

  /// `self ← self + scale · x / y`.
  @discardableResult
  public func addQuotient(_ x: TensorList, _ y: TensorList, scale: Double = 1) throws(EngineError) -> TensorList {
    try inPlace(x, y) { ht_add_quotient_list($0[0], $0[1], $0[2], $1, scale, $2) }
  }

  /// `self ← self + scale · x / (√squares · factor + epsilon)`.
  @discardableResult
  public func addQuotient(
    _ x: TensorList, overRootsOf squares: TensorList, factor: Double = 1, epsilon: Double, scale: Double = 1
  ) throws(EngineError) -> TensorList {
    try inPlace(x, squares) { ht_add_root_quotient_list($0[0], $0[1], $0[2], $1, scale, factor, epsilon, $2) }
  }

  /// Takes gradients times `scale` into these running means, and their squares into others.
  public func average(
    _ gradients: TensorList, keeping beta1: Double, squares: TensorList, keeping beta2: Double, scale: Double = 1
  ) throws(EngineError) {
    _ = try inPlace(squares, gradients) { ht_average_moments($0[0], $0[1], $0[2], $1, beta1, beta2, scale, $2) }
  }

  /// Adan's moments: takes gradients into these running means, their changes since `former` and the squares of
  /// gradients + `beta2` · changes into others. `former` becomes the gradients.
  public func average(
    _ gradients: TensorList, keeping beta1: Double, changes: TensorList, since former: TensorList,
    keeping beta2: Double, squares: TensorList, keeping beta3: Double
  ) throws(EngineError) {
    _ = try inPlace(changes, squares, former, gradients) {
      ht_average_ahead($0[0], $0[1], $0[2], $0[3], $0[4], $1, beta1, beta2, beta3, $2)
    }
  }

  /// `self ← kept · self + scale · other`, and the sum of all magnitudes.
  public func accumulate(_ other: TensorList, keeping kept: Double, scale: Double) throws(EngineError) -> Double {
    try Fused.lists([tensors, other.tensors]) { ht_accumulate_list($0[0], $0[1], $1, kept, scale, $2) }
  }

  /// `self ← self + weight · (other − self)`.
  @discardableResult
  public func lerp(to other: TensorList, _ weight: Double) throws(EngineError) -> TensorList {
    try inPlace(other) { ht_lerp_list($0[0], $0[1], $1, weight, $2) }
  }

  @discardableResult
  public func scale(by factor: Double) throws(EngineError) -> TensorList {
    try inPlace { ht_scale_list($0[0], $1, factor, $2) }
  }

  /// Scales each tensor by its own factor.
  @discardableResult
  public func scale(by factors: [Double]) throws(EngineError) -> TensorList {
    guard factors.count == tensors.count else {
      throw EngineError(
        code: .shape, operation: "scale", shapes: [[tensors.count, factors.count]],
        message: "the lists differ in length")
    }
    return try inPlace { ht_scale_each($0[0], $1, factors, $2) }
  }

  @discardableResult
  public func multiply(by other: TensorList) throws(EngineError) -> TensorList {
    try inPlace(other) { ht_mul_list($0[0], $0[1], $1, $2) }
  }

  @discardableResult
  public func divide(by other: TensorList) throws(EngineError) -> TensorList {
    try inPlace(other) { ht_div_list($0[0], $0[1], $1, $2) }
  }

  /// Takes the larger of each pair of numbers.
  @discardableResult
  public func raise(to other: TensorList) throws(EngineError) -> TensorList {
    try inPlace(other) { ht_maximum_list($0[0], $0[1], $1, $2) }
  }

  /// Raises every number to at least `limit`.
  @discardableResult
  public func raise(to limit: Double) throws(EngineError) -> TensorList {
    try inPlace { ht_clamp_min_list($0[0], $1, limit, $2) }
  }

  /// Takes over the numbers of others.
  @discardableResult
  public func assign(_ other: TensorList) throws(EngineError) -> TensorList {
    try inPlace(other) { ht_copy_list($0[0], $0[1], $1, $2) }
  }

  /// Subtracts from each filter its mean; vectors stay as they are.
  @discardableResult
  public func center() throws(EngineError) -> TensorList { try inPlace { ht_center_list($0[0], $1, $2) } }

  /// Zeroes the numbers whose sign is not that of the other's, and scales the rest up by as much as fell away.
  @discardableResult
  public func keepAgreement(with other: TensorList) throws(EngineError) -> TensorList {
    try inPlace(other) { ht_agree_list($0[0], $0[1], $1, $2) }
  }

  /// Scales each filter down to at most `limit` times the norm of the other's filter, which counts as `least` at least.
  @discardableResult
  public func clipFilters(to limit: Double, of other: TensorList, least: Double) throws(EngineError) -> TensorList {
    try inPlace(other) { ht_clip_units($0[0], $0[1], $1, limit, least, $2) }
  }

  private func inPlace(
    _ others: TensorList..., body: ([[OpaquePointer?]], Int, Failure) -> Void
  ) throws(EngineError) -> TensorList {
    try Fused.lists([tensors] + others.map(\.tensors), body: body)
    return self
  }
}

// MARK: - Made anew

extension TensorList {
  public func copy() throws(EngineError) -> TensorList { try new { ht_clone_list($0[0], $1, $2, $3) } }
  public func roots() throws(EngineError) -> TensorList { try new { ht_sqrt_list($0[0], $1, $2, $3) } }
  public func signs() throws(EngineError) -> TensorList { try new { ht_sign_list($0[0], $1, $2, $3) } }
  public func magnitudes() throws(EngineError) -> TensorList { try new { ht_abs_list($0[0], $1, $2, $3) } }

  /// `self + weight · (other − self)`.
  public func lerped(to other: TensorList, _ weight: Double) throws(EngineError) -> TensorList {
    try copy().lerp(to: other, weight)
  }

  /// `scale · self / (√squares · factor + epsilon)`.
  public func quotients(
    overRootsOf squares: TensorList, factor: Double = 1, epsilon: Double, scale: Double = 1
  ) throws(EngineError) -> TensorList {
    try new(squares) { ht_root_quotient_list($0[0], $0[1], $1, scale, factor, epsilon, $2, $3) }
  }

  /// The means along an axis, which stays, of size 1.
  public func means(along axis: Int) throws(EngineError) -> TensorList {
    try new { ht_mean_list($0[0], $1, axis, $2, $3) }
  }

  /// The matrix products of pairs.
  public func products(with other: TensorList) throws(EngineError) -> TensorList {
    try new(other) { ht_matmul_list($0[0], $0[1], $1, $2, $3) }
  }

  /// The nearest orthogonal matrices, roughly, by Newton–Schulz iteration; the filters of a convolution are rows.
  ///
  /// - Parameters:
  ///   - coefficients: of the odd polynomial of degree 5 that is applied again and again.
  ///   - dtype: what the iteration computes in.
  public func orthogonalized(
    steps: Int, coefficients: (a: Double, b: Double, c: Double), in dtype: DType
  ) throws(EngineError) -> TensorList {
    let (a, b, c) = coefficients
    return try new { ht_orthogonal_list($0[0], $1, steps, a, b, c, dtype.code, $2, $3) }
  }

  private func new(
    _ others: TensorList...,
    body: ([[OpaquePointer?]], Int, UnsafeMutablePointer<OpaquePointer?>, Failure) -> Void
  ) throws(EngineError) -> TensorList {
    var found = [OpaquePointer?](repeating: nil, count: tensors.count)
    try Fused.lists([tensors] + others.map(\.tensors)) { handles, count, failure in
      found.withUnsafeMutableBufferPointer { results in
        if let first = results.baseAddress { body(handles, count, first, failure) }
      }
    }
    return TensorList(found.compactMap { $0.map { Tensor(Handle($0)) } })
  }
}

// MARK: - Numbers

extension TensorList {
  /// The length of each tensor as a vector.
  public func norms() throws(EngineError) -> [Double] {
    var norms = [Double](repeating: 0, count: tensors.count)
    try Fused.lists([tensors]) { ht_norms($0[0], $1, &norms, $2) }
    return norms
  }

  /// One norm over all numbers of all tensors.
  public func norm(order: Double = 2) throws(EngineError) -> Double { try Fused.globalNorm(tensors, order: order) }

  /// The sum of `self · (end − start)` over all numbers.
  public func dot(_ end: TensorList, minus start: TensorList) throws(EngineError) -> Double {
    try Fused.lists([tensors, end.tensors, start.tensors]) { ht_dot_difference_list($0[0], $0[1], $0[2], $1, $2) }
  }
}
