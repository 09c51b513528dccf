import Foundation
import HoneImage

/// A box that may lie aslant.
///
/// - Units: counted from the picture's edges, as `Box`; `degrees` counter-clockwise.
public struct TurnedBox: Sendable, Hashable, Codable {
  public var center: Point
  public var height: Double
  public var width: Double
  public var degrees: Double

  public init(center: Point, height: Double, width: Double, degrees: Double) {
    self.center = center
    self.height = height
    self.width = width
    self.degrees = degrees
  }

  public init(_ box: Box) {
    self.init(
      center: Point(y: box.y + box.height / 2, x: box.x + box.width / 2), height: box.height, width: box.width,
      degrees: 0)
  }

  /// Clockwise from the one that is top left when it stands upright.
  public var corners: [Point] { outline(1) }

  /// So many points on each side, clockwise from that corner.
  func outline(_ points: Int) -> [Point] {
    let corners = [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)].map { place(x: $0.0 * width, y: $0.1 * height) }
    return corners.indices.flatMap { index -> [Point] in
      let (a, b) = (corners[index], corners[(index + 1) % 4])
      return (0..<points).map { step in
        let part = Double(step) / Double(points)
        return Point(y: a.y + (b.y - a.y) * part, x: a.x + (b.x - a.x) * part)
      }
    }
  }

  /// A place of the box that stands upright about the origin.
  private func place(x: Double, y: Double) -> Point {
    let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
    return Point(y: center.y - s * x + c * y, x: center.x + c * x + s * y)
  }

  /// The smallest one around an outline; a side of it lies along one of the outline's hull. Its top is where the outline's
  /// first quarter is. Nil for fewer than three points.
  init?(around outline: [Point]) {
    let hull = outline.hull
    guard hull.count > 2 else { return nil }
    let around = hull.indices.map { index -> TurnedBox in
      let (a, b) = (hull[index], hull[(index + 1) % hull.count])
      return TurnedBox(around: hull, degrees: atan2(a.y - b.y, b.x - a.x) * 180 / .pi)
    }
    guard let smallest = around.min(by: { $0.height * $0.width < $1.height * $1.width }) else { return nil }
    let (start, end) = (outline[0], outline[outline.count / 4])
    self = smallest.standing(with: atan2(start.y - end.y, end.x - start.x) * 180 / .pi)
  }

  /// The smallest one at a given angle.
  private init(around points: [Point], degrees: Double) {
    let upright = TurnedBox(center: Point(y: 0, x: 0), height: 0, width: 0, degrees: -degrees)
    let turned = points.map { upright.place(x: $0.x, y: $0.y) }
    let (ys, xs) = (turned.map(\.y), turned.map(\.x))
    let (top, bottom) = (ys.min() ?? 0, ys.max() ?? 0)
    let (left, right) = (xs.min() ?? 0, xs.max() ?? 0)
    self.init(center: Point(y: 0, x: 0), height: bottom - top, width: right - left, degrees: degrees)
    center = place(x: (left + right) / 2, y: (top + bottom) / 2)
  }

  /// The same box, described by the one of its four sides that lies nearest to a direction.
  private func standing(with direction: Double) -> TurnedBox {
    let quarters = ((direction - degrees) / 90).rounded()
    let turned = degrees + 90 * quarters
    let swaps = Int(quarters) % 2 != 0
    return TurnedBox(
      center: center, height: swaps ? width : height, width: swaps ? height : width,
      degrees: turned - 360 * (turned / 360).rounded())
  }
}

extension [Point] {
  /// The convex hull; Andrew's monotone chain, 1979.
  fileprivate var hull: [Point] {
    let sorted = Set(self).sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    func chain(_ points: [Point]) -> [Point] {
      points.reduce(into: [Point]()) { chain, point in
        while chain.count > 1, chain[chain.count - 2].turn(over: chain[chain.count - 1], to: point) <= 0 {
          chain.removeLast()
        }
        chain.append(point)
      }
    }
    return chain(sorted).dropLast() + chain(sorted.reversed()).dropLast()
  }

  /// The area of a polygon.
  var area: Double {
    let doubled = indices.reduce(0.0) { sum, index in
      let (a, b) = (self[index], self[(index + 1) % count])
      return sum + a.x * b.y - b.x * a.y
    }
    return abs(doubled) / 2
  }

  /// The part of a convex polygon that lies in a picture; Sutherland & Hodgman, 1974.
  func clipped(to size: Size) -> [Point] {
    cut { $0.x }.cut { $0.y }.cut { Double(size.width) - $0.x }.cut { Double(size.height) - $0.y }
  }

  /// The part on one side of a line, `inside` being the distance from it.
  private func cut(_ inside: (Point) -> Double) -> [Point] {
    indices.flatMap { index -> [Point] in
      let (a, b) = (self[index], self[(index + 1) % count])
      let (from, to) = (inside(a), inside(b))
      let kept = from >= 0 ? [a] : []
      guard from * to < 0 else { return kept }
      let part = from / (from - to)
      return kept + [Point(y: a.y + (b.y - a.y) * part, x: a.x + (b.x - a.x) * part)]
    }
  }
}

extension Point {
  /// Positive where the way over another point to a third turns one way, negative where it turns the other.
  fileprivate func turn(over middle: Point, to end: Point) -> Double {
    (middle.x - x) * (end.y - y) - (middle.y - y) * (end.x - x)
  }
}
