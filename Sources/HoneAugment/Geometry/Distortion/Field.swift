import CHoneKernels
import Foundation
import HoneImage

/// A displacement of every pixel: where a matrix is not enough.
public struct Bend: Sendable, Hashable, Codable {
  public var field: Field
  public var border: Border
  public var interpolation: Interpolation

  public init(_ field: Field, border: Border = .reflect101, interpolation: Interpolation = .bilinear) {
    self.field = field
    self.border = border
    self.interpolation = interpolation
  }
}

/// Where each pixel of a canvas looks, as a move in pixels from its own place.
public enum Field: Sendable, Hashable, Codable {
  /// Noise of −1…1 smoothed by a bell of `sigma` pixels, times `alpha`; one noise for both axes or one each.
  case elastic(alpha: Double, sigma: Double, together: Bool, seed: UInt64)
  /// A lens: rays bend with the square (and the fourth power) of their distance from the middle.
  case lens(Lens, strength: Double)
  /// Moves (x, y) at the nodes of a grid that spans the canvas, row by row, read between them.
  case nodes(rows: Int, columns: Int, moves: [[Double]])
  /// The columns' and the rows' new places at even steps, as fractions of a side: 0 … 1.
  case steps(x: [Double], y: [Double])
  /// The smoothest field that moves these points by these moves, all in fractions of a side.
  case thinPlate(points: [[Double]], moves: [[Double]])
  /// Sines: amplitude and length in pixels, phase in turns; `x` moves columns along y.
  case waves(x: Wave, y: Wave)
  /// A whirl about the middle: turned by `degrees` there, less outwards, a third at `radius` pixels.
  case swirl(degrees: Double, radius: Double)
  /// Every pixel takes one at most `radius` pixels away.
  case scatter(radius: Int, seed: UInt64)
}

public enum Lens: String, Sendable, Hashable, Codable, CaseIterable {
  /// OpenCV's model with k₁ = k₂ and focal lengths of the sides.
  case camera
  /// The square of the distance over the corner's.
  case fisheye
}

public struct Wave: Sendable, Hashable, Codable {
  public var amplitude: Double
  public var length: Double
  public var phase: Double

  public init(amplitude: Double, length: Double, phase: Double = 0) {
    self.amplitude = amplitude
    self.length = length
    self.phase = phase
  }

  func callAsFunction(_ place: Double) -> Double { amplitude * sin(2 * .pi * (place / max(1, length) + phase)) }
}

/// A field at nodes 2^shift pixels apart, read between them.
struct Mesh {
  let rows: Int
  let columns: Int
  let shift: Int
  private(set) var dx: [Float]
  private(set) var dy: [Float]

  init(rows: Int, columns: Int, shift: Int, dx: [Float], dy: [Float]) {
    (self.rows, self.columns, self.shift, self.dx, self.dy) = (rows, columns, shift, dx, dy)
  }

  /// How many nodes a side needs.
  static func nodes(_ side: Int, shift: Int) -> Int { (side - 1) >> shift + 2 }

  /// Asks for the move at every node.
  init(_ size: Size, shift: Int, _ move: (_ x: Double, _ y: Double) -> (x: Double, y: Double)) {
    let (rows, columns) = (Self.nodes(size.height, shift: shift), Self.nodes(size.width, shift: shift))
    var (dx, dy) = ([Float](), [Float]())
    dx.reserveCapacity(rows * columns)
    dy.reserveCapacity(rows * columns)
    for y in 0..<rows {
      for x in 0..<columns {
        let moved = move(Double(x << shift), Double(y << shift))
        dx.append(Float(moved.x))
        dy.append(Float(moved.y))
      }
    }
    self.init(rows: rows, columns: columns, shift: shift, dx: dx, dy: dy)
  }

  func withKernel(_ body: (UnsafePointer<hk_mesh>) -> Void) {
    dx.withUnsafeBufferPointer { dx in
      dy.withUnsafeBufferPointer { dy in
        var mesh = hk_mesh(
          dx: dx.baseAddress, dy: dy.baseAddress, columns: Int32(columns), rows: Int32(rows), shift: Int32(shift))
        body(&mesh)
      }
    }
  }
}
