import Foundation
public import HoneImage

/// Light scattered into the picture: the further away a thing is, the more of the air's colour it takes.
public struct Haze: Effect, CustomStringConvertible {
  /// Optical depth where the scene is furthest.
  public var density: Double
  /// How much the horizon lies deeper than the foreground: 0 everywhere alike, 1 nothing at the bottom.
  public var depth: Double
  /// How uneven the air is, 0 … 1.
  public var patchiness: Double
  public var color: [UInt8]
  public var seed: UInt64
  public var description: String { "fog \((density * 100).rounded() / 100)" }

  public func apply(to image: inout Image<UInt8>) {
    let size = image.size
    let coarse = Size(height: min(size.height, 160), width: min(size.width, 160))
    let clouds = Mask.plasma(coarse, roughness: 0.55, seed: seed)
    var mask = Mask.mask(coarse)
    mask.changeRows { y, row in
      let near = depth * Double(y) / Double(max(1, coarse.height - 1))
      let hidden = hidden(behind: density * (1 - near))
      for x in 0..<coarse.width { row[x] = hidden[Int(clouds[y, x, 0])] }
    }
    image.blend(toward: color.map(Double.init), through: mask.resized(to: size))
  }

  /// How much air of this depth hides, for each level of the clouds: its depth grows evenly with them.
  private func hidden(behind depth: Double) -> [UInt8] {
    let more = exp(-depth * patchiness / 127.5)
    var seen = exp(-depth * (1 - patchiness))
    return (0...255).map { _ in
      defer { seen *= more }
      return clamped(255 * (1 - seen))
    }
  }
}

/// Lays fog over the scene, thicker in the distance (upwards) and in patches.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `density` is the optical depth: 0.7 hides half of what is furthest. `depth` 0 is fog everywhere alike, 1 leaves
///   the bottom row clear. `patchiness` 0 … 1.
/// - Randomness: two draws per image, then one per point of a cloud.
/// - Throws: nothing.
/// - Source: Koschmieder's law of 1924, as in Sakaridis et al., 2018, arXiv:1708.07819; Albumentations' `RandomFog` and
///   `AtmosphericFog` have the same aim.
public struct Fog: Transform {
  public static let standard = Fog()
  public var density: ClosedRange<Double>
  public var depth: Double
  public var patchiness: Double
  public var color: [UInt8]

  public init(
    density: ClosedRange<Double> = 0.4...1.2, depth: Double = 0.6, patchiness: Double = 0.5,
    color: [UInt8] = [225, 228, 232]
  ) {
    self.density = density
    self.depth = depth
    self.patchiness = patchiness
    self.color = color
  }

  public var problem: String? {
    color.isEmpty
      ? "color needs at least one level."
      : rangeProblem("density", density, within: 0...20) ?? rangeProblem("depth", depth, within: 0...1)
        ?? rangeProblem("patchiness", patchiness, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let haze = Haze(
      density: stream.uniform(density), depth: depth, patchiness: patchiness, color: color, seed: stream.next())
    return [.effect(AnyEffect(haze))]
  }
}
