import Foundation

/// Adds noise to every element.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `deviation` is the standard deviation in levels, of 255; `together` gives all channels of a pixel one number.
/// - Randomness: two draws per image, then one per element, a hash of its place.
/// - Throws: nothing.
/// - Source: none: customary. A sum of eight bytes stands for the normal distribution (kurtosis 2.85, at most ±4.9 σ).
public struct GaussianNoise: Transform {
  public static let standard = GaussianNoise()
  public var deviation: ClosedRange<Double>
  public var together: Bool

  public init(deviation: ClosedRange<Double> = 5...25, together: Bool = false) {
    self.deviation = deviation
    self.together = together
  }

  public var problem: String? { rangeProblem("deviation", deviation, within: 0...255) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let strength = [stream.uniform(deviation)]
    return [.effect(AnyEffect(AddedNoise(strength: strength, together: together, seed: stream.next())))]
  }
}

/// Adds noise of a chosen shape to every element.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `deviation` is the standard deviation in levels, of 255; a uniform shape reaches √3 times as far.
/// - Randomness: two draws per image, then one per element, a hash of its place.
/// - Throws: nothing.
/// - Source: Albumentations' `AdditiveNoise` per pixel; imgaug's `AdditiveLaplaceNoise`.
public struct AdditiveNoise: Transform {
  public static let standard = AdditiveNoise()
  public var deviation: ClosedRange<Double>
  public var shape: NoiseShape
  public var together: Bool

  public init(deviation: ClosedRange<Double> = 5...25, shape: NoiseShape = .uniform, together: Bool = false) {
    self.deviation = deviation
    self.shape = shape
    self.together = together
  }

  public var problem: String? { rangeProblem("deviation", deviation, within: 0...255) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let strength = [stream.uniform(deviation)]
    return [.effect(AnyEffect(AddedNoise(shape: shape, strength: strength, together: together, seed: stream.next())))]
  }
}

/// Multiplies every element by a number near one: noise that grows with the light, as in radar and laser pictures.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `deviation` of the factor from one, as a fraction.
/// - Randomness: two draws per image, then one per element, a hash of its place.
/// - Throws: nothing.
/// - Source: none: customary ("speckle"; scikit-image's `random_noise`); Albumentations' `MultiplicativeNoise` per element
///   is the uniform shape.
public struct SpeckleNoise: Transform {
  public static let standard = SpeckleNoise()
  public var deviation: ClosedRange<Double>
  public var shape: NoiseShape
  public var together: Bool

  public init(deviation: ClosedRange<Double> = 0.05...0.2, shape: NoiseShape = .normal, together: Bool = false) {
    self.deviation = deviation
    self.shape = shape
    self.together = together
  }

  public var problem: String? { rangeProblem("deviation", deviation, within: 0...1) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let strength = [0, stream.uniform(deviation)]
    return [.effect(AnyEffect(AddedNoise(shape: shape, strength: strength, together: together, seed: stream.next())))]
  }
}

/// The noise of a sensor at high sensitivity: grainy light, strongest in the shadows, and a little colour.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `light` and `color` are standard deviations in levels, of 255, in the shadows; half of it at full light. Sparks
///   are `intensity` of the way to white, and as frequent as the picture's lightness is uneven.
/// - Randomness: four draws per image, then one per pixel and one per element, hashes of their places; for sparks two and
///   one per pixel.
/// - Throws: nothing.
/// - Source: none: ours. Sparks are Albumentations' `ISONoise`, which adds Poisson numbers to the lightness; its move of
///   the hue, below a degree, is left out.
public struct ISONoise: Transform {
  public enum Look: String, Sendable, Hashable, Codable, CaseIterable { case grain, sparks }
  public static let standard = ISONoise()
  public var light: ClosedRange<Double>
  public var color: ClosedRange<Double>
  public var look: Look
  public var intensity: ClosedRange<Double>

  public init(
    light: ClosedRange<Double> = 5...20, color: ClosedRange<Double> = 2...8, look: Look = .grain,
    intensity: ClosedRange<Double> = 0.1...0.5
  ) {
    self.light = light
    self.color = color
    self.look = look
    self.intensity = intensity
  }

  public var problem: String? {
    rangeProblem("light", light, within: 0...255) ?? rangeProblem("color", color, within: 0...255)
      ?? rangeProblem("intensity", intensity, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    guard look == .grain else {
      return [.effect(AnyEffect(Sparks(intensity: stream.uniform(intensity), seed: stream.next())))]
    }
    return [(light, true), (color, false)].map { range, together in
      let deviation = stream.uniform(range)
      return .effect(
        AnyEffect(
          AddedNoise(strength: [deviation, -deviation / 510], together: together, seed: stream.next())))
    }
  }
}

/// The grain of photographic film: soft specks, strongest in the middle tones, the same in all channels.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `strength` is the standard deviation at middle grey, as a fraction of full; `grain` in pixels.
/// - Randomness: three draws per image, then one per grain, a hash of its place.
/// - Throws: nothing.
/// - Source: none: ours, after the look of silver film.
public struct FilmGrain: Transform {
  public static let standard = FilmGrain()
  public var strength: ClosedRange<Double>
  public var grain: ClosedRange<Int>

  public init(strength: ClosedRange<Double> = 0.03...0.1, grain: ClosedRange<Int> = 1...3) {
    self.strength = strength
    self.grain = grain
  }

  public var problem: String? {
    rangeProblem("strength", strength, within: 0...1) ?? rangeProblem("grain", grain, within: 1...64)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let peak = stream.uniform(strength) * 4
    let noise = AddedNoise(
      strength: [0, peak, -peak / 255], together: true, grain: stream.integer(grain), seed: stream.next())
    return [.effect(AnyEffect(noise))]
  }
}
