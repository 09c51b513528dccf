import Foundation
import HoneImage

/// Solves and reads a thin plate spline: affine part and one bump r² log r for each point.
struct ThinPlate {
  private let points: [[Double]]
  /// For each axis: a weight per point, then the constant and the two slopes.
  private let weights: [[Double]]

  /// Points that coincide or lie on a line have no spline; then nothing moves.
  init(_ points: [[Double]], _ moves: [[Double]]) {
    let sound = points.count == moves.count && (points + moves).allSatisfy { $0.count == 2 }
    self.points = sound ? points : []
    let count = self.points.count
    var system = [[Double]](repeating: [Double](repeating: 0, count: count + 5), count: count + 3)
    for (row, point) in self.points.enumerated() {
      for (column, other) in self.points.enumerated() { system[row][column] = Self.bump(point, other) }
      for (offset, value) in ([1] + point).enumerated() {
        system[row][count + offset] = value
        system[count + offset][row] = value
      }
      system[row].replaceSubrange(count + 3..<count + 5, with: moves[row])
    }
    weights = Self.solved(system) ?? [[Double]](repeating: [Double](repeating: 0, count: count + 3), count: 2)
  }

  func mesh(_ size: Size) -> Mesh {
    let (width, height) = (Double(max(1, size.width - 1)), Double(max(1, size.height - 1)))
    return Mesh(size, shift: 1 + Field.shift(for: size)) { x, y in
      let place = [x / width, y / height]
      let bumps = points.map { Self.bump(place, $0) } + [1] + place
      func read(_ axis: Int) -> Double { zip(weights[axis], bumps).reduce(0) { $0 + $1.0 * $1.1 } }
      return (read(0) * width, read(1) * height)
    }
  }

  private static func bump(_ a: [Double], _ b: [Double]) -> Double {
    let square = (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])
    return square > 1e-18 ? 0.5 * square * log(square) : 0
  }

  /// Gauss and Jordan's elimination; the last two columns are the right-hand sides.
  private static func solved(_ system: [[Double]]) -> [[Double]]? {
    var rows = system
    for column in rows.indices {
      guard let pivot = (column..<rows.count).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
        abs(rows[pivot][column]) > 1e-9
      else { return nil }
      rows.swapAt(column, pivot)
      for other in rows.indices where other != column && rows[other][column] != 0 {
        let factor = rows[other][column] / rows[column][column]
        for index in column..<rows[other].count { rows[other][index] -= factor * rows[column][index] }
      }
    }
    return (0..<2).map { side in rows.indices.map { rows[$0][rows.count + side] / rows[$0][$0] } }
  }
}
