import CHoneTorch

/// A convolution for inference, with what follows it in the same operation.
///
/// Its weight is laid out once for each way that inputs ask for, as the processor likes it best. It records nothing for
/// gradients, and computes in the type that `withAutocast` asks for.
public final class PackedConvolution {
  private let pointer: OpaquePointer

  /// - Shape: weight `[O, C ÷ groups, h, w]`, bias `[O]`; both are kept, not copied.
  public init(
    weight: Tensor, bias: Tensor?, stride: Pair = 1, padding: Pair = 0, groups: Int = 1
  ) throws(EngineError) {
    let made = try engine { failure in
      withExtendedLifetime((weight, bias)) {
        ht_pack(
          weight.handle.pointer, bias?.handle.pointer, stride.array, padding.array, groups, failure)
      }
    }
    guard let made else {
      throw EngineError(code: .internal, operation: "pack", message: "the engine returned no convolution")
    }
    pointer = made
  }

  deinit { ht_packed_free(pointer) }

  /// curve(convolution(x) + addend)
  ///
  /// - Shape: `[N, C, H, W]` → `[N, O, H′, W′]`, which is also the addend's.
  public func callAsFunction(
    _ x: Tensor, adding addend: Tensor? = nil, then curve: Tensor.Curve = .none
  ) throws(EngineError) -> Tensor {
    try withExtendedLifetime(self) { () throws(EngineError) in
      try x.make(addend) { ht_packed_conv2d($0, pointer, $1[0], curve.code, $2) }
    }
  }

  /// curve(project(slid(depthwise(expanded(expand(x))))) + addend), where `self` expands: an inverted residual, whose parts
  /// are done in one where what lies between them is large. Under bfloat16's autocast it computes in float32 where that
  /// takes no longer.
  public func bottleneck(
    _ x: Tensor, then expanded: Tensor.Curve, depthwise: PackedConvolution, then slid: Tensor.Curve,
    project: PackedConvolution, adding addend: Tensor? = nil, then curve: Tensor.Curve = .none
  ) throws(EngineError) -> Tensor {
    try withExtendedLifetime((self, depthwise, project)) { () throws(EngineError) in
      try x.make(addend) {
        ht_packed_bottleneck(
          $0, pointer, expanded.code, depthwise.pointer, slid.code, project.pointer, $1[0], curve.code, $2)
      }
    }
  }
}

/// A dense layer for inference, likewise.
public final class PackedDense {
  private let pointer: OpaquePointer

  /// - Shape: weight `[outputs, inputs]`, bias `[outputs]`; both are kept, not copied.
  public init(weight: Tensor, bias: Tensor?) throws(EngineError) {
    let made = try engine { failure in
      withExtendedLifetime((weight, bias)) { ht_pack_dense(weight.handle.pointer, bias?.handle.pointer, failure) }
    }
    guard let made else {
      throw EngineError(code: .internal, operation: "pack", message: "the engine returned no dense layer")
    }
    pointer = made
  }

  deinit { ht_packed_dense_free(pointer) }

  /// - Shape: `[N, …, inputs]` → `[N, …, outputs]`.
  public func callAsFunction(_ x: Tensor) throws(EngineError) -> Tensor {
    try withExtendedLifetime(self) { () throws(EngineError) in try x.make { ht_packed_linear($0, pointer, $1) } }
  }
}
