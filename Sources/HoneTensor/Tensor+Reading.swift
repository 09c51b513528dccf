import CHoneTorch

extension Tensor {
  /// The one number of a tensor of one element.
  public func item() throws(EngineError) -> Double {
    let x = handle
    return try engine { failure in withExtendedLifetime(x) { ht_item(x.pointer, failure) } }
  }

  /// All numbers in row order, converted.
  public func floats() throws(EngineError) -> [Float] { try copied(as: .float32, zero: 0) }
  public func doubles() throws(EngineError) -> [Double] { try copied(as: .float64, zero: 0) }
  public func int64s() throws(EngineError) -> [Int64] { try copied(as: .int64, zero: 0) }
  public func ints() throws(EngineError) -> [Int] { try int64s().map { Int($0) } }
  public func uint8s() throws(EngineError) -> [UInt8] { try copied(as: .uint8, zero: 0) }
  public func bools() throws(EngineError) -> [Bool] { try uint8s().map { $0 != 0 } }

  /// The numbers' own bytes in row order: what a file stores.
  public func bytes() throws(EngineError) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: count * dtype.size)
    try copy(into: &result, as: dtype)
    return result
  }

  private func copied<T: BitwiseCopyable>(as dtype: DType, zero: T) throws(EngineError) -> [T] {
    var result = [T](repeating: zero, count: count)
    try copy(into: &result, as: dtype)
    return result
  }

  private func copy<T: BitwiseCopyable>(into array: inout [T], as dtype: DType) throws(EngineError) {
    let x = handle
    try engine { failure in
      array.withUnsafeMutableBytes { bytes in
        withExtendedLifetime(x) { ht_copy_out(x.pointer, dtype.code, bytes.baseAddress, bytes.count, failure) }
      }
    }
  }
}

extension Tensor {
  /// This tensor in another type; itself where it has it already.
  public func to(_ dtype: DType) throws(EngineError) -> Tensor { try make { ht_to_dtype($0, dtype.code, $1) } }
  public func to(_ device: Device) throws(EngineError) -> Tensor { try make { ht_to_device($0, device.code, $1) } }
  /// The same numbers with memory running through the last axis first.
  public func contiguous() throws(EngineError) -> Tensor { try make { ht_to_format($0, HT_CONTIGUOUS, $1) } }
  /// The same `[N, C, H, W]` numbers with memory running through channels first.
  public func channelsLast() throws(EngineError) -> Tensor { try make { ht_to_format($0, HT_CHANNELS_LAST, $1) } }
  /// The same memory, with no history.
  public func detach() throws(EngineError) -> Tensor { try make(ht_detach) }
  /// The same memory as a leaf of its own, whose gradient is wanted or not.
  public func requiresGradient(_ wanted: Bool) throws(EngineError) -> Tensor { try make { ht_leaf($0, wanted, $1) } }
  /// A copy in memory of its own.
  public func clone() throws(EngineError) -> Tensor { try make(ht_clone) }
}
