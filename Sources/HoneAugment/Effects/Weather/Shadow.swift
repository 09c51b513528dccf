import Foundation
public import HoneImage

/// Places where less light falls.
public struct CastShadow: Effect, CustomStringConvertible {
  /// Corners (x, y) of each shadow, as fractions of the sides.
  public var outlines: [[[Double]]]
  /// The light that each takes away, as a fraction.
  public var strengths: [Double]
  public var description: String { "\(outlines.count) shadow\(outlines.count == 1 ? "" : "s")" }

  public func apply(to image: inout Image<UInt8>) {
    let (height, width) = (Double(image.height), Double(image.width))
    for (outline, strength) in zip(outlines, strengths) {
      var mask = Mask.mask(image.size)
      mask.fill(outline.filter { $0.count == 2 }.map { (x: $0[0] * width, y: $0[1] * height) })
      image.scale(by: -strength, through: mask.blurred(sigma: max(0.5, min(height, width) / 150)))
    }
  }
}

/// Casts shadows with straight edges on the scene.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `strength` is the light taken away, as a fraction; `top` the part of the picture that no shadow reaches, from
///   above.
/// - Randomness: one draw per image, one per shadow and two per corner.
/// - Throws: nothing.
/// - Source: none: ours; Albumentations' `RandomShadow`. Differs: the outline does not cross itself, its edge is soft.
public struct Shadow: Transform {
  public static let standard = Shadow()
  public var count: ClosedRange<Int>
  public var corners: Int
  public var strength: ClosedRange<Double>
  public var top: Double

  public init(
    count: ClosedRange<Int> = 1...2, corners: Int = 5, strength: ClosedRange<Double> = 0.3...0.6, top: Double = 0.3
  ) {
    self.count = count
    self.corners = corners
    self.strength = strength
    self.top = top
  }

  public var problem: String? {
    rangeProblem("count", count, within: 0...100) ?? rangeProblem("corners", corners, within: 3...100)
      ?? rangeProblem("strength", strength, within: 0...1) ?? rangeProblem("top", top, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let count = stream.integer(count)
    let strengths = (0..<count).map { _ in stream.uniform(strength) }
    let outlines = (0..<count).map { _ in
      Self.around(
        (0..<corners).map { _ in
          [stream.uniform(), top + (1 - top) * stream.uniform()]
        })
    }
    return [.effect(AnyEffect(CastShadow(outlines: outlines, strengths: strengths)))]
  }

  /// Corners in the order in which they lie about their middle.
  private static func around(_ corners: [[Double]]) -> [[Double]] {
    let x = corners.reduce(0) { $0 + $1[0] } / Double(corners.count)
    let y = corners.reduce(0) { $0 + $1[1] } / Double(corners.count)
    return corners.sorted { atan2($0[1] - y, $0[0] - x) < atan2($1[1] - y, $1[0] - x) }
  }
}
