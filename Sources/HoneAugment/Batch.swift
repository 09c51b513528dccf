import Foundation

/// How the numbers of a batch are stored.
public enum BatchPrecision: String, Sendable, Hashable, Codable {
  case float32, bfloat16
  /// Levels 0…255 as they are, for a device that normalizes them.
  case uint8

  public var bytes: Int {
    switch self {
    case .float32: 4
    case .bfloat16: 2
    case .uint8: 1
    }
  }
}

/// In which order the numbers of a picture lie.
public enum BatchLayout: String, Sendable, Hashable, Codable {
  /// One plane per channel: PyTorch's contiguous `[N, C, H, W]`.
  case planar
  /// The channels of one pixel, then those of the next: `channels_last`, `[N, H, W, C]` in memory.
  case interleaved
}

/// Where a batch's memory comes from; the engine supplies its own so that no copy is needed.
public struct BatchAllocator: Sendable {
  public var allocate: @Sendable (_ bytes: Int) -> UnsafeMutableRawPointer
  public var free: @Sendable (UnsafeMutableRawPointer) -> Void

  public init(
    allocate: @escaping @Sendable (Int) -> UnsafeMutableRawPointer,
    free: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
  ) {
    self.allocate = allocate
    self.free = free
  }

  public static let standard = BatchAllocator(
    allocate: { .allocate(byteCount: $0, alignment: 64) }, free: { $0.deallocate() })
}

/// Pictures on their way to a model: normalized (but for levels), with soft labels; filled in place by several threads.
///
/// It owns its memory and cannot be copied, so handing it from thread to thread never copies pixels.
///
/// - Shape: pixels `[count, channels, height, width]`, or `[count, height, width, channels]` where the layout is interleaved;
///   labels `[count, classes]`, each row a distribution.
public struct Batch: ~Copyable, @unchecked Sendable {  // unchecked: the only owner of its two pointers
  public let count: Int
  public let channels: Int
  public let height: Int
  public let width: Int
  public let classes: Int
  public let precision: BatchPrecision
  public let layout: BatchLayout
  public let pixels: UnsafeMutableRawPointer
  public let labels: UnsafeMutablePointer<Float>
  /// Index of each picture in its data set, in batch order.
  public var indices: [Int]
  /// How many views of the same pictures it holds, all of one after all of another.
  public var views = 1
  private let allocator: BatchAllocator

  public init(
    count: Int, channels: Int, height: Int, width: Int, classes: Int, precision: BatchPrecision = .float32,
    layout: BatchLayout = .planar, allocator: BatchAllocator = .standard
  ) {
    self.count = count
    self.channels = channels
    self.height = height
    self.width = width
    self.classes = classes
    self.precision = precision
    self.layout = layout
    self.allocator = allocator
    self.pixels = allocator.allocate(max(1, count * channels * height * width * precision.bytes))
    self.labels = .allocate(capacity: max(1, count * classes))
    self.labels.initialize(repeating: 0, count: count * classes)
    self.indices = []
  }

  deinit {
    allocator.free(pixels)
    labels.deallocate()
  }

  /// Bytes of one picture.
  public var stride: Int { channels * height * width * precision.bytes }

  /// All pictures' numbers.
  public var pixelBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: pixels, count: count * stride) }

  /// All labels' float32 numbers.
  public var labelBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(UnsafeBufferPointer(start: labels, count: count * classes))
  }

  /// Where picture `slot` begins.
  public func slot(_ slot: Int) -> UnsafeMutableRawPointer { pixels + slot * stride }
}
