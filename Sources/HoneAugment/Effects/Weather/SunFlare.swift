import Foundation
public import HoneImage

/// The sun in the lens: a glare, and its reflections on the line through the middle.
public struct Flare: Effect, CustomStringConvertible {
  /// A reflection: its place on that line (0 the sun, 1 the middle, 2 opposite), radius as a fraction of the longer side,
  /// colour and strength.
  public struct Ghost: Sendable, Hashable, Codable {
    public var place: Double
    public var radius: Double
    public var color: [Double]
    public var strength: Double
  }
  /// The sun, as fractions of the sides.
  public var x: Double
  public var y: Double
  /// Of the glare, as a fraction of the longer side.
  public var radius: Double
  public var color: [UInt8]
  public var ghosts: [Ghost]
  public var description: String { "sun at \(Int(x * 100))%,\(Int(y * 100))%, \(ghosts.count) reflections" }

  public func apply(to image: inout Image<UInt8>) {
    let (height, width) = (Double(image.height), Double(image.width))
    let side = max(height, width)
    for ghost in ghosts {
      var mask = Mask.mask(image.size)
      let (cx, cy) = (x + (0.5 - x) * ghost.place, y + (0.5 - y) * ghost.place)
      mask.disc(x: cx * width, y: cy * height, radius: ghost.radius * side)
      image.blend(
        toward: ghost.color, through: mask, strength: ghost.strength)
    }
    image.blend(toward: color.map(Double.init), through: glare(image.size))
  }

  /// A white core and a wide halo.
  private func glare(_ size: Size) -> Mask {
    let coarse = Size(height: min(size.height, 192), width: min(size.width, 192))
    let side = Double(max(size.height, size.width))
    return Mask.mask(coarse) { row, column in
      let dx = ((Double(column) + 0.5) / Double(coarse.width) - x) * Double(size.width) / side
      let dy = ((Double(row) + 0.5) / Double(coarse.height) - y) * Double(size.height) / side
      let distance = hypot(dx, dy) / max(1e-6, radius)
      return min(1, Gaussian.height(distance, 0.2) + 0.6 * exp(-1.8 * distance))
    }.resized(to: size)
  }
}

/// Puts the sun into the picture, with the reflections that it makes in the lens.
///
/// - Shape: kept. Labels unchanged.
/// - Units: places as fractions of the sides; `radius` of the glare as a fraction of the longer side.
/// - Randomness: five draws per image and four per reflection.
/// - Throws: nothing.
/// - Source: none: ours; Albumentations' `RandomSunFlare`, `LensFlare`.
public struct SunFlare: Transform {
  public static let standard = SunFlare()
  public var x: ClosedRange<Double>
  public var y: ClosedRange<Double>
  public var radius: ClosedRange<Double>
  public var reflections: ClosedRange<Int>
  public var color: [UInt8]

  public init(
    x: ClosedRange<Double> = 0...1, y: ClosedRange<Double> = 0...0.5, radius: ClosedRange<Double> = 0.2...0.45,
    reflections: ClosedRange<Int> = 4...8, color: [UInt8] = [255, 250, 235]
  ) {
    self.x = x
    self.y = y
    self.radius = radius
    self.reflections = reflections
    self.color = color
  }

  public var problem: String? {
    color.isEmpty
      ? "color needs at least one level."
      : rangeProblem("x", x, within: -1...2) ?? rangeProblem("y", y, within: -1...2)
        ?? rangeProblem("radius", radius, within: 0.001...10)
        ?? rangeProblem("reflections", reflections, within: 0...100)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (x, y, radius) = (stream.uniform(x), stream.uniform(y), stream.uniform(radius))
    let ghosts = (0..<stream.integer(reflections)).map { _ in
      Flare.Ghost(
        place: stream.uniform(0.3...2), radius: radius * stream.uniform(0.05...0.3),
        color: Self.tint(stream.uniform()),
        strength: stream.uniform(0.08...0.25))
    }
    return [.effect(AnyEffect(Flare(x: x, y: y, radius: radius, color: color, ghosts: ghosts)))]
  }

  /// A light colour somewhere on the circle of hues.
  private static func tint(_ turns: Double) -> [Double] {
    (0..<3).map { 170 + 85 * cos(2 * .pi * (turns + Double($0) / 3)) }
  }
}
