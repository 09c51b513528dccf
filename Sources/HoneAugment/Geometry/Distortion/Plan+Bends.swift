import HoneImage

extension Plan {
  /// Whether some step moves pixels by a field.
  var isBent: Bool {
    actions.contains { action in
      guard case .bend = action else { return false }
      return true
    }
  }

  /// The way of a point through the plan, prepared once for many points.
  var moving: (Point) -> Point? {
    guard isBent else {
      let inverse = matrix.inverse
      return { point in inverse?(x: point.x, y: point.y).map { Point(y: $0.y, x: $0.x) } }
    }
    let ways = passes.compactMap { pass -> ((Point) -> Point?)? in
      guard case .geometry(let geometry) = pass else { return nil }
      return geometry.moving
    }
    return { point in ways.reduce(point) { place, way in place.flatMap(way) } }
  }
}

extension GeometryPass {
  fileprivate var moving: (Point) -> Point? {
    guard case .warp(let warp) = self, let canvas = warp.canvas else {
      let inverse = matrix.inverse
      return { point in inverse?(x: point.x, y: point.y).map { Point(y: $0.y, x: $0.x) } }
    }
    let (mesh, before, after) = (canvas.field.mesh(canvas.size), warp.matrix.inverse, canvas.matrix.inverse)
    return { point in
      before?(x: point.x, y: point.y).flatMap { mesh.looking(at: $0) }.flatMap { after?(x: $0.x, y: $0.y) }
        .map { Point(y: $0.y, x: $0.x) }
    }
  }
}

extension Mesh {
  /// The place whose move ends at `target`: steps back by the move found so far settle where the field does not fold.
  fileprivate func looking(at target: (x: Double, y: Double)) -> (x: Double, y: Double)? {
    var place = target
    for _ in 0..<50 {
      let move = move(at: place)
      place = (target.x - move.x, target.y - move.y)
    }
    return place
  }

  private func move(at place: (x: Double, y: Double)) -> (x: Double, y: Double) {
    let step = Double(1 << shift)
    let (u, v) = (
      min(Double(columns - 1), max(0, place.x / step)), min(Double(rows - 1), max(0, place.y / step))
    )
    let (left, top) = (min(columns - 2, Int(u)), min(rows - 2, Int(v)))
    let (fx, fy) = (u - Double(left), v - Double(top))
    func read(_ values: [Float]) -> Double {
      let at = top * columns + left
      let upper = Double(values[at]) * (1 - fx) + Double(values[at + 1]) * fx
      let lower = Double(values[at + columns]) * (1 - fx) + Double(values[at + columns + 1]) * fx
      return upper * (1 - fy) + lower * fy
    }
    return (read(dx), read(dy))
  }
}
