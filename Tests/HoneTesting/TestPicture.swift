public import HoneImage

/// Small pictures made on the spot.
public enum TestPicture {
  /// Noise that is the same on every run.
  public static func noise(height: Int, width: Int, channels: Int = 3, seed: UInt64 = 1) -> Image<UInt8> {
    var state = seed
    let elements = (0..<(height * width * channels)).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    return Image(height: height, width: width, channels: channels, elements: elements)
  }

  /// Red grows to the right, green downwards, blue with both: smooth, so lossy coding changes little.
  public static func gradient(height: Int, width: Int) -> Image<UInt8> {
    var picture = Image<UInt8>(height: height, width: width, channels: 3)
    for y in 0..<height {
      for x in 0..<width {
        picture[y, x, 0] = UInt8(x * 255 / max(width - 1, 1))
        picture[y, x, 1] = UInt8(y * 255 / max(height - 1, 1))
        picture[y, x, 2] = UInt8((x + y) * 255 / max(height + width - 2, 1))
      }
    }
    return picture
  }
}

extension Image where Element == UInt8 {
  /// Mean of each channel.
  public var means: [Double] {
    elements.withUnsafeBufferPointer { values in
      (0..<channels).map { channel in
        var sum = 0
        var i = channel
        while i < values.count {
          sum &+= Int(values[i])
          i &+= channels
        }
        return Double(sum) / Double(height * width)
      }
    }
  }

  /// The largest difference of two pictures of one shape, 256 for different shapes.
  public func largestDifference(from other: Image<UInt8>) -> Int {
    guard size == other.size, channels == other.channels else { return 256 }
    return zip(elements, other.elements).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }
}
