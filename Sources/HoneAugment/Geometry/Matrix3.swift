import Foundation
import HoneImage

/// A 3×3 matrix that maps points `(x, y, 1)` of one picture to another; pixel centres lie at whole numbers.
///
/// In a warp it maps output pixels to the input pixels that they show.
public struct Matrix3: Sendable, Hashable, Codable {
  /// Nine numbers, row by row.
  public var m: [Double]

  /// - Parameter m: exactly nine numbers.
  public init(_ m: [Double]) {
    precondition(m.count == 9, "a 3×3 matrix has nine numbers")
    self.m = m
  }

  public static let identity = Matrix3([1, 0, 0, 0, 1, 0, 0, 0, 1])

  public static func translation(x: Double, y: Double) -> Matrix3 { Matrix3([1, 0, x, 0, 1, y, 0, 0, 1]) }

  public static func scaling(x: Double, y: Double) -> Matrix3 { Matrix3([x, 0, 0, 0, y, 0, 0, 0, 1]) }

  /// Turns what is seen counter-clockwise (rows run downwards) about the origin.
  public static func rotation(degrees: Double) -> Matrix3 {
    let angle = degrees * .pi / 180
    return Matrix3([cos(angle), sin(angle), 0, -sin(angle), cos(angle), 0, 0, 0, 1])
  }

  /// `x + y·tan(x angle)`, `y + x·tan(y angle)`.
  public static func shear(x: Double, y: Double) -> Matrix3 { Matrix3([1, x, 0, y, 1, 0, 0, 0, 1]) }

  /// The same map with the origin moved to a point.
  public func about(x: Double, y: Double) -> Matrix3 { .translation(x: x, y: y) * self * .translation(x: -x, y: -y) }

  public static func * (a: Matrix3, b: Matrix3) -> Matrix3 {
    var product = [Double](repeating: 0, count: 9)
    for row in 0..<3 {
      for column in 0..<3 {
        product[row * 3 + column] =
          a.m[row * 3] * b.m[column] + a.m[row * 3 + 1] * b.m[3 + column] + a.m[row * 3 + 2] * b.m[6 + column]
      }
    }
    return Matrix3(product)
  }

  public var determinant: Double {
    m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6])
  }

  /// The map backwards; nil where it squeezes the plane to a line.
  public var inverse: Matrix3? {
    let d = determinant
    guard d.isFinite, abs(d) > 1e-12 else { return nil }
    let n = [
      m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
      m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
      m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3],
    ]
    return Matrix3(n.map { $0 / d })
  }

  public var isAffine: Bool { m[6] == 0 && m[7] == 0 && m[8] == 1 }

  /// Where a point goes; nil when it lies behind the viewer of a perspective.
  public func callAsFunction(x: Double, y: Double) -> (x: Double, y: Double)? {
    let w = m[6] * x + m[7] * y + m[8]
    guard w > 1e-12 else { return nil }
    return ((m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w)
  }

  /// Maps the pixel grid of a picture of size `to` onto one of size `from`: `(x + ½)·scale − ½`.
  static func resizing(to: Size, from: Size) -> Matrix3 {
    let x = Double(from.width) / Double(to.width)
    let y = Double(from.height) / Double(to.height)
    return Matrix3([x, 0, 0.5 * x - 0.5, 0, y, 0.5 * y - 0.5, 0, 0, 1])
  }

  /// The perspective that takes four points to four others; nil when three of them lie on a line.
  public static func perspective(from source: [(x: Double, y: Double)], to target: [(x: Double, y: Double)]) -> Matrix3?
  {
    guard source.count == 4, target.count == 4, let a = unitSquare(to: source)?.inverse, let b = unitSquare(to: target)
    else { return nil }
    let product = b * a
    guard product.m[8].isFinite, abs(product.m[8]) > 1e-12 else { return nil }
    return Matrix3(product.m.map { $0 / product.m[8] })
  }

  /// The projection of the unit square (clockwise from its origin) onto a quadrangle; Heckbert, 1989, §2.2.3.
  private static func unitSquare(to p: [(x: Double, y: Double)]) -> Matrix3? {
    let (dx1, dx2) = (p[1].x - p[2].x, p[3].x - p[2].x)
    let (dy1, dy2) = (p[1].y - p[2].y, p[3].y - p[2].y)
    let (sx, sy) = (p[0].x - p[1].x + p[2].x - p[3].x, p[0].y - p[1].y + p[2].y - p[3].y)
    let d = dx1 * dy2 - dx2 * dy1
    guard abs(d) > 1e-12 else { return nil }
    let (g, h) = ((sx * dy2 - dx2 * sy) / d, (dx1 * sy - sx * dy1) / d)
    return Matrix3([
      p[1].x - p[0].x + g * p[1].x, p[3].x - p[0].x + h * p[3].x, p[0].x,
      p[1].y - p[0].y + g * p[1].y, p[3].y - p[0].y + h * p[3].y, p[0].y,
      g, h, 1,
    ])
  }
}
