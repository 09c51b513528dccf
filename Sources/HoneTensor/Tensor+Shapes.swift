import CHoneTorch

extension Tensor {
  /// The same numbers in another shape; one size may be −1.
  public func reshape(_ shape: [Int]) throws(EngineError) -> Tensor {
    try make { ht_reshape($0, shape, shape.count, $1) }
  }
  /// Axes `from` and after as one.
  public func flatten(from axis: Int = 1) throws(EngineError) -> Tensor { try make { ht_flatten($0, axis, -1, $1) } }
  public func permute(_ axes: [Int]) throws(EngineError) -> Tensor { try make { ht_permute($0, axes, axes.count, $1) } }
  public func transpose(_ a: Int, _ b: Int) throws(EngineError) -> Tensor { try make { ht_transpose($0, a, b, $1) } }
  public func squeeze(_ axis: Int) throws(EngineError) -> Tensor { try make { ht_squeeze($0, axis, $1) } }
  public func unsqueeze(_ axis: Int) throws(EngineError) -> Tensor { try make { ht_unsqueeze($0, axis, $1) } }
  /// Axes of size 1 repeated without a copy; −1 keeps a size.
  public func expand(_ shape: [Int]) throws(EngineError) -> Tensor {
    try make { ht_expand($0, shape, shape.count, $1) }
  }
  public static func cat(_ tensors: [Tensor], axis: Int = 0) throws(EngineError) -> Tensor {
    try make { failure in tensors.withHandles { ht_cat($0, $0.count, axis, failure) } }
  }
  public static func stack(_ tensors: [Tensor], axis: Int = 0) throws(EngineError) -> Tensor {
    try make { failure in tensors.withHandles { ht_stack($0, $0.count, axis, failure) } }
  }
  /// `length` entries along `axis`, from `start`.
  public func narrow(_ axis: Int, start: Int, length: Int) throws(EngineError) -> Tensor {
    try make { ht_narrow($0, axis, start, length, $1) }
  }
  /// Entry `index` along `axis`, which goes away.
  public func select(_ axis: Int, _ index: Int) throws(EngineError) -> Tensor {
    try make { ht_select($0, axis, index, $1) }
  }
  /// The entries along `axis` that `indices` (int64) names.
  public func indexSelect(_ axis: Int, _ indices: Tensor) throws(EngineError) -> Tensor {
    try make(indices) { ht_index_select($0, axis, $1[0], $2) }
  }
  public func gather(_ axis: Int, _ indices: Tensor) throws(EngineError) -> Tensor {
    try make(indices) { ht_gather($0, axis, $1[0], $2) }
  }
  /// A copy with `source` written where `indices` says along `axis`.
  public func scatter(_ axis: Int, _ indices: Tensor, _ source: Tensor) throws(EngineError) -> Tensor {
    try make(indices, source) { ht_scatter($0, axis, $1[0], $1[1], $2) }
  }
  /// int64 labels as rows of one 1 among zeros.
  public func oneHot(_ classes: Int) throws(EngineError) -> Tensor { try make { ht_one_hot($0, classes, $1) } }
  public func flip(_ axes: [Int]) throws(EngineError) -> Tensor { try make { ht_flip($0, axes, axes.count, $1) } }
  /// Entries moved along `axis`, those that leave entering at the other end.
  public func roll(_ shift: Int, axis: Int) throws(EngineError) -> Tensor { try make { ht_roll($0, shift, axis, $1) } }

  public enum Padding: Sendable, Hashable {
    case constant(Double)
    case reflect, replicate
  }

  /// Grows the last axes: `amounts` are before and after the last axis, then the one before it, and so on.
  public func pad(_ amounts: [Int], _ padding: Padding = .constant(0)) throws(EngineError) -> Tensor {
    switch padding {
    case .constant(let value): try make { ht_pad($0, amounts, amounts.count, HT_PAD_CONSTANT, value, $1) }
    case .reflect: try make { ht_pad($0, amounts, amounts.count, HT_PAD_REFLECT, 0, $1) }
    case .replicate: try make { ht_pad($0, amounts, amounts.count, HT_PAD_REPLICATE, 0, $1) }
    }
  }

  public func matmul(_ y: Tensor) throws(EngineError) -> Tensor { try make(y) { ht_matmul($0, $1[0], $2) } }
  /// A matrix's diagonal, or the matrix of a diagonal.
  public func diagonal() throws(EngineError) -> Tensor { try make(ht_diag) }
}

/// Factorizations and solutions; matrices are the last two axes.
public enum Linalg {
  /// Eigenvalues, ascending, and eigenvectors (columns) of a symmetric matrix.
  public static func eigh(_ x: Tensor) throws(EngineError) -> (values: Tensor, vectors: Tensor) {
    try x.makePair(ht_eigh)
  }
  /// `x = u · diag(s) · vh`, reduced.
  public static func svd(_ x: Tensor) throws(EngineError) -> (u: Tensor, s: Tensor, vh: Tensor) {
    var left: OpaquePointer?
    let (s, vh) = try x.makePair { ht_svd($0, &left, $1, $2) }
    return (try Tensor.make { _ in left }, s, vh)
  }
  public static func qr(_ x: Tensor) throws(EngineError) -> (q: Tensor, r: Tensor) { try x.makePair(ht_qr) }
  /// The lower triangle `l` with `x = l · lᵀ`.
  public static func cholesky(_ x: Tensor) throws(EngineError) -> Tensor { try x.make(ht_cholesky) }
  /// The solution of `a · x = b`.
  public static func solve(_ a: Tensor, _ b: Tensor) throws(EngineError) -> Tensor {
    try a.make(b) { ht_solve($0, $1[0], $2) }
  }
  /// The least-squares solution of `a · x = b`.
  public static func leastSquares(_ a: Tensor, _ b: Tensor) throws(EngineError) -> Tensor {
    try a.make(b) { ht_lstsq($0, $1[0], $2) }
  }
}
