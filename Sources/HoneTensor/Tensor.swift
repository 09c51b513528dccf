import CHoneTorch

/// An n-dimensional array of numbers: an immutable value, whose operations make new ones.
///
/// Operations record themselves for `backward()` where an operand requires a gradient. A tensor is not `Sendable`: it
/// belongs to the engine's thread (`Engine.run`), and results leave it as plain Swift values.
public struct Tensor {
  let handle: Handle

  init(_ handle: Handle) { self.handle = handle }

  /// Sizes by axis; empty for a scalar.
  public var shape: [Int] { withExtendedLifetime(handle) { (0..<rank).map { ht_size(handle.pointer, $0) } } }
  public var rank: Int { withExtendedLifetime(handle) { ht_rank(handle.pointer) } }
  /// How many numbers it holds.
  public var count: Int { withExtendedLifetime(handle) { ht_count(handle.pointer) } }
  public var dtype: DType { withExtendedLifetime(handle) { DType(ht_dtype_of(handle.pointer)) } }
  public var device: Device { withExtendedLifetime(handle) { Device(ht_device_of(handle.pointer)) } }
  /// Whether memory runs through the last axis first.
  public var isContiguous: Bool { withExtendedLifetime(handle) { ht_is_format(handle.pointer, HT_CONTIGUOUS) } }
  /// Whether a `[N, C, H, W]` tensor's memory runs through channels first, as convolutions like it.
  public var isChannelsLast: Bool { withExtendedLifetime(handle) { ht_is_format(handle.pointer, HT_CHANNELS_LAST) } }
  public var requiresGradient: Bool { withExtendedLifetime(handle) { ht_requires_gradient(handle.pointer) } }

  /// Whether both are views of the same memory.
  public func sharesMemory(with other: Tensor) -> Bool {
    withExtendedLifetime((handle, other.handle)) { ht_shares_memory(handle.pointer, other.handle.pointer) }
  }

  /// The size along `axis`; negative axes count from the end.
  public func size(_ axis: Int) -> Int { shape[axis < 0 ? axis + rank : axis] }
}

extension Tensor: CustomStringConvertible {
  public var description: String { "Tensor\(shape) \(dtype.rawValue) \(device)" }
}

/// Owns one tensor of the engine.
final class Handle {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }
  deinit { ht_free(pointer) }
}
