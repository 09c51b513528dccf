import Foundation
import HoneImage

/// Kneads the picture like rubber: every point moves a little, neighbours together.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `alpha` in pixels multiplies noise of −1…1 that a bell of `sigma` pixels has smoothed; a move's standard
///   deviation is 0.163 · alpha ÷ sigma.
/// - Randomness: three draws per image, then one per node of the field, a hash of its place.
/// - Throws: nothing.
/// - Source: Simard et al., ICDAR 2003, §2; Albumentations' and torchvision's `ElasticTransform`. Differs: noise is made
///   on a lattice of at most half a `sigma`, and is as strong at the edge as inside.
public struct Elastic: Transform {
  public static let standard = Elastic()
  public var alpha: ClosedRange<Double>
  public var sigma: ClosedRange<Double>
  /// One field for both axes.
  public var together: Bool
  public var border: Border
  public var interpolation: Interpolation

  public init(
    alpha: ClosedRange<Double> = 30...120, sigma: ClosedRange<Double> = 5...8, together: Bool = false,
    border: Border = .reflect101, interpolation: Interpolation = .bilinear
  ) {
    self.alpha = alpha
    self.sigma = sigma
    self.together = together
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? {
    rangeProblem("alpha", alpha, within: 0...100_000) ?? rangeProblem("sigma", sigma, within: 0.5...200)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (alpha, sigma) = (stream.uniform(alpha), stream.uniform(sigma))
    let field = Field.elastic(alpha: alpha, sigma: sigma, together: together, seed: stream.next())
    return [.bend(Bend(field, border: border, interpolation: interpolation))]
  }
}

/// Stretches and squeezes columns and rows between even steps.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `steps` across and down; `limit` is the change of a step's length, as a fraction.
/// - Randomness: two draws per step.
/// - Throws: nothing.
/// - Source: Albumentations' `GridDistortion`, normalized so that the edges stay in place.
public struct GridDistortion: Transform {
  public static let standard = GridDistortion()
  public var steps: Int
  public var limit: ClosedRange<Double>
  public var border: Border
  public var interpolation: Interpolation

  public init(
    steps: Int = 5, limit: ClosedRange<Double> = -0.3...0.3, border: Border = .edge,
    interpolation: Interpolation = .bilinear
  ) {
    self.steps = steps
    self.limit = limit
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? {
    rangeProblem("steps", steps, within: 1...100) ?? rangeProblem("limit", limit, within: -0.99...10)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    func places() -> [Double] {
      let lengths = (0..<steps).map { _ in 1 + stream.uniform(limit) }
      let total = lengths.reduce(0, +)
      return lengths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1 / total) }
    }
    let (x, y) = (places(), places())
    return [.bend(Bend(.steps(x: x, y: y), border: border, interpolation: interpolation))]
  }
}

/// Bends straight lines as a lens does: barrel or cushion.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `strength` is the lens's coefficient: above 0 the middle shrinks away (barrel), below it swells.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: OpenCV's `initUndistortRectifyMap` with k₁ = k₂ (camera) and Albumentations' `OpticalDistortion` (fisheye). Differs:
///   about the very middle, where those are half a pixel off it.
public struct LensDistortion: Transform {
  public static let standard = LensDistortion()
  public var strength: ClosedRange<Double>
  public var lens: Lens
  public var border: Border
  public var interpolation: Interpolation

  public init(
    strength: ClosedRange<Double> = -0.3...0.3, lens: Lens = .fisheye, border: Border = .black,
    interpolation: Interpolation = .bilinear
  ) {
    self.strength = strength
    self.lens = lens
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? { rangeProblem("strength", strength, within: -10...10) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let field = Field.lens(lens, strength: stream.uniform(strength))
    return [.bend(Bend(field, border: border, interpolation: interpolation))]
  }
}

/// Moves the nodes of a grid and everything between them, like a thin sheet of metal.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `points` on each side of the grid; `deviation` of a node's move, as a fraction of a side.
/// - Randomness: two normal draws per node and one per image.
/// - Throws: nothing.
/// - Source: Bookstein, PAMI 1989; Albumentations' `ThinPlateSpline` (its `scale_range` is ten times `deviation`).
public struct ThinPlateSpline: Transform {
  public static let standard = ThinPlateSpline()
  public var points: Int
  public var deviation: ClosedRange<Double>
  public var border: Border
  public var interpolation: Interpolation

