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
    var statistics = ToneStatistics(tone, channels: channels)
    levels.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { statistics.add(base, plane: count, length: count) }
    }
    return statistics.table
  }
}
