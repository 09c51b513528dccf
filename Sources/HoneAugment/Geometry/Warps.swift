import Foundation
import HoneImage

/// The middle of a picture, pixel centres at whole numbers.
private func middle(_ size: Size) -> (x: Double, y: Double) {
  (Double(size.width - 1) / 2, Double(size.height - 1) / 2)
}

/// A warp of a picture onto its own canvas by a map (output to input) about its middle.
private func warp(_ size: Size, _ map: Matrix3, _ border: Border, _ interpolation: Interpolation) -> [Action] {
  let (x, y) = middle(size)
  return [.warp(Warp(matrix: map.about(x: x, y: y), size: size, border: border, interpolation: interpolation))]
}

/// A message where a range is not one of enlargements.
private func zoomProblem(_ factor: ClosedRange<Double>) -> String? {
  factor.lowerBound >= 0.001 && factor.upperBound <= 1000
    ? nil : "factor must lie between 0.001 and 1000; it is \(factor)."
}

/// Turns the picture about its middle by a random angle; positive is counter-clockwise.
///
/// Multiples of 90 degrees are exact wherever the canvas allows it.
///
/// - Shape: kept; with `grows`, the canvas holds the whole picture: width `ceil(h·|sin| + w·|cos| − 1e-6)`, height alike.
/// - Units: degrees.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: OpenCV's `getRotationMatrix2D` and `warpAffine`.
public struct Rotate: Transform {
  public static let standard = Rotate()
  public var degrees: ClosedRange<Double>
  public var grows: Bool
  public var border: Border
  public var interpolation: Interpolation

  public init(
    degrees: ClosedRange<Double> = -15...15, grows: Bool = false, border: Border = .black,
    interpolation: Interpolation = .bilinear
  ) {
    self.degrees = degrees
    self.grows = grows
    self.border = border
    self.interpolation = interpolation
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [action(degrees: stream.uniform(degrees), size: scene.size)]
  }

  /// The rotation by one angle.
  func action(degrees: Double, size: Size) -> Action {
    let turns = degrees / 90
    if turns == turns.rounded(), abs(turns) < 1e6 {
      let symmetry = Symmetry.quarterTurns(Int(turns))
      if grows || symmetry.outputSize(of: size) == size { return .symmetry(symmetry) }
    }
    let output = grows ? Self.grown(size, degrees: degrees) : size
    let (from, to) = (middle(size), middle(output))
    let matrix =
      Matrix3.translation(x: from.x, y: from.y) * .rotation(degrees: -degrees)
      * .translation(x: -to.x, y: -to.y)
    return .warp(Warp(matrix: matrix, size: output, border: border, interpolation: interpolation))
  }

  /// The canvas that holds a turned picture.
  static func grown(_ size: Size, degrees: Double) -> Size {
    let angle = degrees * .pi / 180
    let (s, c) = (abs(sin(angle)), abs(cos(angle)))
    let (h, w) = (Double(size.height), Double(size.width))
    return Size(
      height: max(1, Int((w * s + h * c - 1e-6).rounded(.up))), width: max(1, Int((h * s + w * c - 1e-6).rounded(.up))))
  }
}

/// Moves the picture across and down.
///
/// - Shape: kept. Labels unchanged.
/// - Units: fractions of the width (`x`, positive to the right) and of the height (`y`, positive downwards).
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: Keras's `width_shift_range`, `height_shift_range`.
public struct Shift: Transform {
  public static let standard = Shift()
  public var x: ClosedRange<Double>
  public var y: ClosedRange<Double>
  public var border: Border
  public var interpolation: Interpolation

  public init(
    x: ClosedRange<Double> = -0.1...0.1, y: ClosedRange<Double> = -0.1...0.1, border: Border = .edge,
    interpolation: Interpolation = .bilinear
  ) {
    self.x = x
    self.y = y
    self.border = border
    self.interpolation = interpolation
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let dx = stream.uniform(x) * Double(scene.size.width)
    let dy = stream.uniform(y) * Double(scene.size.height)
    return warp(scene.size, .translation(x: -dx, y: -dy), border, interpolation)
  }
}

