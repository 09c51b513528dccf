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
  /// Lines of light that cross in the sun, evenly turned.
  public struct Star: Sendable, Hashable, Codable {
    public var lines: Int
    /// Of the first one.
    public var degrees: Double
    public var strength: Double
    /// Pixels.
    public var softness: Double
  }
  /// The sun, as fractions of the sides.
  public var x: Double
  public var y: Double
  /// Of the glare, as a fraction of the longer side.
  public var radius: Double
  public var color: [UInt8]
  public var ghosts: [Ghost]
  public var star: Star?
  public var description: String { "sun at \(Int(x * 100))%,\(Int(y * 100))%, \(ghosts.count) reflections" }

  public func apply(to image: inout Image<UInt8>) {
    let (height, width) = (Double(image.height), Double(image.width))
    let side = max(height, width)
    for ghost in ghosts {
      let (cx, cy) = ((x + (0.5 - x) * ghost.place) * width, (y + (0.5 - y) * ghost.place) * height)
      let reach = ghost.radius * side
      func edge(_ place: Double) -> Int { Int(min(1e6, max(-1e6, place))) }
      let (top, left) = (edge(cy - reach - 1), edge(cx - reach - 1))
      let around = Rect(y: top, x: left, height: edge(2 * reach + 3), width: edge(2 * reach + 3))
      guard let part = around.part(in: image.size) else { continue }
      image.change(part) { patch in
        var mask = Mask.mask(part.size)
        mask.disc(x: cx - Double(part.x), y: cy - Double(part.y), radius: reach)
        patch.blend(toward: ghost.color, through: mask, strength: ghost.strength)
      }
    }
    if let star { image.modulate(through: rays(star, image.size), slope: [0], offset: [255]) }
    image.blend(toward: color.map(Double.init), through: glare(image.size))
  }

  private func rays(_ star: Star, _ size: Size) -> Mask {
    var mask = Mask.mask(size)
    let (sun, reach) = ((x: x * Double(size.width), y: y * Double(size.height)), Double(max(size.height, size.width)))
    for line in 0..<star.lines {
      let angle = star.degrees * .pi / 180 + .pi * Double(line) / Double(star.lines)
      let (dx, dy) = (cos(angle) * reach, sin(angle) * reach)
      mask.line(
        from: (x: sun.x - dx, y: sun.y - dy), to: (x: sun.x + dx, y: sun.y + dy), width: 1, level: star.strength)
    }
    return mask.blurred(sigma: star.softness)
  }

  /// A white core and a wide halo, which nobody sees beyond four radii.
  private func glare(_ size: Size) -> Mask {
    let coarse = Size(height: min(size.height, 192), width: min(size.width, 192))
    let side = Double(max(size.height, size.width)) * max(1e-6, radius)
    let steps = 256.0
    let levels = (0...Int(4 * steps)).map { step -> UInt8 in
      let distance = Double(step) / steps
      return clamped(255 * min(1, Gaussian.height(distance, 0.2) + 0.6 * exp(-1.8 * distance)))
    }
    var mask = Mask.mask(coarse)
    mask.changeRows { row, out in
      let dy = ((Double(row) + 0.5) / Double(coarse.height) - y) * Double(size.height) / side
      for column in 0..<coarse.width {
        let dx = ((Double(column) + 0.5) / Double(coarse.width) - x) * Double(size.width) / side
        let distance = (dx * dx + dy * dy).squareRoot()
        out[column] = distance < 4 ? levels[Int(distance * steps)] : 0
      }
    }
    return mask.resized(to: size)
  }
}

/// Puts the sun into the picture, with the reflections that it makes in the lens.
///
/// - Shape: kept. Labels unchanged.
/// - Units: places as fractions of the sides; `radius` of the glare as a fraction of the longer side; `rays` are lines of
///   light that cross in the sun.
/// - Randomness: five draws per image and four per reflection; three for rays.
/// - Throws: nothing.
/// - Source: none: ours; Albumentations' `RandomSunFlare`; its `LensFlare` has rays and hardly any glare.
public struct SunFlare: Transform {
  public static let standard = SunFlare()
  public var x: ClosedRange<Double>
  public var y: ClosedRange<Double>
  public var radius: ClosedRange<Double>
  public var reflections: ClosedRange<Int>
  public var rays: ClosedRange<Int>
  public var color: [UInt8]

  public init(
    x: ClosedRange<Double> = 0...1, y: ClosedRange<Double> = 0...0.5, radius: ClosedRange<Double> = 0.2...0.45,
    reflections: ClosedRange<Int> = 4...8, rays: ClosedRange<Int> = 0...0, color: [UInt8] = [255, 250, 235]
  ) {
    self.x = x
    self.y = y
    self.radius = radius
    self.reflections = reflections
    self.rays = rays
    self.color = color
  }

  public var problem: String? {
    color.isEmpty
      ? "color needs at least one level."
      : rangeProblem("x", x, within: -1...2) ?? rangeProblem("y", y, within: -1...2)
        ?? rangeProblem("radius", radius, within: 0.001...10)
        ?? rangeProblem("reflections", reflections, within: 0...100) ?? rangeProblem("rays", rays, within: 0...100)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (x, y, radius) = (stream.uniform(x), stream.uniform(y), stream.uniform(radius))
    let ghosts = (0..<stream.integer(reflections)).map { _ in
      Flare.Ghost(
        place: stream.uniform(0.3...2), radius: radius * stream.uniform(0.05...0.3),
        color: Self.tint(stream.uniform()),
        strength: stream.uniform(0.08...0.25))
    }
    let flare = Flare(
      x: x, y: y, radius: radius, color: color, ghosts: ghosts, star: star(for: scene.size, from: &stream))
    return [.effect(AnyEffect(flare))]
  }

  /// Softer by up to a fiftieth of the diagonal.
  private func star(for size: Size, from stream: inout RandomStream) -> Flare.Star? {
    guard rays.upperBound > 0 else { return nil }
    let diagonal = hypot(Double(size.height), Double(size.width))
    return Flare.Star(
      lines: stream.integer(rays), degrees: stream.uniform(0...180), strength: stream.uniform(0.3...0.7),
      softness: diagonal * stream.uniform(0.003...0.015))
  }

  /// A light colour somewhere on the circle of hues.
  private static func tint(_ turns: Double) -> [Double] {
    (0..<3).map { 170 + 85 * cos(2 * .pi * (turns + Double($0) / 3)) }
  }
}
