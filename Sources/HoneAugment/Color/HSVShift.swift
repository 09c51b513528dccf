/// Adds to the hue, the saturation and the value of every pixel.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: `hue` in turns of the colour circle; `saturation` and `value` as fractions of full.
/// - Randomness: three draws per image.
/// - Throws: nothing.
/// - Source: Albumentations' `HueSaturationValue`, whose hue is in half degrees and the others in levels. Differs: grey
///   stays grey.
public struct HSVShift: Transform {
  public static let standard = HSVShift()
  public var hue: ClosedRange<Double>
  public var saturation: ClosedRange<Double>
  public var value: ClosedRange<Double>

  public init(
    hue: ClosedRange<Double> = -0.05...0.05, saturation: ClosedRange<Double> = -0.15...0.15,
    value: ClosedRange<Double> = -0.1...0.1
  ) {
    self.hue = hue
    self.saturation = saturation
    self.value = value
  }

  public var problem: String? {
    rangeProblem("saturation", saturation, within: -1...1) ?? rangeProblem("value", value, within: -1...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let turns = stream.uniform(hue)
    return [.hue(turns: turns), .shade(saturation: stream.uniform(saturation), value: stream.uniform(value))]
  }
}
