import CHoneTorch

// Reductions: no axes means all; negative axes count from the end.

extension Tensor {
  public func sum(_ axes: [Int] = [], keepdim: Bool = false) throws(EngineError) -> Tensor {
    try make { ht_sum($0, axes, axes.count, keepdim, $1) }
  }
  public func mean(_ axes: [Int] = [], keepdim: Bool = false) throws(EngineError) -> Tensor {
    try make { ht_mean($0, axes, axes.count, keepdim, $1) }
  }
  public func max(_ axes: [Int] = [], keepdim: Bool = false) throws(EngineError) -> Tensor {
    try make { ht_amax($0, axes, axes.count, keepdim, $1) }
  }
  public func min(_ axes: [Int] = [], keepdim: Bool = false) throws(EngineError) -> Tensor {
    try make { ht_amin($0, axes, axes.count, keepdim, $1) }
  }
  public func logSumExp(_ axes: [Int] = [], keepdim: Bool = false) throws(EngineError) -> Tensor {
    try make { ht_logsumexp($0, axes, axes.count, keepdim, $1) }
  }
  /// The variance, divided by the count less `correction`.
  public func variance(_ axes: [Int] = [], correction: Int = 1, keepdim: Bool = false) throws(EngineError) -> Tensor {
    try make { ht_variance($0, axes, axes.count, correction, keepdim, $1) }
  }
  /// `(Σ |x|^order)^(1 ÷ order)`.
  public func norm(_ axes: [Int] = [], order: Double = 2, keepdim: Bool = false) throws(EngineError) -> Tensor {
    try make { ht_norm($0, order, axes, axes.count, keepdim, $1) }
  }
  public func softmax(_ axis: Int) throws(EngineError) -> Tensor { try make { ht_softmax($0, axis, $1) } }
  public func logSoftmax(_ axis: Int) throws(EngineError) -> Tensor { try make { ht_log_softmax($0, axis, $1) } }
  public func cumsum(_ axis: Int) throws(EngineError) -> Tensor { try make { ht_cumsum($0, axis, $1) } }
  /// Where the largest number lies along `axis`, as int64.
  public func argmax(_ axis: Int) throws(EngineError) -> Tensor { try make { ht_argmax($0, axis, $1) } }
  public func argmin(_ axis: Int) throws(EngineError) -> Tensor { try make { ht_argmin($0, axis, $1) } }
  /// The `k` largest (or smallest) along `axis`, sorted.
  public func topk(
    _ k: Int, axis: Int = -1, largest: Bool = true
  ) throws(EngineError) -> (values: Tensor, indices: Tensor) {
    try makePair { ht_topk($0, k, axis, largest, $1, $2) }
  }
  /// Sorted along `axis`; equal numbers keep their order.
  public func sort(
    _ axis: Int = -1, descending: Bool = false
  ) throws(EngineError) -> (values: Tensor, indices: Tensor) {
    try makePair { ht_sort($0, axis, descending, $1, $2) }
  }
}
