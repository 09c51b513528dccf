import Foundation

/// Shows the scene under another light, from candle to blue sky.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: kelvin, 3000 … 15000 (daylight from 4000): low is warm.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Zini et al., 2022, arXiv:2202.07993 (Planckian Jitter) and its gains; Albumentations' and kornia's
///   `PlanckianJitter`, within one level.
public struct PlanckianJitter: Transform {
  public enum Light: String, Sendable, Hashable, Codable, CaseIterable { case blackbody, daylight }
  public static let standard = PlanckianJitter()
  public var kelvin: ClosedRange<Double>
  public var light: Light

  public init(kelvin: ClosedRange<Double> = 3000...15000, light: Light = .blackbody) {
    self.kelvin = kelvin
    self.light = light
  }

  public var problem: String? { rangeProblem("kelvin", kelvin, within: 1000...40000) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let kelvin = stream.uniform(kelvin)
    guard scene.channels >= 3 else { return [] }
    let (red, blue) =
      light == .blackbody ? (Self.blackbodyRed, Self.blackbodyBlue) : (Self.daylightRed, Self.daylightBlue)
    let first = light == .blackbody ? 3000.0 : 4000
    let gains = [Self.read(red, at: (kelvin - first) / 500), 1, Self.read(blue, at: (kelvin - first) / 500)]
    let tables = (0..<scene.channels).map { channel in
      (0...255).map { clamped(Double($0) * (channel < 3 ? gains[channel] : 1)) }
    }
    return [.table(ColorTable(tables))]
  }

  private static func read(_ gains: [Double], at place: Double) -> Double {
    let place = min(Double(gains.count - 1), max(0, place))
    let index = min(gains.count - 2, Int(place))
    return gains[index] + (gains[index + 1] - gains[index]) * (place - Double(index))
  }

  /// Gains of red and blue over green, every 500 kelvin.
  private static let blackbodyRed = [
    1.6736, 1.4810, 1.3538, 1.2616, 1.1907, 1.1335, 1.0862, 1.0460, 1.0115, 0.9810, 0.9543, 0.9302,
    0.9086, 0.8891, 0.8713, 0.8552, 0.8402, 0.8262, 0.8134, 0.8015, 0.7905, 0.7802, 0.7704, 0.7615,
    0.7528,
  ]
  private static let blackbodyBlue = [
    0.0032, 0.3926, 0.5748, 0.7077, 0.8133, 0.9008, 0.9747, 1.0387, 1.0940, 1.1423, 1.1852, 1.2233,
    1.2573, 1.2879, 1.3155, 1.3406, 1.3633, 1.3840, 1.4029, 1.4203, 1.4367, 1.4513, 1.4651, 1.4779,
    1.4900,
  ]
  private static let daylightRed = [
    1.3185, 1.2206, 1.1464, 1.0873, 1.0387, 0.9972, 0.9618, 0.9301, 0.9021, 0.8772, 0.8543, 0.8334,
    0.8142, 0.7966, 0.7804, 0.7649, 0.7508, 0.7374, 0.7249, 0.7131, 0.7021, 0.6915, 0.6817,
  ]
  private static let daylightBlue = [
    0.5175, 0.6531, 0.7622, 0.8534, 0.9309, 0.9972, 1.0549, 1.1053, 1.1496, 1.1889, 1.2238, 1.2548,
    1.2829, 1.3085, 1.3316, 1.3523, 1.3715, 1.3891, 1.4052, 1.4202, 1.4338, 1.4465, 1.4584,
  ]
}

/// Changes brightness, contrast, saturation, hue and the order of channels, each with a chance of one half.
///
/// - Shape: kept; pictures with fewer than three channels change in brightness and contrast only.
/// - Units: as `Brightness`, `Contrast`, `Saturation` and `Hue`.
/// - Randomness: seven draws per image, and one for each part that happens.
/// - Throws: nothing.
/// - Source: Liu et al., 2016, arXiv:1512.02325 (SSD), §2.2; torchvision's `RandomPhotometricDistort`.
public struct PhotometricDistort: Transform {
  public static let standard = PhotometricDistort()
  public var brightness: ClosedRange<Double>
  public var contrast: ClosedRange<Double>
  public var saturation: ClosedRange<Double>
  public var hue: ClosedRange<Double>
  public var chance: Double

  public init(
    brightness: ClosedRange<Double> = 0.875...1.125, contrast: ClosedRange<Double> = 0.5...1.5,
    saturation: ClosedRange<Double> = 0.5...1.5, hue: ClosedRange<Double> = -0.05...0.05, chance: Double = 0.5
  ) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
    self.chance = chance
  }

  public var problem: String? {
    factorProblem(brightness) ?? factorProblem(contrast) ?? factorProblem(saturation)
      ?? rangeProblem("chance", chance, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let contrastFirst = stream.chance(0.5)
    let contrasts = Contrast(factor: contrast).applied(chance)
    let steps =
      [Brightness(factor: brightness).applied(chance)] + (contrastFirst ? [contrasts] : [])
      + [Saturation(factor: saturation).applied(chance), Hue(turns: hue).applied(chance)]
      + (contrastFirst ? [] : [contrasts]) + [ChannelShuffle().applied(chance)]
    return scene.draw(steps, from: &stream)
  }
}
