import Foundation
import HoneImage

extension ColorTable {
  static func brightness(_ factor: Double) -> ColorTable { ColorTable { blended($0, from: 0, factor: factor) } }

  static func gamma(_ exponent: Double) -> ColorTable {
    ColorTable { UInt8(min(255, max(0, 255.999 * exp2(exponent * logarithms[$0])))) }
  }

  /// Of the levels as fractions of full, to base 2.
  private static let logarithms = (0...255).map { log2(Double($0) / 255) }

  /// One table where all channels move alike.
  static func shift(_ levels: [Double]) -> ColorTable {
    let alike = levels.allSatisfy { $0 == levels[0] }
    return ColorTable(
      levels.prefix(alike ? 1 : levels.count).map { shift in
        (0...255).map { UInt8(min(255, max(0, (Double($0) + shift).rounded()))) }
      })
  }

  static let inverted = ColorTable { UInt8(255 - $0) }

  static func posterized(bits: Int) -> ColorTable {
    let mask = bits <= 0 ? 0 : bits >= 8 ? 255 : 255 & ~(1 << (8 - bits) - 1)
    return ColorTable { UInt8($0 & mask) }
  }

  static func solarized(threshold: Double) -> ColorTable {
    ColorTable { UInt8(Double($0) < threshold ? $0 : 255 - $0) }
  }
}

/// Raises levels (as fractions of full) to a power.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `exponent` above 1 darkens. Drawn evenly on a logarithmic scale.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: torchvision's `adjust_gamma`, to the byte.
public struct Gamma: Transform {
  public static let standard = Gamma()
  public var exponent: ClosedRange<Double>
  public init(exponent: ClosedRange<Double> = 0.8...1.25) { self.exponent = exponent }
  public var problem: String? { exponent.lowerBound > 0 ? nil : "exponent must be positive; it is \(exponent)." }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.table(.gamma(exp(stream.uniform(log(exponent.lowerBound)...log(exponent.upperBound)))))]
  }
}

/// Stretches each channel to the full range of levels.
///
/// - Shape: kept. Labels unchanged.
/// - Units: none.
/// - Randomness: none of its own.
/// - Throws: nothing.
/// - Source: Pillow's `ImageOps.autocontrast`, to the byte.
public struct AutoContrast: Transform {
  public static let standard = AutoContrast()
  public init() {}
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] { [.tone(.autoContrast)] }
}

/// Flattens each channel's histogram.
///
/// - Shape: kept. Labels unchanged.
/// - Units: none.
/// - Randomness: none of its own.
/// - Throws: nothing.
/// - Source: Pillow's `ImageOps.equalize`, to the byte.
public struct Equalize: Transform {
  public static let standard = Equalize()
  public init() {}
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] { [.tone(.equalize)] }
}

/// Replaces every level by 255 minus it.
///
/// - Shape: kept. Labels unchanged.
/// - Units: none.
/// - Randomness: none of its own.
/// - Throws: nothing.
/// - Source: Pillow's `ImageOps.invert`, to the byte.
public struct Invert: Transform {
  public static let standard = Invert()
  public init() {}
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] { [.table(.inverted)] }
}

/// Keeps only the highest bits of each level.
///
/// - Shape: kept. Labels unchanged.
/// - Units: bits, 0 … 8.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Pillow's `ImageOps.posterize`, to the byte.
public struct Posterize: Transform {
  public static let standard = Posterize()
  public var bits: ClosedRange<Int>
  public init(bits: ClosedRange<Int> = 4...7) { self.bits = bits }
  public var problem: String? {
    bits.lowerBound >= 0 && bits.upperBound <= 8 ? nil : "bits must lie between 0 and 8; they are \(bits)."
  }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.table(.posterized(bits: stream.integer(bits)))]
  }
}

/// Inverts the levels from a threshold on.
///
/// - Shape: kept. Labels unchanged.
/// - Units: levels, of 255.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Pillow's `ImageOps.solarize`, to the byte.
public struct Solarize: Transform {
  public static let standard = Solarize()
  public var threshold: ClosedRange<Double>
  public init(threshold: ClosedRange<Double> = 128...255) { self.threshold = threshold }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.table(.solarized(threshold: stream.uniform(threshold)))]
  }
}

/// Bends the tone curve at two random points.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `strength` is the standard deviation of the move of each point, of full range; `low` and `high` are where the
///   points lie on the whole, at thirds of the range where the picture is to stay as it is.
/// - Randomness: four draws per image.
/// - Throws: nothing.
/// - Source: Albumentations' `RandomToneCurve`: a cubic Bézier curve's heights, its points at 0.25 and 0.75.
public struct ToneCurve: Transform {
  public static let standard = ToneCurve()
  public var strength: Double
  public var low: Double
  public var high: Double

  public init(strength: Double = 0.1, low: Double = 1.0 / 3, high: Double = 2.0 / 3) {
    self.strength = strength
    self.low = low
    self.high = high
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let low = min(1, max(0, low + strength * stream.normal()))
    let high = min(1, max(0, high + strength * stream.normal()))
    let curve = ColorTable { level in
      let t = Double(level) / 255
      let u = 1 - t
      return UInt8((255 * (3 * u * u * t * low + 3 * u * t * t * high + t * t * t)).rounded())
    }
    return [.table(curve)]
  }
}
