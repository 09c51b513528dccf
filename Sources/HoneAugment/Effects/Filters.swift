import CHoneKernels
import Foundation
public import HoneImage

/// Blends the picture with a smoothed copy of itself, or away from it.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `factor` 0 is smoothed, 1 the picture itself, 2 sharpened.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Pillow's `ImageEnhance.Sharpness`, within one level.
public struct Sharpness: Transform {
  public static let standard = Sharpness()
  public var factor: ClosedRange<Double>
  public init(factor: ClosedRange<Double> = 0.5...2) { self.factor = factor }
  public var problem: String? { factorProblem(factor) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.effect(AnyEffect(Sharpening(factor: stream.uniform(factor))))]
  }
}

/// `Sharpness` with its factor drawn. The outermost pixels stay as they are.
public struct Sharpening: Effect, CustomStringConvertible {
  public var factor: Double
  public var description: String { "sharpness ×\((factor * 100).rounded() / 100)" }

  public func apply(to image: inout Image<UInt8>) {
    guard image.height > 2, image.width > 2 else { return }
    let row = image.width * image.channels
    let inner = row - 2 * image.channels
    let channels = image.channels
    let source = image.elements
    var smooth = [UInt8](repeating: 0, count: inner)
    let weight = Int32((min(64, max(-64, 1 - factor)) * 65536).rounded())
    let one = Double(1 << HK_WEIGHT_BITS)
    let weights = [1, 1, 1, 1, 5, 1, 1, 1, 1].map { Int32(($0 * one / 13).rounded()) }
    source.withUnsafeBufferPointer { from in
      image.elements.withUnsafeMutableBufferPointer { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        for y in 1..<source.count / row - 1 {
          let taps: [UnsafePointer<UInt8>?] = (0..<9).map { from + (y + $0 / 3 - 1) * row + ($0 % 3) * channels }
          hk_weighted_rows(taps, weights, 9, inner, &smooth)
          hk_blend(to + y * row + channels, smooth, inner, weight)
        }
      }
    }
  }
}

/// Blurs the picture.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `sigma` in pixels.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: OpenCV's `GaussianBlur` with a kernel of `round(6σ + 1)` pixels made odd, edges mirrored.
public struct GaussianBlur: Transform {
  public static let standard = GaussianBlur()
  public var sigma: ClosedRange<Double>
  public init(sigma: ClosedRange<Double> = 0.1...2) { self.sigma = sigma }
  public var problem: String? {
    sigma.lowerBound >= 0 && sigma.upperBound <= 100 ? nil : "sigma must lie between 0 and 100; it is \(sigma)."
  }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.effect(AnyEffect(Blurring(sigma: stream.uniform(sigma))))]
  }
}

/// `GaussianBlur` with its width drawn.
public struct Blurring: Effect, CustomStringConvertible {
  public var sigma: Double
  public var description: String { "blur \((sigma * 100).rounded() / 100)" }

  /// The kernel, fixed point, summing to one.
  private var weights: [Int32] {
    let radius = (Int((sigma * 6 + 1).rounded()) | 1) / 2
    let heights = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let total = heights.reduce(0, +)
    let one = 1 << HK_WEIGHT_BITS
    var weights = heights.map { Int32(($0 / total * Double(one)).rounded()) }
    weights[radius] += Int32(one) - weights.reduce(0, +)
    return weights
  }

  public func apply(to image: inout Image<UInt8>) {
    guard sigma > 0.05 else { return }
    let weights = weights
    let source = image.elements
    let (height, width, channels) = (image.height, image.width, image.channels)
    var across = [UInt8](repeating: 0, count: source.count)
    blurRows(source, into: &across, width: width, channels: channels, weights: weights)
    let row = width * channels
    across.withUnsafeBufferPointer { from in
      image.elements.withUnsafeMutableBufferPointer { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        for y in 0..<height {
          let taps: [UnsafePointer<UInt8>?] = weights.indices.map {
            from + Int(hk_border_index(Int32(y + $0 - weights.count / 2), Int32(height), Border.reflect101.code)) * row
          }
          hk_weighted_rows(taps, weights, Int32(weights.count), row, to + y * row)
        }
      }
    }
  }

  /// Along rows: each tap is the same row, a pixel further on, over mirrored ends.
  private func blurRows(
    _ source: [UInt8], into out: inout [UInt8], width: Int, channels: Int, weights: [Int32]
  ) {
    let radius = weights.count / 2
    let columns = (-radius..<width + radius).map {
      Int(hk_border_index(Int32($0), Int32(width), Border.reflect101.code)) * channels
    }
    var padded = [UInt8](repeating: 0, count: columns.count * channels)
    let row = width * channels
    for start in stride(from: 0, to: source.count, by: row) {
      for (slot, column) in columns.enumerated() {
        for channel in 0..<channels { padded[slot * channels + channel] = source[start + column + channel] }
      }
      padded.withUnsafeBufferPointer { from in
        out.withUnsafeMutableBufferPointer { to in
          let taps: [UnsafePointer<UInt8>?] = weights.indices.map { tap in
            from.baseAddress.map { $0 + tap * channels }
          }
          hk_weighted_rows(taps, weights, Int32(weights.count), row, to.baseAddress.map { $0 + start })
        }
      }
    }
  }
}

/// Adds noise to every element.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `deviation` is the standard deviation in levels, of 255.
/// - Randomness: two draws per image, then one per element.
/// - Throws: nothing.
/// - Source: none: customary.
public struct GaussianNoise: Transform {
  public static let standard = GaussianNoise()
  public var deviation: ClosedRange<Double>
  public init(deviation: ClosedRange<Double> = 5...25) { self.deviation = deviation }
  public var problem: String? {
    deviation.lowerBound >= 0 && deviation.upperBound <= 255
      ? nil : "deviation must lie between 0 and 255; it is \(deviation)."
  }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.effect(AnyEffect(Noise(deviation: stream.uniform(deviation), seed: stream.next())))]
  }
}

/// `GaussianNoise` with its strength drawn: the sum of the eight bytes of a draw is near enough to a normal one.
public struct Noise: Effect, CustomStringConvertible {
  public var deviation: Double
  public var seed: UInt64
  public var description: String { "noise ±\(Int(deviation.rounded()))" }

  public func apply(to image: inout Image<UInt8>) {
    var stream = RandomStream(seed: seed)
    // Eight uniform bytes: mean 1020, variance 8 · (256² − 1) / 12.
    let scale = Int32((deviation * 65536 / (8 * 65535.0 / 12).squareRoot()).rounded())
    image.elements.withUnsafeMutableBufferPointer { elements in
      for index in elements.indices {
        let pairs = stream.next()
        let even = pairs & 0x00ff_00ff_00ff_00ff
        let odd = (pairs >> 8) & 0x00ff_00ff_00ff_00ff
        let sums = even &+ odd
        let total = Int32(truncatingIfNeeded: (sums &* 0x0001_0001_0001_0001) >> 48)
        let level = Int32(elements[index]) + ((total - 1020) * scale + 32768) >> 16
        elements[index] = UInt8(min(255, max(0, level)))
      }
    }
  }
}
