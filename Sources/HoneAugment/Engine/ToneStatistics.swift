import CHoneKernels
import HoneImage

/// What a tone curve asks of a picture, gathered from stretches of its planes: the mean of its luma, the range of each
/// channel, or each channel's histogram.
struct ToneStatistics {
  private let tone: Tone
  private let channels: Int
  private var pixels = 0
  private var luma: UInt64 = 0
  /// The lowest and the highest level of each channel.
  private var ranges: [[UInt8]]
  private var histograms: [[UInt32]]

  init(_ tone: Tone, channels: Int) {
    (self.tone, self.channels) = (tone, channels)
    ranges = [[UInt8]](repeating: [255, 0], count: channels)
    histograms = [[UInt32]](
      repeating: [UInt32](repeating: 0, count: tone == .equalize ? 256 : 0), count: channels)
  }

  mutating func add(_ base: UnsafePointer<UInt8>, plane: Int, length: Int) {
    pixels += length
    switch tone {
    case .contrast where channels >= 3: luma += hk_luma_sum(base, base + plane, base + 2 * plane, length)
    case .contrast: luma += hk_luma_sum(base, base, base, length)
    case .autoContrast: for channel in 0..<channels { hk_range(base + channel * plane, length, &ranges[channel]) }
    case .equalize: for channel in 0..<channels { hk_histogram(base + channel * plane, length, &histograms[channel]) }
    }
  }

  var table: ColorTable {
    switch tone {
    case .contrast(let factor): .contrast(factor, around: Int(Double(luma) / Double(pixels) + 0.5))
    case .autoContrast: ColorTable(ranges.map(ColorTable.stretching))
    case .equalize: ColorTable(histograms.map(ColorTable.flattening))
    }
  }
}

extension ColorTable {
  /// Pillow's blend of a level with another one: cut off, not rounded.
  static func blended(_ level: Int, from other: Int, factor: Double) -> UInt8 {
    let value = Float(other) + Float(factor) * Float(level - other)
    return UInt8(min(255, max(0, value)))
  }

  static func contrast(_ factor: Double, around mean: Int) -> ColorTable {
    ColorTable { blended($0, from: mean, factor: factor) }
  }

  fileprivate static func stretching(_ range: [UInt8]) -> [UInt8] {
    let (low, high) = (Double(range[0]), Double(range[1]))
    guard high > low else { return (0...255).map { UInt8($0) } }
    let scale = 255.0 / (high - low)
    return (0...255).map { UInt8(min(255, max(0, Double($0) * scale - low * scale))) }
  }

  static func flattening(_ histogram: [UInt32]) -> [UInt8] {
    let used = histogram.filter { $0 > 0 }
    let step = (used.reduce(0) { $0 + Int($1) } - Int(used.last ?? 0)) / 255
    guard used.count > 1, step > 0 else { return (0...255).map { UInt8($0) } }
    var sum = step / 2
    return histogram.map { count in
      defer { sum += Int(count) }
      return UInt8(min(255, sum / step))
    }
  }
}
