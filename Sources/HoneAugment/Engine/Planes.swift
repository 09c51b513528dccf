import CHoneKernels
import HoneImage

/// A picture with one plane per channel: what colour passes work on and batches are written from.
struct Planes {
  let height: Int
  let width: Int
  let channels: Int
  let colorSpace: ColorSpace
  private(set) var levels: [UInt8]

  private var count: Int { height * width }
  init(_ image: Image<UInt8>) {
    (height, width, channels, colorSpace) = (image.height, image.width, image.channels, image.colorSpace)
    let (count, channels) = (image.height * image.width, image.channels)
    levels = [UInt8](unsafeUninitializedCapacity: count * channels) { out, filled in
      var planes: [UnsafeMutablePointer<UInt8>?] = (0..<channels).map { channel in
        out.baseAddress.map { $0 + channel * count }
      }
      hk_split(image.elements, count, Int32(channels), &planes)
      filled = count * channels
    }
  }

  var image: Image<UInt8> {
    let elements = [UInt8](unsafeUninitializedCapacity: levels.count) { out, filled in
      levels.withUnsafeBufferPointer { source in
        let planes: [UnsafePointer<UInt8>?] = (0..<channels).map { channel in
          source.baseAddress.map { $0 + channel * count }
        }
        hk_join(planes, count, Int32(channels), out.baseAddress)
      }
      filled = levels.count
    }
    return Image(height: height, width: width, channels: channels, elements: elements, colorSpace: colorSpace)
  }

  /// One channel, as a picture of its own, replaced by another of its size.
  mutating func change(_ channel: Int, _ changed: (Image<UInt8>) -> Image<UInt8>) {
    let place = channel * count..<(channel + 1) * count
    let plane = Image(height: height, width: width, channels: 1, elements: Array(levels[place]))
    levels.replaceSubrange(place, with: changed(plane).elements)
  }

  /// All passes over one tile before the next tile.
  mutating func apply(_ passes: [PointPass]) {
    guard !passes.isEmpty else { return }
    let (count, channels) = (count, channels)
    levels.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for start in stride(from: 0, to: count, by: PointPass.tile) {
        let length = min(PointPass.tile, count - start)
        for pass in passes {
          pass.run(on: base + start, plane: count, channels: channels, length: length)
        }
      }
    }
  }

  /// The table that a tone curve is for this picture.
  func table(for tone: Tone) -> ColorTable {
    switch tone {
    case .contrast(let factor): .contrast(factor, around: meanLuma)
    case .autoContrast: ColorTable(histograms.map(ColorTable.stretching))
    case .equalize: ColorTable(histograms.map(ColorTable.flattening))
    }
  }

  private var meanLuma: Int {
    let total = levels.withUnsafeBufferPointer { buffer -> UInt64 in
      guard let base = buffer.baseAddress else { return 0 }
      if channels >= 3 { return hk_luma_sum(base, base + count, base + 2 * count, count) }
      return hk_luma_sum(base, base, base, count)
    }
    return Int(Double(total) / Double(count) + 0.5)
  }

  private var histograms: [[UInt32]] {
    levels.withUnsafeBufferPointer { buffer in
      (0..<channels).map { channel in
        var histogram = [UInt32](repeating: 0, count: 256)
        if let base = buffer.baseAddress { hk_histogram(base + channel * count, count, &histogram) }
        return histogram
      }
    }
  }

  /// Writes the picture as normalized planes.
  func write(_ normalization: Normalization, precision: BatchPrecision, to out: UnsafeMutableRawPointer) {
    levels.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for channel in 0..<channels {
        let (scale, bias) = normalization.line(for: channel)
        let plane = out + channel * count * precision.bytes
        switch precision {
        case .float32:
          hk_normalize_float32(
            base + channel * count, count, scale, bias, plane.assumingMemoryBound(to: Float.self))
        case .bfloat16:
          hk_normalize_bfloat16(
            base + channel * count, count, scale, bias, plane.assumingMemoryBound(to: UInt16.self))
        }
      }
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

  fileprivate static func stretching(_ histogram: [UInt32]) -> [UInt8] {
    guard let low = histogram.firstIndex(where: { $0 > 0 }), let high = histogram.lastIndex(where: { $0 > 0 }),
      high > low
    else { return (0...255).map { UInt8($0) } }
    let scale = 255.0 / Double(high - low)
    return (0...255).map { UInt8(min(255, max(0, Double($0) * scale - Double(low) * scale))) }
  }

  fileprivate static func flattening(_ histogram: [UInt32]) -> [UInt8] {
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
