import CHoneTorch

extension Tensor {
  /// Adds the gradients of this scalar to every parameter it came from.
  ///
  /// - Parameter gradient: what flows in; needed where this is not a scalar.
  public func backward(_ gradient: Tensor? = nil, keepsGraph: Bool = false) throws(EngineError) {
    let (x, incoming) = (handle, gradient?.handle)
    try engine { failure in
      withExtendedLifetime((x, incoming)) { ht_backward(x.pointer, incoming?.pointer, keepsGraph, failure) }
    }
  }

  /// The gradients of `loss` by each input; nil where it does not depend on it. Adds nothing to parameters.
  public static func gradients(
    of loss: Tensor, wrt inputs: [Tensor], differentiable: Bool = false
  ) throws(EngineError) -> [Tensor?] {
    var found = [OpaquePointer?](repeating: nil, count: inputs.count)
    let x = loss.handle
    try engine { failure in
      withExtendedLifetime(x) {
        inputs.withHandles { ht_gradients(x.pointer, $0, $0.count, differentiable, &found, failure) }
      }
    }
    return found.map { $0.map { Tensor(Handle($0)) } }
  }

  /// What `backward` has left at this leaf.
  public var gradient: Tensor? {
    let x = handle
    let found = try? engine { failure in withExtendedLifetime(x) { ht_gradient(x.pointer, failure) } }
    return found.flatMap { $0 }.map { Tensor(Handle($0)) }
  }
}

/// Runs `body` without recording anything for gradients.
public func withoutGradients<T, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
  let former = ht_set_gradients(false)
  defer { _ = ht_set_gradients(former) }
  return try body()
}

/// Runs `body` with recording on, inside `withoutGradients` too.
public func withGradients<T, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
  let former = ht_set_gradients(true)
  defer { _ = ht_set_gradients(former) }
  return try body()
}

/// The smaller type that `withAutocast` asks for at the moment.
public func autocastType(on device: Device = .cpu) -> DType? {
  let current = ht_current_autocast(device.kind.code)
  return current.enabled ? DType(current.dtype) : nil
}

/// Runs `body` with convolutions and matrix products in a smaller type, and the rest where it is safe; nil turns it off.
///
/// Parameters stay as they are: each is converted once per call of this function, so one call should span a forward.
/// Call `backward` outside.
public func withAutocast<T, E: Error>(
  _ dtype: DType?, on device: Device = .cpu, _ body: () throws(E) -> T
) throws(E) -> T {
  let kind = device.kind
  let wanted = ht_autocast(enabled: dtype != nil, dtype: (dtype ?? .bfloat16).code)
  let former = ht_begin_autocast(kind.code, wanted)
  defer { ht_end_autocast(kind.code, former) }
  return try body()
}
