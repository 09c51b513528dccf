import CHoneTorch

/// Sizes over the two axes of a picture: height, then width.
public struct Pair: Hashable, Sendable, Codable, ExpressibleByIntegerLiteral {
  public var height: Int
  public var width: Int

  public init(_ height: Int, _ width: Int) {
    self.height = height
    self.width = width
  }
  public init(_ both: Int) { self.init(both, both) }
  public init(integerLiteral value: Int) { self.init(value) }

  var array: [Int] { [height, width] }
}

// Pictures are [N, C, H, W].

extension Tensor {
  /// - Shape: `[N, C, H, W]`, weight `[O, C ÷ groups, h, w]`, bias `[O]` → `[N, O, H′, W′]`.
  public func conv2d(
    _ weight: Tensor, bias: Tensor? = nil, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1, groups: Int = 1
  ) throws(EngineError) -> Tensor {
    try make(weight, bias) {
      ht_conv2d($0, $1[0], $1[1], stride.array, padding.array, dilation.array, groups, $2)
    }
  }

  /// Convolution, bias and ReLU as one operation, faster in training on the CPU than one after the other.
  ///
  /// - Shape: as `conv2d` with one group and no dilation.
  public func convRelu(
    _ weight: Tensor, bias: Tensor, stride: Pair = 1, padding: Pair = 0
  ) throws(EngineError) -> Tensor {
    try make(weight, bias) { ht_conv_relu_pool($0, $1[0], $1[1], stride.array, padding.array, false, $2) }
  }

  /// Convolution, bias, ReLU and 2×2 max-pool as one operation, faster still: the classic block.
  ///
  /// - Shape: as `conv2d`, then half the height and width, rounded down.
  public func convReluPool(
    _ weight: Tensor, bias: Tensor, stride: Pair = 1, padding: Pair = 0
  ) throws(EngineError) -> Tensor {
    try make(weight, bias) { ht_conv_relu_pool($0, $1[0], $1[1], stride.array, padding.array, true, $2) }
  }

  /// A factor for each channel, and the sum with a shortcut, as one operation; in this tensor's type.
  ///
  /// - Shape: `[N, C, H, W]` or `[N, L, C]`, factors `[C]` → the same.
  public func scaled(by factors: Tensor, adding addend: Tensor) throws(EngineError) -> Tensor {
    try make(factors, addend) { ht_scaled_sum($0, $1[0], $1[1], $2) }
  }

  /// - Shape: `[…, I]`, weight `[O, I]`, bias `[O]` → `[…, O]`.
  public func linear(_ weight: Tensor, bias: Tensor? = nil) throws(EngineError) -> Tensor {
    try make(weight, bias) { ht_linear($0, $1[0], $1[1], $2) }
  }

  /// What may follow a norm, or a convolution for inference, in the same operation.
  public enum Curve: Sendable, Hashable, CaseIterable { case none, relu, relu6, silu, hardSwish, gelu }

  /// In training it normalizes by the batch's statistics and moves `mean` and `variance` towards them, in place, by
  /// `momentum` (PyTorch's meaning: the weight of the new value); otherwise it normalizes by those.
  ///
  /// Adds `addend` and applies `curve` at once, which in training on the CPU costs less than one after the other.
  public func batchNorm(
    weight: Tensor?, bias: Tensor?, mean: Buffer?, variance: Buffer?, training: Bool, momentum: Double = 0.1,
    epsilon: Double = 1e-5, adding addend: Tensor? = nil, then curve: Curve = .none
  ) throws(EngineError) -> Tensor {
    try make(weight, bias, mean?.value, variance?.value, addend) {
      ht_batch_norm($0, $1[0], $1[1], $1[2], $1[3], training, momentum, epsilon, $1[4], curve.code, $2)
    }
  }

  /// Normalizes over the last axes, whose sizes are `shape`.
  public func layerNorm(
    _ shape: [Int], weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
  ) throws(EngineError) -> Tensor {
    try make(weight, bias) { ht_layer_norm($0, shape, shape.count, $1[0], $1[1], epsilon, $2) }
  }

  public func groupNorm(
    _ groups: Int, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
  ) throws(EngineError) -> Tensor {
    try make(weight, bias) { ht_group_norm($0, groups, $1[0], $1[1], epsilon, $2) }
  }

  /// The largest number of each window; the stride is the window's size unless told.
  public func maxPool2d(
    _ kernel: Pair, stride: Pair? = nil, padding: Pair = 0, ceiling: Bool = false
  ) throws(EngineError) -> Tensor {
    try make { ht_max_pool2d($0, kernel.array, (stride ?? kernel).array, padding.array, ceiling, $1) }
  }

  public func avgPool2d(
    _ kernel: Pair, stride: Pair? = nil, padding: Pair = 0, ceiling: Bool = false, countsPadding: Bool = true
  ) throws(EngineError) -> Tensor {
    try make { ht_avg_pool2d($0, kernel.array, (stride ?? kernel).array, padding.array, ceiling, countsPadding, $1) }
  }

  /// Means over windows chosen so that the result has `size`; size 1 is global pooling.
  public func adaptiveAvgPool2d(_ size: Pair) throws(EngineError) -> Tensor {
    try make { ht_adaptive_avg_pool2d($0, size.array, $1) }
  }
  public func adaptiveMaxPool2d(_ size: Pair) throws(EngineError) -> Tensor {
    try make { ht_adaptive_max_pool2d($0, size.array, $1) }
  }

  /// Zeros with probability `chance`, the rest scaled up to keep the mean. The same seed drops the same numbers.
  public func dropout(_ chance: Double, seed: UInt64) throws(EngineError) -> Tensor {
    try make { ht_dropout($0, chance, false, seed, $1) }
  }
  /// Dropout of whole channels (axes 2 and after share their fate).
  public func featureDropout(_ chance: Double, seed: UInt64) throws(EngineError) -> Tensor {
    try make { ht_dropout($0, chance, true, seed, $1) }
  }

  public enum Interpolation: String, Sendable, Codable, Hashable { case nearest, bilinear, bicubic }

  /// Pictures resized, pixel centres at half units (`align_corners=False`).
  public func interpolate(
    _ size: Pair, _ mode: Interpolation = .bilinear, antialias: Bool = false
  ) throws(EngineError) -> Tensor {
    try make { ht_interpolate($0, size.array, mode.code, antialias, $1) }
  }

  /// Rows of this `[rows, width]` table that `indices` (int64) names.
  public func embedding(_ indices: Tensor) throws(EngineError) -> Tensor {
    try make(indices) { ht_embedding($0, $1[0], $2) }
  }

  /// `softmax(q · kᵀ ÷ √d + mask) · v`, this being the query.
  ///
  /// - Shape: `[…, L, d]`, key and value `[…, S, d]` → `[…, L, d]`.
  public func scaledDotProductAttention(
    key: Tensor, value: Tensor, mask: Tensor? = nil, causal: Bool = false
  ) throws(EngineError) -> Tensor {
    try make(key, value, mask) { ht_attention($0, $1[0], $1[1], $1[2], causal, $2) }
  }
}

extension Tensor.Curve {
  var code: ht_curve {
    switch self {
    case .none: HT_NO_CURVE
    case .relu: HT_RELU
    case .relu6: HT_RELU6
    case .silu: HT_SILU
    case .hardSwish: HT_HARD_SWISH
    case .gelu: HT_GELU
    }
  }
}

extension Tensor.Interpolation {
  var code: ht_interpolation {
    switch self {
    case .nearest: HT_NEAREST
    case .bilinear: HT_BILINEAR
    case .bicubic: HT_BICUBIC
    }
  }
}
