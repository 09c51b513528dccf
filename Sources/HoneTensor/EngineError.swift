import CHoneTorch

/// Why an engine operation could not be done: what was asked, of which shapes, and what is wrong with that.
public struct EngineError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Codable, CaseIterable {
    case shape, dtype, outOfMemory, device, io, `internal`
  }

  public let code: Code
  /// The operation's name, such as `conv2d`.
  public let operation: String
  /// The shapes of its operands, in their order.
  public let shapes: [[Int]]
  public let message: String

  public init(code: Code, operation: String, shapes: [[Int]] = [], message: String) {
    self.code = code
    self.operation = operation
    self.shapes = shapes
    self.message = message
  }

  public var description: String {
    let operands = shapes.map { "\($0)" }.joined(separator: ", ")
    return "\(operation)(\(operands)): \(message)"
  }
}

extension EngineError {
  /// Takes over the shim's error and frees it.
  init(consuming error: OpaquePointer) {
    defer { ht_error_free(error) }
    self.init(
      code: Code(ht_error_code(error)),
      operation: String(cString: ht_error_operation(error)),
      shapes: (0..<ht_error_operands(error)).map { operand in
        (0..<ht_error_rank(error, operand)).map { ht_error_size(error, operand, $0) }
      },
      message: String(cString: ht_error_message(error)))
  }
}

extension EngineError.Code {
  init(_ code: ht_code) {
    switch code {
    case HT_SHAPE_ERROR: self = .shape
    case HT_DTYPE_ERROR: self = .dtype
    case HT_MEMORY_ERROR: self = .outOfMemory
    case HT_DEVICE_ERROR: self = .device
    case HT_IO_ERROR: self = .io
    default: self = .internal
    }
  }
}
