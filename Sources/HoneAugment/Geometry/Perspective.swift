import Foundation
import HoneImage

/// Looks at the picture from a random side: each corner moves inwards.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `distortion` is the largest move of a corner, as a fraction of half a side: 0 … 1.
/// - Randomness: eight draws per image.
/// - Throws: nothing.
/// - Source: torchvision's `RandomPerspective`.
public struct Perspective: Transform {
  public static let standard = Perspective()
  public var distortion: Double
  public var border: Border
  public var interpolation: Interpolation

  public init(distortion: Double = 0.3, border: Border = .black, interpolation: Interpolation = .bilinear) {
    self.distortion = distortion
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? {
    (0...1).contains(distortion) ? nil : "distortion must lie between 0 and 1; it is \(distortion)."
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (right, bottom) = (Double(scene.size.width - 1), Double(scene.size.height - 1))
    let corners = [(x: 0.0, y: 0.0), (x: right, y: 0.0), (x: right, y: bottom), (x: 0.0, y: bottom)]
    let moved = corners.map { corner in
      let dx = stream.uniform() * distortion * right / 2
      let dy = stream.uniform() * distortion * bottom / 2
      return (x: corner.x == 0 ? dx : corner.x - dx, y: corner.y == 0 ? dy : corner.y - dy)
    }
    guard let matrix = Matrix3.perspective(from: moved, to: corners) else { return [] }
    return [.warp(Warp(matrix: matrix, size: scene.size, border: border, interpolation: interpolation))]
  }
}
