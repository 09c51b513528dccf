import CHoneTorch

/// One call of an operation, timed, with its part of the backward pass.
public struct TimedOperation: Codable, Sendable, Hashable {
  /// What a pass took, and the least that it had to do.
  public struct Cost: Codable, Sendable, Hashable {
    public var seconds: Double
    /// Multiplications with an addition; what else it computes is not counted.
    public var multiplyAdds: Double
    /// Read and written, were every operand and result touched once.
    public var bytes: Double

    public init(seconds: Double = 0, multiplyAdds: Double = 0, bytes: Double = 0) {
      self.seconds = seconds
      self.multiplyAdds = multiplyAdds
      self.bytes = bytes
    }
  }

  /// Such as `conv2d 3×3` or `layer_norm`.
  public var operation: String
  /// Of the operands, such as `32×64×56×56 64×64×3×3`.
  public var shapes: String
  public var forward: Cost
  public var backward: Cost
  /// Of what it makes; 0 for a view.
  public var resultBytes: Double

  public init(
    operation: String, shapes: String, forward: Cost, backward: Cost = Cost(), resultBytes: Double = 0
  ) {
    self.operation = operation
    self.shapes = shapes
    self.forward = forward
    self.backward = backward
    self.resultBytes = resultBytes
  }
}

extension Engine {
  /// Runs `body` and gives, beside its result, what each operation in it took, in their order.
  ///
  /// The backward pass is told apart by the operations that it belongs to; the call of `backward` is one more operation,
  /// which takes as long as all of it. A call within `body` keeps its operations to itself. On the engine's thread; timing hardly slows anything down.
  public static func timed<Result>(_ body: () throws -> Result) rethrows -> (Result, [TimedOperation]) {
    ht_begin_profile()
    var calls: [TimedOperation] = []
    func end() {
      withUnsafeMutablePointer(to: &calls) { list in
        ht_end_profile(list) { list, call in
          guard let list, let call else { return }
          list.assumingMemoryBound(to: [TimedOperation].self).pointee.append(TimedOperation(call.pointee))
        }
      }
    }
    do {
      let result = try body()
      end()
      return (result, calls)
    } catch {
      end()
      throw error
    }
  }
}

extension TimedOperation {
  fileprivate init(_ call: ht_timed) {
    self.init(
      operation: String(cString: call.operation), shapes: String(cString: call.shapes),
      forward: Cost(
        seconds: call.forward_seconds, multiplyAdds: call.forward_multiply_adds, bytes: call.forward_bytes),
      backward: Cost(
        seconds: call.backward_seconds, multiplyAdds: call.backward_multiply_adds, bytes: call.backward_bytes),
      resultBytes: call.result_bytes)
  }
}
