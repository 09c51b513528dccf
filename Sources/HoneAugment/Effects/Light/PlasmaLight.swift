public import HoneImage

/// A cloud of light: brightness, contrast or shadow, more here and less there.
public struct CloudLight: Effect, CustomStringConvertible {
  /// Added where the cloud is full, as a fraction of full light.
  public var brightness: Double
  /// Contrast added there, about the mean level.
  public var contrast: Double
  /// Light lost there, as a fraction.
  public var shadow: Double
  public var roughness: Double
  public var seed: UInt64

  public var description: String {
    func percent(_ value: Double) -> String { "\(Int((value * 100).rounded()))%" }
    return shadow != 0 ? "plasma shadow \(percent(shadow))" : "plasma light \(percent(brightness)) \(percent(contrast))"
  }

  public func apply(to image: inout Image<UInt8>) {
    let mask = Mask.plasma(image.size, roughness: roughness, seed: seed)
    if shadow != 0 { image.scale(by: -shadow, through: mask) }
    if brightness != 0 { image.modulate(through: mask, slope: [0], offset: [255 * brightness]) }
    guard contrast != 0 else { return }
    let mean = image.elements.reduce(0.0) { $0 + Double($1) } / Double(image.elements.count)
    image.modulate(through: mask, slope: [contrast], offset: [-contrast * mean])
  }
}

/// Brightens and contrasts the picture through a random cloud.
///
/// - Shape: kept. Labels unchanged.
/// - Units: changes where the cloud is full, as fractions; `roughness` 0 is smooth, 1 is noise.
/// - Randomness: four draws per image, then one per cloud point.
/// - Throws: nothing.
/// - Source: Fournier, Fussell & Carpenter, CACM 1982 (midpoint displacement); Albumentations'
///   `PlasmaBrightnessContrast`, kornia's `RandomPlasmaBrightness`, `RandomPlasmaContrast`.
public struct PlasmaBrightnessContrast: Transform {
  public static let standard = PlasmaBrightnessContrast()
  public var brightness: ClosedRange<Double>
  public var contrast: ClosedRange<Double>
  public var roughness: ClosedRange<Double>

  public init(
    brightness: ClosedRange<Double> = -0.3...0.3, contrast: ClosedRange<Double> = -0.3...0.3,
    roughness: ClosedRange<Double> = 0.4...0.6
  ) {
    self.brightness = brightness
    self.contrast = contrast
    self.roughness = roughness
  }

  public var problem: String? {
    rangeProblem("brightness", brightness, within: -1...1) ?? rangeProblem("contrast", contrast, within: -1...3)
      ?? rangeProblem("roughness", roughness, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let light = CloudLight(
      brightness: stream.uniform(brightness), contrast: stream.uniform(contrast), shadow: 0,
      roughness: stream.uniform(roughness), seed: stream.next())
    return [.effect(AnyEffect(light))]
  }
}

/// Darkens the picture through a random cloud.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `strength` is the light lost where the cloud is full; `roughness` 0 is smooth, 1 is noise.
/// - Randomness: three draws per image, then one per cloud point.
/// - Throws: nothing.
/// - Source: as `PlasmaBrightnessContrast`; Albumentations' `PlasmaShadow`, kornia's `RandomPlasmaShadow`.
public struct PlasmaShadow: Transform {
  public static let standard = PlasmaShadow()
  public var strength: ClosedRange<Double>
  public var roughness: ClosedRange<Double>

  public init(strength: ClosedRange<Double> = 0.3...0.7, roughness: ClosedRange<Double> = 0.4...0.6) {
    self.strength = strength
    self.roughness = roughness
  }

  public var problem: String? {
    rangeProblem("strength", strength, within: 0...1) ?? rangeProblem("roughness", roughness, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let light = CloudLight(
      brightness: 0, contrast: 0, shadow: stream.uniform(strength), roughness: stream.uniform(roughness),
      seed: stream.next())
    return [.effect(AnyEffect(light))]
  }
}