  public init(
    points: Int = 4, deviation: ClosedRange<Double> = 0.01...0.04, border: Border = .edge,
    interpolation: Interpolation = .bilinear
  ) {
    self.points = points
    self.deviation = deviation
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? {
    rangeProblem("points", points, within: 2...12) ?? rangeProblem("deviation", deviation, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let scale = stream.uniform(deviation)
    let sides = (0..<points).map { Double($0) / Double(points - 1) }
    let places = sides.flatMap { y in sides.map { [$0, y] } }
    let moves = places.map { _ in (0..<2).map { _ in scale * stream.normal() } }
    return [.bend(Bend(.thinPlate(points: places, moves: moves), border: border, interpolation: interpolation))]
  }
}

/// Moves the nodes of a grid and, evenly between them, the rest.
///
/// - Shape: kept. Labels unchanged.
/// - Units: numbers of nodes; `deviation` of a node's move, as a fraction of the shorter side.
/// - Randomness: two normal draws per node and one per image.
/// - Throws: nothing.
/// - Source: imgaug's `PiecewiseAffine`. Differs: read bilinearly between four nodes rather than over triangles.
public struct PiecewiseAffine: Transform {
  public static let standard = PiecewiseAffine()
  public var rows: Int
  public var columns: Int
  public var deviation: ClosedRange<Double>
  public var border: Border
  public var interpolation: Interpolation

  public init(
    rows: Int = 4, columns: Int = 4, deviation: ClosedRange<Double> = 0.01...0.03, border: Border = .edge,
    interpolation: Interpolation = .bilinear
  ) {
    self.rows = rows
    self.columns = columns
    self.deviation = deviation
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? {
    rangeProblem("rows", rows, within: 2...100) ?? rangeProblem("columns", columns, within: 2...100)
      ?? rangeProblem("deviation", deviation, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let scale = stream.uniform(deviation) * Double(min(scene.size.height, scene.size.width))
    let moves = (0..<rows * columns).map { _ in (0..<2).map { _ in scale * stream.normal() } }
    let field = Field.nodes(rows: rows, columns: columns, moves: moves)
    return [.bend(Bend(field, border: border, interpolation: interpolation))]
  }
}

/// Lets waves run through the picture, as water does.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `amplitude` and `length` as fractions of the shorter side.
/// - Randomness: six draws per image.
/// - Throws: nothing.
/// - Source: none: customary; NVIDIA DALI's `water`.
public struct Waves: Transform {
  public static let standard = Waves()
  public var amplitude: ClosedRange<Double>
  public var length: ClosedRange<Double>
  public var border: Border
  public var interpolation: Interpolation

  public init(
    amplitude: ClosedRange<Double> = 0.005...0.02, length: ClosedRange<Double> = 0.15...0.5,
    border: Border = .reflect101, interpolation: Interpolation = .bilinear
  ) {
    self.amplitude = amplitude
    self.length = length
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? {
    rangeProblem("amplitude", amplitude, within: 0...1) ?? rangeProblem("length", length, within: 0.01...100)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let side = Double(min(scene.size.height, scene.size.width))
    func wave() -> Wave {
      Wave(amplitude: side * stream.uniform(amplitude), length: side * stream.uniform(length), phase: stream.uniform())
    }
    let (x, y) = (wave(), wave())
    return [.bend(Bend(.waves(x: x, y: y), border: border, interpolation: interpolation))]
  }
}

/// Whirls the picture about its middle.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `degrees` at the middle; `radius` as a fraction of the shorter side, where a third of it is left.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: none: customary; scikit-image's `swirl`.
public struct Swirl: Transform {
  public static let standard = Swirl()
  public var degrees: ClosedRange<Double>
  public var radius: ClosedRange<Double>
  public var border: Border
  public var interpolation: Interpolation

  public init(
    degrees: ClosedRange<Double> = -45...45, radius: ClosedRange<Double> = 0.2...0.5, border: Border = .reflect101,
    interpolation: Interpolation = .bilinear
  ) {
    self.degrees = degrees
    self.radius = radius
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? { rangeProblem("radius", radius, within: 0.01...10) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let side = Double(min(scene.size.height, scene.size.width))
    let field = Field.swirl(degrees: stream.uniform(degrees), radius: side * stream.uniform(radius))
    return [.bend(Bend(field, border: border, interpolation: interpolation))]
  }
}

/// Gives every pixel the colour of one nearby.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `radius` in pixels, each way.
/// - Randomness: two draws per image, then one per pixel, a hash of its place.
/// - Throws: nothing.
/// - Source: Pillow's `Image.effect_spread`; Albumentations' `PixelSpread`.
public struct PixelSpread: Transform {
  public static let standard = PixelSpread()
  public var radius: ClosedRange<Int>
  public init(radius: ClosedRange<Int> = 1...3) { self.radius = radius }
  public var problem: String? { rangeProblem("radius", radius, within: 0...1000) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let field = Field.scatter(radius: stream.integer(radius), seed: stream.next())
    return [.bend(Bend(field, interpolation: .nearest))]
  }
}
