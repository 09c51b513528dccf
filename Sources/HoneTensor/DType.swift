import CHoneTorch

/// What a tensor's numbers are.
public enum DType: String, Codable, Sendable, Hashable, CaseIterable {
  case float32, float64, bfloat16, float16, int64, int32, uint8, bool

  /// Bytes of one number.
  public var size: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .bfloat16, .float16: 2
    case .uint8, .bool: 1
    }
  }

  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64, .bfloat16, .float16: true
    case .int64, .int32, .uint8, .bool: false
    }
  }
}

extension DType {
  var code: ht_dtype {
    switch self {
    case .float32: HT_FLOAT32
    case .float64: HT_FLOAT64
    case .bfloat16: HT_BFLOAT16
    case .float16: HT_FLOAT16
    case .int64: HT_INT64
    case .int32: HT_INT32
    case .uint8: HT_UINT8
    case .bool: HT_BOOL
    }
  }

  /// The types Hone makes are all here; others (complex numbers) cannot arise from its operations.
  init(_ code: ht_dtype) { self = Self.allCases.first { $0.code == code } ?? .float32 }
}
