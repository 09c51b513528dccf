import HoneImage

/// Bends straight lines as a lens does: barrel or cushion.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `strength` is the lens's coefficient: above 0 the middle shrinks away (barrel), below it swells.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: OpenCV's `initUndistortRectifyMap` with k₁ = k₂ (camera) and Albumentations' `OpticalDistortion` (fisheye). Differs:
///   about the very middle, where those are half a pixel off it.
public struct LensDistortion: Transform {
  public static let standard = LensDistortion()
  public var strength: ClosedRange<Double>
  public var lens: Lens
  public var border: Border
  public var interpolation: Interpolation

  public init(
    strength: ClosedRange<Double> = -0.3...0.3, lens: Lens = .fisheye, border: Border = .black,
    interpolation: Interpolation = .bilinear
  ) {
    self.strength = strength
    self.lens = lens
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? { rangeProblem("strength", strength, within: -10...10) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let field = Field.lens(lens, strength: stream.uniform(strength))
    return [.bend(Bend(field, border: border, interpolation: interpolation))]
  }
}

/// Lets waves run through the picture, as water does.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `amplitude` and `length` as fractions of the shorter side.
/// - Randomness: six draws per image.
/// - Throws: nothing.
/// - Source: none: customary; NVIDIA DALI's `water`.
public struct Waves: Transform {
  public static let standard = Waves()
  public var amplitude: ClosedRange<Double>
  public var length: ClosedRange<Double>
  public var border: Border
  public var interpolation: Interpolation

  public init(
    amplitude: ClosedRange<Double> = 0.005...0.02, length: ClosedRange<Double> = 0.15...0.5,
    border: Border = .reflect101, interpolation: Interpolation = .bilinear
  ) {
    self.amplitude = amplitude
    self.length = length
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? {
    rangeProblem("amplitude", amplitude, within: 0...1) ?? rangeProblem("length", length, within: 0.01...100)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let side = Double(min(scene.size.height, scene.size.width))
    func wave() -> Wave {
      Wave(amplitude: side * stream.uniform(amplitude), length: side * stream.uniform(length), phase: stream.uniform())
    }
    let (x, y) = (wave(), wave())
    return [.bend(Bend(.waves(x: x, y: y), border: border, interpolation: interpolation))]
  }
}

/// Whirls the picture about its middle.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `degrees` at the middle; `radius` as a fraction of the shorter side, where a third of it is left.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: none: customary; scikit-image's `swirl`.
public struct Swirl: Transform {
  public static let standard = Swirl()
  public var degrees: ClosedRange<Double>
  public var radius: ClosedRange<Double>
  public var border: Border
  public var interpolation: Interpolation

  public init(
    degrees: ClosedRange<Double> = -45...45, radius: ClosedRange<Double> = 0.2...0.5, border: Border = .reflect101,
    interpolation: Interpolation = .bilinear
  ) {
    self.degrees = degrees
    self.radius = radius
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? { rangeProblem("radius", radius, within: 0.01...10) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let side = Double(min(scene.size.height, scene.size.width))
    let field = Field.swirl(degrees: stream.uniform(degrees), radius: side * stream.uniform(radius))
    return [.bend(Bend(field, border: border, interpolation: interpolation))]
  }
}
