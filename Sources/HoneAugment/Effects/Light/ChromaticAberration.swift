public import HoneImage

/// Parts red and blue from green towards the edges, as simple lenses do.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: `strength` of each colour's lens, as in `LensDistortion` (camera).
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: none: ours; Albumentations' `ChromaticAberration`.
public struct ChromaticAberration: Transform {
  public static let standard = ChromaticAberration()
  public var strength: ClosedRange<Double>
  public init(strength: ClosedRange<Double> = -0.04...0.04) { self.strength = strength }
  public var problem: String? { rangeProblem("strength", strength, within: -1...1) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.effect(AnyEffect(Fringe(red: stream.uniform(strength), blue: stream.uniform(strength))))]
  }
}

/// `ChromaticAberration` with its strengths drawn.
public struct Fringe: Effect, CustomStringConvertible {
  public var red: Double
  public var blue: Double
  public var description: String { "fringes \((red * 1000).rounded() / 1000) \((blue * 1000).rounded() / 1000)" }

  public func apply(to image: inout Image<UInt8>) {
    guard image.channels >= 3 else { return }
    var planes = Planes(image)
    for (channel, strength) in [(0, red), (2, blue)] {
      let bend = Bend(.lens(.camera, strength: strength), border: .edge)
      planes.change(channel) { Plan(sourceSize: image.size, channels: 1, actions: [.bend(bend)]).applied(to: $0) }
    }
    image = planes.image
  }
}