/// Slants the picture about its middle.
///
/// - Shape: kept. Labels unchanged.
/// - Units: degrees: `x` slants columns, `y` slants rows.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: none: customary.
public struct Shear: Transform {
  public static let standard = Shear()
  public var x: ClosedRange<Double>
  public var y: ClosedRange<Double>
  public var border: Border
  public var interpolation: Interpolation

  public init(
    x: ClosedRange<Double> = -10...10, y: ClosedRange<Double> = 0...0, border: Border = .edge,
    interpolation: Interpolation = .bilinear
  ) {
    self.x = x
    self.y = y
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? {
    let limit = max(abs(x.lowerBound), abs(x.upperBound), abs(y.lowerBound), abs(y.upperBound))
    return limit < 90 ? nil : "angles must lie between −90 and 90 degrees; one is \(limit)."
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let slantX = tan(stream.uniform(x) * .pi / 180)
    let slantY = tan(stream.uniform(y) * .pi / 180)
    return warp(scene.size, .shear(x: slantX, y: slantY), border, interpolation)
  }
}

/// Enlarges or shrinks the picture on its canvas, about its middle.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `factor` above 1 enlarges. One factor for both axes, or one each.
/// - Randomness: one or two draws per image.
/// - Throws: nothing.
/// - Source: Keras's `zoom_range` (which gives the inverse factor).
public struct Zoom: Transform {
  public static let standard = Zoom()
  public var factor: ClosedRange<Double>
  public var keepsAspect: Bool
  public var border: Border
  public var interpolation: Interpolation

  public init(
    factor: ClosedRange<Double> = 0.8...1.2, keepsAspect: Bool = true, border: Border = .edge,
    interpolation: Interpolation = .bilinear
  ) {
    self.factor = factor
    self.keepsAspect = keepsAspect
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? { zoomProblem(factor) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let x = stream.uniform(factor)
    let y = keepsAspect ? x : stream.uniform(factor)
    return warp(scene.size, .scaling(x: 1 / x, y: 1 / y), border, interpolation)
  }
}

/// Turns, enlarges, slants and moves in one resampling about the middle.
///
/// - Shape: kept. Labels unchanged.
/// - Units: degrees; `factor` above 1 enlarges; shear in degrees; shifts in fractions of a side.
/// - Randomness: six draws per image.
/// - Throws: nothing.
/// - Source: torchvision's `RandomAffine`; the order is slant, turn, enlarge, move.
public struct Affine: Transform {
  public static let standard = Affine()
  public var degrees: ClosedRange<Double>
  public var factor: ClosedRange<Double>
  public var shearX: ClosedRange<Double>
  public var shearY: ClosedRange<Double>
  public var shiftX: ClosedRange<Double>
  public var shiftY: ClosedRange<Double>
  public var border: Border
  public var interpolation: Interpolation

  public init(
    degrees: ClosedRange<Double> = -15...15, factor: ClosedRange<Double> = 0.9...1.1,
    shearX: ClosedRange<Double> = -5...5, shearY: ClosedRange<Double> = 0...0,
    shiftX: ClosedRange<Double> = -0.05...0.05, shiftY: ClosedRange<Double> = -0.05...0.05, border: Border = .black,
    interpolation: Interpolation = .bilinear
  ) {
    self.degrees = degrees
    self.factor = factor
    self.shearX = shearX
    self.shearY = shearY
    self.shiftX = shiftX
    self.shiftY = shiftY
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? { zoomProblem(factor) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let turn = Matrix3.rotation(degrees: stream.uniform(degrees))
    let scale = stream.uniform(factor)
    let slant = Matrix3.shear(
      x: -tan(stream.uniform(shearX) * .pi / 180), y: -tan(stream.uniform(shearY) * .pi / 180))
    let move = Matrix3.translation(
      x: stream.uniform(shiftX) * Double(scene.size.width), y: stream.uniform(shiftY) * Double(scene.size.height))
    let forward = move * .scaling(x: scale, y: scale) * turn * slant
    return forward.inverse.map { warp(scene.size, $0, border, interpolation) } ?? []
  }
}
