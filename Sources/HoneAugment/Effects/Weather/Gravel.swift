import Foundation
public import HoneImage

/// Small stones in some places.
public struct Pebbles: Effect, CustomStringConvertible {
  public var places: [Rect]
  /// Largest radius in pixels.
  public var radius: Double
  public var seed: UInt64
  public var description: String { "gravel in \(places.count) places" }

  public func apply(to image: inout Image<UInt8>) {
    var stream = RandomStream(seed: seed)
    for place in places {
      // Hardly any stone lies further out than the place is wide.
      let whole = Rect(
        y: place.y - place.height / 2, x: place.x - place.width / 2, height: 2 * place.height, width: 2 * place.width)
      guard let part = whole.part(in: image.size) else { continue }
      image.change(part) { patch in
        // Stones come in four shades, so that four masks are enough.
        for shade in [50.0, 95, 140, 190] {
          var mask = Mask.mask(part.size)
          strew(place.moved(y: -part.y, x: -part.x), &mask, &stream)
          patch.blend(toward: [shade, shade * 0.97, shade * 0.92], through: mask, strength: 0.9)
        }
      }
    }
  }

  private func strew(_ place: Rect, _ mask: inout Mask, _ stream: inout RandomStream) {
    let (height, width) = (Double(place.height), Double(place.width))
    for _ in 0..<Int(height * width / (radius * radius * 24)) {
      let (u, v) = (stream.normal(), stream.normal())
      mask.disc(
        x: Double(place.x) + width * (0.5 + u / 4), y: Double(place.y) + height * (0.5 + v / 4),
        radius: radius * stream.uniform(0.4...1))
    }
  }
}

/// Strews gravel over parts of the scene.
///
/// - Shape: kept. Labels unchanged.
/// - Units: numbers of patches; their `sides` as fractions of the picture's; `radius` of a stone as a fraction of the
///   shorter side.
/// - Randomness: two draws per image, four per patch, three per stone.
/// - Throws: nothing.
/// - Source: none: ours; Albumentations' `RandomGravel`.
public struct Gravel: Transform {
  public static let standard = Gravel()
  public var count: ClosedRange<Int>
  public var sides: ClosedRange<Double>
  public var radius: Double

  public init(count: ClosedRange<Int> = 1...3, sides: ClosedRange<Double> = 0.15...0.4, radius: Double = 0.008) {
    self.count = count
    self.sides = sides
    self.radius = radius
  }

  public var problem: String? {
    rangeProblem("count", count, within: 0...50) ?? rangeProblem("sides", sides, within: 0...1)
      ?? rangeProblem("radius", radius, within: 0.001...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (height, width) = (scene.size.height, scene.size.width)
    let places = (0..<stream.integer(count)).map { _ in
      let h = max(1, Int(stream.uniform(sides) * Double(height)))
      let w = max(1, Int(stream.uniform(sides) * Double(width)))
      return Rect(y: stream.integer(0...height - h), x: stream.integer(0...width - w), height: h, width: w)
    }
    let stones = max(0.8, radius * Double(min(height, width)))
    return [.effect(AnyEffect(Pebbles(places: places, radius: stones, seed: stream.next())))]
  }
}
