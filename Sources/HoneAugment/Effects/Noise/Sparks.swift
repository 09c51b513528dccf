import Foundation
public import HoneImage

/// Pixels moved towards white by a Poisson number of steps.
public struct Sparks: Effect, CustomStringConvertible {
  /// A step, as a fraction of the way.
  public var intensity: Double
  public var seed: UInt64
  public var description: String { "sparks of \(Int((intensity * 100).rounded()))%" }

  public func apply(to image: inout Image<UInt8>) {
    let mean = image.lightnessDeviation * intensity
    let (none, one) = (exp(-mean), mean * exp(-mean))
    var mask = Mask.mask(image.size)
    let steps = [clamped(510 * intensity), clamped(255 * intensity)]
    Impulses(chances: [1 - none - one, one], colors: steps.map { [$0] }, seed: seed).apply(to: &mask)
    image.blend(toward: [255], through: mask)
  }
}

extension Image where Element == UInt8 {
  /// The standard deviation of the lightness (HLS), 0…1, of every fourth row.
  fileprivate var lightnessDeviation: Double {
    let (step, colors) = (channels, channels >= 3 ? 3 : 1)
    var (sum, squares, count) = (0, 0, 0)
    elements.withUnsafeBufferPointer { levels in
      for y in stride(from: 0, to: height, by: 4) {
        for start in stride(from: y * rowLength, to: (y + 1) * rowLength, by: step) {
          let (a, b, c) = (Int(levels[start]), Int(levels[start + colors / 2]), Int(levels[start + colors - 1]))
          let twice = max(a, b, c) + min(a, b, c)
          sum += twice
          squares += twice * twice
        }
        count += width
      }
    }
    let mean = Double(sum) / Double(count)
    return (Double(squares) / Double(count) - mean * mean).squareRoot() / 510
  }
}
