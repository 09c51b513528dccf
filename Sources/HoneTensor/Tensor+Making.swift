import CHoneTorch

extension Tensor {
  public static func full(
    _ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu
  ) throws(EngineError) -> Tensor {
    Engine.start()
    return try make { ht_full(shape, shape.count, value, dtype.code, device.code, $0) }
  }

  public static func zeros(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) throws(EngineError) -> Tensor {
    try full(shape, 0, dtype: dtype, device: device)
  }

  public static func ones(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) throws(EngineError) -> Tensor {
    try full(shape, 1, dtype: dtype, device: device)
  }

  /// Zeros of this tensor's shape, type and device.
  public func zerosLike() throws(EngineError) -> Tensor { try Self.zeros(shape, dtype: dtype, device: device) }
  public func onesLike() throws(EngineError) -> Tensor { try Self.ones(shape, dtype: dtype, device: device) }

  /// A tensor without axes.
  public init(_ value: Double, dtype: DType = .float32, device: Device = .cpu) throws(EngineError) {
    self = try Self.full([], value, dtype: dtype, device: device)
  }

  public init(_ values: [Float], shape: [Int]? = nil) throws(EngineError) {
    self = try Self.copying(values, shape: shape, dtype: .float32)
  }
  public init(_ values: [Double], shape: [Int]? = nil) throws(EngineError) {
    self = try Self.copying(values, shape: shape, dtype: .float64)
  }
  public init(_ values: [Int64], shape: [Int]? = nil) throws(EngineError) {
    self = try Self.copying(values, shape: shape, dtype: .int64)
  }
  /// Whole numbers as int64, the type of labels and indices.
  public init(_ values: [Int], shape: [Int]? = nil) throws(EngineError) {
    self = try Self(values.map { Int64($0) }, shape: shape)
  }
  public init(_ values: [UInt8], shape: [Int]? = nil) throws(EngineError) {
    self = try Self.copying(values, shape: shape, dtype: .uint8)
  }

  /// Copies bytes in the machine's order, whatever they mean.
  public init(bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType) throws(EngineError) {
    let wanted = shape.reduce(1, *) * dtype.size
    guard bytes.count == wanted else {
      throw EngineError(
        code: .shape, operation: "init", shapes: [shape],
        message: "\(dtype.rawValue) of this shape takes \(wanted) bytes, not \(bytes.count)")
    }
    Engine.start()
    self = try Self.make { ht_copying(bytes.baseAddress, shape, shape.count, dtype.code, $0) }
  }

  /// Takes memory over without a copy; `release` is called once, when the last view of it is gone (on any thread).
  ///
  /// - Throws: nothing is adopted then, and `release` is not called.
  public static func adopting(
    _ memory: UnsafeMutableRawPointer, shape: [Int], dtype: DType,
    release: @Sendable @escaping (UnsafeMutableRawPointer) -> Void
  ) throws(EngineError) -> Tensor {
    Engine.start()
    let context = Unmanaged.passRetained(ReleaseBox(release))
    do throws(EngineError) {
      return try make {
        ht_adopting(memory, shape, shape.count, dtype.code, context.toOpaque(), ReleaseBox.call, $0)
      }
    } catch {
      context.release()
      throw error
    }
  }

  /// `start`, `start + step`, … below `end`.
  public static func range(
    _ start: Double, _ end: Double, step: Double = 1, dtype: DType = .float32, device: Device = .cpu
  ) throws(EngineError) -> Tensor {
    Engine.start()
    return try make { ht_arange(start, end, step, dtype.code, device.code, $0) }
  }

  /// The identity matrix.
  public static func eye(_ size: Int, dtype: DType = .float32, device: Device = .cpu) throws(EngineError) -> Tensor {
    Engine.start()
    return try make { ht_eye(size, dtype.code, device.code, $0) }
  }

  /// Uniform numbers of `range`. The same seed gives the same numbers: there is no global generator.
  public static func uniform(
    _ shape: [Int], in range: ClosedRange<Double> = 0...1, seed: UInt64, dtype: DType = .float32,
    device: Device = .cpu
  ) throws(EngineError) -> Tensor {
    Engine.start()
    return try make {
      ht_uniform(shape, shape.count, range.lowerBound, range.upperBound, seed, dtype.code, device.code, $0)
    }
  }

  /// Normal numbers. The same seed gives the same numbers.
  public static func normal(
    _ shape: [Int], mean: Double = 0, std: Double = 1, seed: UInt64, dtype: DType = .float32, device: Device = .cpu
  ) throws(EngineError) -> Tensor {
    Engine.start()
    return try make { ht_normal(shape, shape.count, mean, std, seed, dtype.code, device.code, $0) }
  }

  /// Ones with probability `chance`, else zeros. The same seed gives the same numbers.
  public static func bernoulli(
    _ shape: [Int], chance: Double, seed: UInt64, dtype: DType = .float32, device: Device = .cpu
  ) throws(EngineError) -> Tensor {
    Engine.start()
    return try make { ht_bernoulli(shape, shape.count, chance, seed, dtype.code, device.code, $0) }
  }

  private static func copying<T: BitwiseCopyable>(
    _ values: [T], shape: [Int]?, dtype: DType
  ) throws(EngineError) -> Tensor {
    try values.withUnsafeBytes { bytes in
      Result { () throws(EngineError) in try Tensor(bytes: bytes, shape: shape ?? [values.count], dtype: dtype) }
    }.get()
  }
}

/// A release closure that C can carry.
private final class ReleaseBox: Sendable {
  let release: @Sendable (UnsafeMutableRawPointer) -> Void

  init(_ release: @Sendable @escaping (UnsafeMutableRawPointer) -> Void) { self.release = release }

  static let call: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void = { context, memory in
    guard let context, let memory else { return }
    Unmanaged<ReleaseBox>.fromOpaque(context).takeRetainedValue().release(memory)
  }
}
