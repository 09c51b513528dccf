import CHoneTorch

// How Swift calls the shim: every call keeps its operands alive until it returns, and throws the error it stored.

typealias Failure = UnsafeMutablePointer<OpaquePointer?>

/// Calls the shim and throws the error that it stored, if any.
func engine<R>(_ body: (Failure) -> R) throws(EngineError) -> R {
  var failure: OpaquePointer?
  let result = body(&failure)
  if let failure { throw EngineError(consuming: failure) }
  return result
}

extension Tensor {
  /// The tensor that a call made.
  static func make(_ body: (Failure) -> OpaquePointer?) throws(EngineError) -> Tensor {
    guard let pointer = try engine(body) else {
      throw EngineError(code: .internal, operation: "make", message: "the engine returned no tensor")
    }
    return Tensor(Handle(pointer))
  }

  /// The tensor that a call made of this one.
  func make(_ body: (OpaquePointer, Failure) -> OpaquePointer?) throws(EngineError) -> Tensor {
    let x = handle
    return try Tensor.make { failure in withExtendedLifetime(x) { body(x.pointer, failure) } }
  }

  /// The tensor that a call made of this one and others, which may be absent.
  func make(
    _ others: Tensor?..., body: (OpaquePointer, [OpaquePointer?], Failure) -> OpaquePointer?
  ) throws(EngineError) -> Tensor {
    let x = handle
    return try Tensor.make { failure in
      withExtendedLifetime((x, others)) { body(x.pointer, others.map(\.?.handle.pointer), failure) }
    }
  }

  /// The two tensors that a call made of this one; it stores the second.
  func makePair(_ body: (OpaquePointer, Failure, Failure) -> OpaquePointer?) throws(EngineError) -> (Tensor, Tensor) {
    var second: OpaquePointer?
    let first = try make { x, failure in body(x, &second, failure) }
    return (first, try Tensor.make { _ in second })
  }
}

extension [Tensor] {
  /// The handles of all, alive during `body`.
  func withHandles<R>(_ body: ([OpaquePointer?]) throws -> R) rethrows -> R {
    try withExtendedLifetime(self) { try body(map(\.handle.pointer)) }
  }
}
