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

/// Multiplies all levels.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `factor` 0 is black, 1 the picture itself.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Pillow's `ImageEnhance.Brightness`, to the byte.
public struct Brightness: Transform {
  public static let standard = Brightness()
  public var factor: ClosedRange<Double>
  public init(factor: ClosedRange<Double> = 0.8...1.2) { self.factor = factor }
  public var problem: String? { factorProblem(factor) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.table(.brightness(stream.uniform(factor)))]
  }
}

func factorProblem(_ factor: ClosedRange<Double>) -> String? {
  factor.lowerBound >= 0 && factor.upperBound <= 100 ? nil : "factor must lie between 0 and 100; it is \(factor)."
}

/// Multiplies distances from the picture's mean grey level.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `factor` 0 is grey, 1 the picture itself.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Pillow's `ImageEnhance.Contrast`, to the byte.
public struct Contrast: Transform {
  public static let standard = Contrast()
  public var factor: ClosedRange<Double>
  public init(factor: ClosedRange<Double> = 0.8...1.2) { self.factor = factor }
  public var problem: String? { factorProblem(factor) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.tone(.contrast(stream.uniform(factor)))]
  }
}

/// Multiplies distances from each pixel's own grey level.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: `factor` 0 is greyscale, 1 the picture itself.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Pillow's `ImageEnhance.Color`, within one level.
public struct Saturation: Transform {
  public static let standard = Saturation()
  public var factor: ClosedRange<Double>
  public init(factor: ClosedRange<Double> = 0.8...1.2) { self.factor = factor }
  public var problem: String? { factorProblem(factor) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.matrix(.saturation(stream.uniform(factor)))]
  }
}

/// Turns the hue of every pixel in HSV.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: `turns` of the colour circle: −0.5 … 0.5.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: torchvision's `adjust_hue` on tensors (continuous HSV).
public struct Hue: Transform {
  public static let standard = Hue()
  public var turns: ClosedRange<Double>
  public init(turns: ClosedRange<Double> = -0.05...0.05) { self.turns = turns }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.hue(turns: stream.uniform(turns))]
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

/// Adds a number to each channel, drawn for each on its own.
///
/// - Shape: kept. Labels unchanged.
/// - Units: levels, of 255.
/// - Randomness: one draw per channel.
/// - Throws: nothing.
/// - Source: Albumentations' `RGBShift`; Keras's `channel_shift_range` adds one number to all channels (`together`).
public struct ChannelShift: Transform {
  public static let standard = ChannelShift()
  public var levels: ClosedRange<Double>
  /// One number for all channels.
  public var together: Bool

  public init(levels: ClosedRange<Double> = -20...20, together: Bool = false) {
    self.levels = levels
    self.together = together
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.table(.shift((0..<(together ? 1 : scene.channels)).map { _ in stream.uniform(levels) }))]
  }
}

/// Puts red, green and blue in a random order.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: none.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: none: customary; torchvision's `RandomChannelPermutation`.
public struct ChannelShuffle: Transform {
  public static let standard = ChannelShuffle()
  public init() {}
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let order = stream.permutation(3)
    return [.matrix(ColorMatrix(order.flatMap { from in (0..<4).map { $0 == from ? 1 : 0 } }))]
  }
}

/// Takes the colour out, keeping the channels.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: none.
/// - Randomness: none of its own.
/// - Throws: nothing.
/// - Source: ITU-R BT.601 (Pillow's `convert("L")`, within one level), BT.709, or the plain mean; the weighted and average
///   methods of Albumentations' `ToGray`.
public struct Grayscale: Transform {
  public enum Weights: String, Sendable, Hashable, Codable, CaseIterable { case bt601, bt709, mean }
  public static let standard = Grayscale()
  public var weights: Weights
  public init(weights: Weights = .bt601) { self.weights = weights }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    switch weights {
    case .bt601: [.matrix(.saturation(0))]
    case .bt709: [.matrix(Self.matrix([0.2126, 0.7152, 0.0722]))]
    case .mean: [.matrix(Self.matrix([1 / 3.0, 1 / 3.0, 1 / 3.0]))]
    }
  }

  private static func matrix(_ row: [Double]) -> ColorMatrix { ColorMatrix((0..<3).flatMap { _ in row + [0] }) }
}

/// Gives the picture the brown of an old photograph.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: none.
/// - Randomness: none of its own.
/// - Throws: nothing.
/// - Source: the customary matrix; Albumentations' `ToSepia`.
public struct Sepia: Transform {
  public static let standard = Sepia()
  public init() {}
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.matrix(ColorMatrix([0.393, 0.769, 0.189, 0, 0.349, 0.686, 0.168, 0, 0.272, 0.534, 0.131, 0]))]
  }
}

/// Changes brightness, contrast, saturation and hue, in random order.
///
/// - Shape: kept. Labels unchanged.
/// - Units: as `Brightness`, `Contrast`, `Saturation` and `Hue`; a range of one value (1, or 0 for hue) leaves that out.
/// - Randomness: up to seven draws per image.
/// - Throws: nothing.
/// - Source: torchvision's `ColorJitter`.
public struct ColorJitter: Transform {
  public static let standard = ColorJitter()
  public var brightness: ClosedRange<Double>
  public var contrast: ClosedRange<Double>
  public var saturation: ClosedRange<Double>
  public var hue: ClosedRange<Double>

  public init(
    brightness: ClosedRange<Double> = 0.8...1.2, contrast: ClosedRange<Double> = 0.8...1.2,
    saturation: ClosedRange<Double> = 0.8...1.2, hue: ClosedRange<Double> = -0.05...0.05
  ) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
  }

  public var problem: String? { factorProblem(brightness) ?? factorProblem(contrast) ?? factorProblem(saturation) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    var actions: [Action] = []
    for part in stream.permutation(4) {
      switch part {
      case 0 where brightness != 1...1: actions.append(.table(.brightness(stream.uniform(brightness))))
      case 1 where contrast != 1...1: actions.append(.tone(.contrast(stream.uniform(contrast))))
      case 2 where saturation != 1...1: actions.append(.matrix(.saturation(stream.uniform(saturation))))
      case 3 where hue != 0...0: actions.append(.hue(turns: stream.uniform(hue)))
      default: break
      }
    }
    return actions
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
