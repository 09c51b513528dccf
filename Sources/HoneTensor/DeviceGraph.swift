import CHoneTorch

/// What a device was asked to do, recorded once and done again without the processor's part. On the engine's thread.
///
/// A replay reads and writes the memory that the recording did: give it new numbers with `Tensor.fill(from:)`, and read its
/// results from the tensors that the recording gave. Operations that read a number back, or draw, cannot be recorded.
public final class DeviceGraph {
  private let pointer: OpaquePointer

  /// Whether what this device does can be recorded: on CUDA, where Hone's library for it lies beside the program.
  public static func isOffered(on device: Device) -> Bool {
    Engine.start()
    return ht_records_graphs(device.kind.code)
  }

  private init(begunOn device: Device) throws(EngineError) {
    let made = try engine { ht_graph_begin(device.code, $0) }
    guard let made else {
      throw EngineError(code: .internal, operation: "graph", message: "the engine returned no graph")
    }
    pointer = made
  }

  deinit { ht_graph_free(pointer) }

  /// Records what `body` asks of the device; whether it is done meanwhile depends on the device.
  ///
  /// - Throws: what `body` throws; `EngineError` where something in it cannot be recorded.
  public static func recording<Result>(
    on device: Device, _ body: () throws -> Result
  ) throws -> (graph: DeviceGraph, result: Result) {
    let graph = try DeviceGraph(begunOn: device)
    let result: Result
    do { result = try body() } catch {
      try? graph.end()
      throw error
    }
    try graph.end()
    return (graph, result)
  }

  private func end() throws(EngineError) {
    try withExtendedLifetime(self) { () throws(EngineError) in try engine { ht_graph_end(pointer, $0) } }
  }

  /// Does it once more.
  public func replay() throws(EngineError) {
    try withExtendedLifetime(self) { () throws(EngineError) in try engine { ht_graph_replay(pointer, $0) } }
  }
}

extension Tensor {
  /// Writes the numbers of another tensor of the same shape into this one's memory, for what a `DeviceGraph` reads.
  public func fill(from new: Tensor) throws(EngineError) { try assign(new) }
}
