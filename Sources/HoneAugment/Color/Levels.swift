import Foundation

/// Multiplies levels and adds to them: contrast about black, and brightness.
///
/// - Shape: kept. Labels unchanged.
/// - Units: levels become `(1 + contrast) · v + 255 · brightness`.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: Albumentations' `RandomBrightnessContrast` (by full range), to the byte but for halves.
public struct BrightnessContrast: Transform {
  public static let standard = BrightnessContrast()
  public var brightness: ClosedRange<Double>
  public var contrast: ClosedRange<Double>

  public init(brightness: ClosedRange<Double> = -0.2...0.2, contrast: ClosedRange<Double> = -0.2...0.2) {
    self.brightness = brightness
    self.contrast = contrast
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (shift, gain) = (255 * stream.uniform(brightness), 1 + stream.uniform(contrast))
    return [.table(ColorTable { clamped(Double($0) * gain + shift) })]
  }
}

/// The nearest level.
func clamped(_ level: Double) -> UInt8 { UInt8(min(255, max(0, level.rounded()))) }

/// Steepens the middle tones along an S.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `gain` is the steepness; `cutoff` the fraction of full range at the middle of the S.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: scikit-image's `adjust_sigmoid`; imgaug's `SigmoidContrast`.
public struct SigmoidContrast: Transform {
  public static let standard = SigmoidContrast()
  public var gain: ClosedRange<Double>
  public var cutoff: ClosedRange<Double>

  public init(gain: ClosedRange<Double> = 4...10, cutoff: ClosedRange<Double> = 0.4...0.6) {
    self.gain = gain
    self.cutoff = cutoff
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (gain, cutoff) = (stream.uniform(gain), stream.uniform(cutoff))
    return [.table(ColorTable { clamped(255 / (1 + exp(gain * (cutoff - Double($0) / 255)))) })]
  }
}

/// Lifts dark tones along a logarithm.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `gain` multiplies log₂(1 + v ÷ 255), which keeps black and white in place.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: scikit-image's `adjust_log`; imgaug's `LogContrast`.
public struct LogContrast: Transform {
  public static let standard = LogContrast()
  public var gain: ClosedRange<Double>
  public init(gain: ClosedRange<Double> = 0.8...1.2) { self.gain = gain }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let gain = stream.uniform(gain)
    return [.table(ColorTable { clamped(255 * gain * log2(1 + Double($0) / 255)) })]
  }
}

/// Adds a number to the levels below a threshold.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `amount` and `threshold` in levels, of 255.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Cubuk et al., 2019, arXiv:1805.09501 (AutoAugment's code); timm's `SolarizeAdd`.
public struct SolarizeAdd: Transform {
  public static let standard = SolarizeAdd()
  public var amount: ClosedRange<Double>
  public var threshold: Double

  public init(amount: ClosedRange<Double> = 0...110, threshold: Double = 128) {
    self.amount = amount
    self.threshold = threshold
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let amount = stream.uniform(amount)
    return [.table(ColorTable { Double($0) < threshold ? clamped(Double($0) + amount) : UInt8($0) })]
  }
}

/// Gives the picture's dark, middle and light tones a colour each.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: colours are three levels.
/// - Randomness: none of its own.
/// - Throws: nothing.
/// - Source: Pillow's `ImageOps.colorize` over the luma, within one level.
public struct Colorize: Transform {
  public static let standard = Colorize()
  public var dark: [UInt8]
  public var middle: [UInt8]
  public var light: [UInt8]

  public init(dark: [UInt8] = [0, 0, 0], middle: [UInt8] = [96, 64, 32], light: [UInt8] = [255, 255, 255]) {
    self.dark = dark
    self.middle = middle
    self.light = light
  }

  public var problem: String? {
    [dark, middle, light].allSatisfy { $0.count == 3 } ? nil : "dark, middle and light are three levels each."
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    guard scene.channels >= 3 else { return [] }
    let identity = (0...255).map { UInt8($0) }
    let tables = (0..<3).map { channel -> [UInt8] in
      let (low, mid, high) = (Int(dark[channel]), Int(middle[channel]), Int(light[channel]))
      return (0...255).map { level in
        UInt8(level < 127 ? low + level * (mid - low) / 127 : mid + (level - 127) * (high - mid) / 128)
      }
    }
    let more = [[UInt8]](repeating: identity, count: scene.channels - 3)
    return [.matrix(.saturation(0)), .table(ColorTable(tables + more))]
  }
}
