import CHoneTorch

/// What becomes of the losses of a batch.
public enum Reduction: String, Sendable, Codable, Hashable {
  case none, mean, sum

  var code: ht_reduction {
    switch self {
    case .none: HT_NONE
    case .mean: HT_MEAN
    case .sum: HT_SUM
    }
  }
}

extension Tensor {
  /// Cross-entropy of these logits `[N, C]` with labels (int64 `[N]`) or distributions (`[N, C]`).
  public func crossEntropy(
    _ target: Tensor, weight: Tensor? = nil, labelSmoothing: Double = 0, reduction: Reduction = .mean
  ) throws(EngineError) -> Tensor {
    try make(target, weight) { ht_cross_entropy($0, $1[0], $1[1], labelSmoothing, reduction.code, $2) }
  }

  /// Binary cross-entropy of these logits with targets in 0…1 of the same shape.
  public func binaryCrossEntropyWithLogits(
    _ target: Tensor, weight: Tensor? = nil, positiveWeight: Tensor? = nil, reduction: Reduction = .mean
  ) throws(EngineError) -> Tensor {
    try make(target, weight, positiveWeight) {
      ht_binary_cross_entropy($0, $1[0], $1[1], $1[2], reduction.code, $2)
    }
  }

  /// Negative log-likelihood of labels under these log-probabilities.
  public func nll(_ target: Tensor, weight: Tensor? = nil, reduction: Reduction = .mean) throws(EngineError) -> Tensor {
    try make(target, weight) { ht_nll($0, $1[0], $1[1], reduction.code, $2) }
  }

  public func mse(_ target: Tensor, reduction: Reduction = .mean) throws(EngineError) -> Tensor {
    try make(target) { ht_mse($0, $1[0], reduction.code, $2) }
  }

  public func smoothL1(
    _ target: Tensor, beta: Double = 1, reduction: Reduction = .mean
  ) throws(EngineError) -> Tensor {
    try make(target) { ht_smooth_l1($0, $1[0], beta, reduction.code, $2) }
  }

  /// `Σ target · (log target − self)`, these being log-probabilities.
  ///
  /// The mean is over all numbers, as PyTorch's `reduction="mean"`; divide a sum by the batch for the divergence.
  public func klDiv(
    _ target: Tensor, logTarget: Bool = false, reduction: Reduction = .mean
  ) throws(EngineError) -> Tensor {
    try make(target) { ht_kl_div($0, $1[0], logTarget, reduction.code, $2) }
  }
}
