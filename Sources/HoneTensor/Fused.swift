import CHoneTorch

/// Work on whole lists of tensors in one call, in place: what optimizers do to parameters and their state.
///
/// Lists go together by position and have equal shapes. A parameter without a gradient must be left out by the caller.
public enum Fused {
  /// One step of Adam (Kingma & Ba 2015), or AdamW (Loshchilov & Hutter 2019) where `decoupled`.
  ///
  /// `steps` are float32 scalars, one per parameter, that count the steps; this call adds one to each first. `epsilon`
  /// is PyTorch's, added to the root of the corrected second moment; Keras's ε̂ is `epsilon · √(1 − β₂ᵗ)`. `largest`,
  /// where it is not empty, keeps the largest second moments, and they scale the step (AMSGrad).
  public static func adam(
    _ parameters: [Tensor], gradients: [Tensor], means: [Tensor], squares: [Tensor], largest: [Tensor] = [],
    steps: [Tensor], rate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    decay: Double = 0, decoupled: Bool = false
  ) throws(EngineError) {
    guard !largest.isEmpty else {
      return try lists(parameters, gradients, means, squares, steps) {
        ht_adam($0[0], $0[1], $0[2], $0[3], nil, $0[4], $1, rate, beta1, beta2, epsilon, decay, decoupled, $2)
      }
    }
    try lists(parameters, gradients, means, squares, largest, steps) {
      ht_adam($0[0], $0[1], $0[2], $0[3], $0[4], $0[5], $1, rate, beta1, beta2, epsilon, decay, decoupled, $2)
    }
  }

  /// One step of gradient descent; `velocities` is empty without momentum. In the first step they take the gradient.
  public static func sgd(
    _ parameters: [Tensor], gradients: [Tensor], velocities: [Tensor] = [], rate: Double, momentum: Double = 0,
    dampening: Double = 0, decay: Double = 0, nesterov: Bool = false, isFirst: Bool = false
  ) throws(EngineError) {
    guard !velocities.isEmpty else {
      return try lists(parameters, gradients) {
        ht_sgd($0[0], $0[1], nil, $1, rate, 0, dampening, decay, false, isFirst, $2)
      }
    }
    try lists(parameters, gradients, velocities) {
      ht_sgd($0[0], $0[1], $0[2], $1, rate, momentum, dampening, decay, nesterov, isFirst, $2)
    }
  }

  /// One step of RMSprop (Hinton 2012); `velocities` is empty without momentum.
  public static func rmsprop(
    _ parameters: [Tensor], gradients: [Tensor], squares: [Tensor], velocities: [Tensor] = [], rate: Double,
    smoothing: Double = 0.99, epsilon: Double = 1e-8, decay: Double = 0, momentum: Double = 0
  ) throws(EngineError) {
    guard !velocities.isEmpty else {
      return try lists(parameters, gradients, squares) {
        ht_rmsprop($0[0], $0[1], $0[2], nil, $1, rate, smoothing, epsilon, decay, 0, $2)
      }
    }
    try lists(parameters, gradients, squares, velocities) {
      ht_rmsprop($0[0], $0[1], $0[2], $0[3], $1, rate, smoothing, epsilon, decay, momentum, $2)
    }
  }

  /// `average ← decay · average + (1 − decay) · value`.
  public static func ema(_ averages: [Tensor], _ values: [Tensor], decay: Double) throws(EngineError) {
    try lists(averages, values) { ht_lerp_list($0[0], $0[1], $1, 1 - decay, $2) }
  }

  /// `target ← target + scale · source`: with gradients and parameters, L2's gradient.
  public static func add(_ targets: [Tensor], _ sources: [Tensor], scale: Double = 1) throws(EngineError) {
    try lists(targets, sources) { ht_add_list($0[0], $0[1], $1, scale, $2) }
  }

  /// `target ← target + scale · sign(source)`: with gradients and parameters, L1's gradient.
  public static func addSign(_ targets: [Tensor], _ sources: [Tensor], scale: Double) throws(EngineError) {
    try lists(targets, sources) { ht_add_sign_list($0[0], $0[1], $1, scale, $2) }
  }

  public static func scale(_ targets: [Tensor], by factor: Double) throws(EngineError) {
    try lists(targets) { ht_scale_list($0[0], $1, factor, $2) }
  }

  /// Limits every number to `−limit…limit`.
  public static func clipValue(_ targets: [Tensor], _ limit: Double) throws(EngineError) {
    try lists(targets) { ht_clamp_list($0[0], $1, limit, $2) }
  }

  /// Scales all down together so that their common norm is at most `limit`; gives the norm before.
  @discardableResult
  public static func clipNorm(_ targets: [Tensor], _ limit: Double) throws(EngineError) -> Double {
    try lists(targets) { ht_clip_norm_list($0[0], $1, limit, $2) }
  }

  /// One norm over all numbers of all tensors.
  public static func globalNorm(_ tensors: [Tensor], order: Double = 2) throws(EngineError) -> Double {
    try lists(tensors) { ht_norm_list($0[0], $1, order, $2) }
  }

  private static func lists<R>(
    _ lists: [Tensor]..., body: ([[OpaquePointer?]], Int, Failure) -> R
  ) throws(EngineError) -> R {
    try Self.lists(lists, body: body)
  }

  /// Calls `body` with the handles of lists of equal length.
  static func lists<R>(
    _ lists: [[Tensor]], body: ([[OpaquePointer?]], Int, Failure) -> R
  ) throws(EngineError) -> R {
    let count = lists.first?.count ?? 0
    guard lists.allSatisfy({ $0.count == count }) else {
      throw EngineError(
        code: .shape, operation: "fused", shapes: [lists.map(\.count)], message: "the lists differ in length")
    }
    return try engine { failure in
      withExtendedLifetime(lists) { body(lists.map { $0.map(\.handle.pointer) }, count, failure) }
    }
  }
}
