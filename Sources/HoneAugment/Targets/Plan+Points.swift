import HoneImage

/// A point of a picture; pixel centres lie at whole numbers, rows run downwards.
public struct Point: Sendable, Hashable, Codable {
  public var y: Double
  public var x: Double
  public init(y: Double, x: Double) {
    self.y = y
    self.x = x
  }
}

extension Plan {
  /// Where a point of the source comes to lie, perhaps outside the picture; nil where it has no place.
  public func moved(_ point: Point) -> Point? { moving(point) }

  /// The points that are still in the picture, nil in the places of those that are not.
  public func kept(_ points: [Point]) -> [Point?] {
    let (size, moving) = (outputSize, moving)
    return points.map { point in
      moving(point).flatMap { place in
        (-0.5...Double(size.height) - 0.5).contains(place.y) && (-0.5...Double(size.width) - 0.5).contains(place.x)
          ? place : nil
      }
    }
  }

  /// Whether some step moves pixels by a field.
  var isBent: Bool {
    actions.contains { action in
      guard case .bend = action else { return false }
      return true
    }
  }

  /// Whether some effect lays pixels elsewhere.
  var relocates: Bool {
    actions.contains { action in
      guard case .effect(let effect) = action else { return false }
      return effect.effect is any Relocation
    }
  }

  /// The way of a point through the plan, prepared once for many points.
  var moving: (Point) -> Point? {
    guard isBent || relocates else { return matrix.moving }
    var size = sourceSize
    let ways = passes.compactMap { pass -> ((Point) -> Point?)? in
      switch pass {
      case .geometry(let geometry):
        size = geometry.outputSize
        return geometry.moving
      case .effect(let effect):
        guard let relocation = effect.effect as? any Relocation else { return nil }
        return { [size] in relocation.moved($0, in: size) }
      case .point, .tone: return nil
      }
    }
    return { point in ways.reduce(point) { place, way in place.flatMap(way) } }
  }
}

extension Matrix3 {
  /// The way of a point from the input to the output of a warp through this matrix.
  fileprivate var moving: (Point) -> Point? {
    let inverse = inverse
    return { point in inverse?(x: point.x, y: point.y).map { Point(y: $0.y, x: $0.x) } }
  }
}

extension GeometryPass {
  fileprivate var moving: (Point) -> Point? {
    guard case .warp(let warp) = self, let canvas = warp.canvas, !canvas.field.isScattered else { return matrix.moving }
    let (mesh, before, after) = (canvas.field.mesh(canvas.size), warp.matrix.moving, canvas.matrix.moving)
    return { before($0).map { mesh.looking(at: $0) }.flatMap(after) }
  }
}

extension Field {
  /// Whether every pixel moves a little its own way, so that no place moves.
  fileprivate var isScattered: Bool {
    guard case .scatter = self else { return false }
    return true
  }
}

extension Mesh {
  /// The place whose move ends at `target`: steps back by the move found so far settle where the field does not fold.
  fileprivate func looking(at target: Point) -> Point {
    var place = target
    for _ in 0..<50 {
      let move = move(at: place)
      place = Point(y: target.y - move.y, x: target.x - move.x)
    }
    return place
  }

  private func move(at place: Point) -> Point {
    let step = Double(1 << shift)
    let (u, v) = (min(Double(columns - 1), max(0, place.x / step)), min(Double(rows - 1), max(0, place.y / step)))
    let (left, top) = (min(columns - 2, Int(u)), min(rows - 2, Int(v)))
    let (fx, fy) = (u - Double(left), v - Double(top))
    func read(_ values: [Float]) -> Double {
      let at = top * columns + left
      let upper = Double(values[at]) * (1 - fx) + Double(values[at + 1]) * fx
      let lower = Double(values[at + columns]) * (1 - fx) + Double(values[at + columns + 1]) * fx
      return upper * (1 - fy) + lower * fy
    }
    return Point(y: read(dy), x: read(dx))
  }
}
