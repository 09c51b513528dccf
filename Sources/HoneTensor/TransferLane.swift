import CHoneTorch

/// Copies tensors to a device while it computes, on a stream of its own. On the engine's thread.
///
/// ```swift
/// let sent = try lane.send(next)  // begins, and returns at once where the memory is `Engine.allocatePinned`'s
/// try step(batch)
/// let batch = try lane.receive(sent)
/// ```
public final class TransferLane {
  private let pointer: OpaquePointer

  /// - Throws: `EngineError` where the device has no second stream, as the processor and MPS have none.
  public init(to device: Device) throws(EngineError) {
    Engine.start()
    let made = try engine { ht_lane_make(device.code, $0) }
    guard let made else {
      throw EngineError(code: .internal, operation: "lane", message: "the engine returned no lane")
    }
    pointer = made
  }

  deinit { ht_lane_free(pointer) }

  /// Begins to copy. What is sent is received before anything is computed with it, and before more is sent.
  public func send(_ tensors: Tensor...) throws(EngineError) -> [Tensor] {
    try withExtendedLifetime(self) { () throws(EngineError) in
      var sent: [Tensor] = []
      for tensor in tensors { sent.append(try tensor.make { ht_lane_send(pointer, $0, $1) }) }
      return sent
    }
  }

  /// Makes what is computed from now on wait for the copies.
  public func receive(_ sent: [Tensor]) throws(EngineError) {
    try withExtendedLifetime((self, sent)) { () throws(EngineError) in
      for tensor in sent { try engine { ht_lane_receive(pointer, tensor.handle.pointer, $0) } }
    }
  }
}

extension Engine {
  /// Memory that a device reads by itself, for tensors on their way there; ordinary memory where it can not. From any
  /// thread.
  public static func allocatePinned(bytes: Int, for device: Device) -> UnsafeMutableRawPointer {
    start()
    return ht_allocate_pinned(bytes, device.code) ?? .allocate(byteCount: bytes, alignment: 16)
  }
  public static func deallocatePinned(_ memory: UnsafeMutableRawPointer) { ht_deallocate_pinned(memory) }
}
