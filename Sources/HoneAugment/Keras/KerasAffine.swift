import Foundation
package import HoneImage

/// Moves pictures as Keras's ImageDataGenerator does: turn, shift, slant and zoom in one resampling.
///
/// Both sides are zoomed by factors of their own, and a slant also narrows, as there.
///
/// - Shape: kept. Labels unchanged.
/// - Units: degrees; shifts as `ShiftRange`; a zoom factor below 1 enlarges.
/// - Randomness: six draws per image, a few more for some shifts.
/// - Throws: nothing.
/// - Source: Keras 3's `apply_affine_transform`. Differs: pictures that are not square turn about their middle, and each shift
///   moves along the side it is named after, where Keras swaps the two.
public struct KerasAffine: Transform {
  public static let standard = KerasAffine()
  public var rotationRange: Double
  public var widthShiftRange: ShiftRange
  public var heightShiftRange: ShiftRange
  public var shearRange: Double
  public var zoomRange: ZoomRange
  public var border: Border
  public var interpolation: Interpolation

  public init(
    rotationRange: Double = 15, widthShiftRange: ShiftRange = 0.1, heightShiftRange: ShiftRange = 0.1,
    shearRange: Double = 0, zoomRange: ZoomRange = 0.1, border: Border = .edge,
    interpolation: Interpolation = .bilinear
  ) {
    self.rotationRange = rotationRange
    self.widthShiftRange = widthShiftRange
    self.heightShiftRange = heightShiftRange
    self.shearRange = shearRange
    self.zoomRange = zoomRange
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? {
    let factors = zoomRange.factors
    guard factors.lowerBound >= 0.001, factors.upperBound <= 1000 else {
      return "zoom factors must lie between 0.001 and 1000; they are \(factors)."
    }
    return abs(shearRange) < 90 ? nil : "shearRange must lie below 90 degrees; it is \(shearRange)."
  }

  /// One draw; `tx`, `zx` are across, `ty`, `zy` down.
  package struct Move: Sendable {
    package var theta = 0.0, tx = 0.0, ty = 0.0, shear = 0.0, zx = 1.0, zy = 1.0
    package init() {}

    /// Output to input, about the origin.
    var matrix: Matrix3 {
      let slant = shear * .pi / 180
      return Matrix3.rotation(degrees: -theta) * .translation(x: tx, y: ty)
        * Matrix3([1, -sin(slant), 0, 0, cos(slant), 0, 0, 0, 1]) * .scaling(x: zx, y: zy)
    }
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    var move = Move()
    move.theta = stream.uniform(-abs(rotationRange)...abs(rotationRange))
    move.tx = widthShiftRange.draw(side: scene.size.width, from: &stream)
    move.ty = heightShiftRange.draw(side: scene.size.height, from: &stream)
    move.shear = stream.uniform(-abs(shearRange)...abs(shearRange))
    move.zx = stream.uniform(zoomRange.factors)
    move.zy = stream.uniform(zoomRange.factors)
    return [action(move, on: scene.size)]
  }

  package func action(_ move: Move, on size: Size) -> Action {
    let matrix = move.matrix.about(x: Double(size.width - 1) / 2, y: Double(size.height - 1) / 2)
    return .warp(Warp(matrix: matrix, size: size, border: border, interpolation: interpolation))
  }
}
