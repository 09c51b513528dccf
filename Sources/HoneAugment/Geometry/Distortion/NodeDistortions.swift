import HoneImage

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
