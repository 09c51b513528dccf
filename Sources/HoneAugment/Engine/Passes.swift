import HoneImage

/// The one resampling that a run of geometric actions becomes: where each output pixel comes from.
enum GeometryPass: Sendable, Hashable {
  /// Pixels of a rectangle laid out anew.
  case gather(Rect, Symmetry)
  case resample(Resample)
  case warp(WarpPass)

  var outputSize: Size {
    switch self {
    case .gather(let rect, let symmetry): symmetry.outputSize(of: rect.size)
    case .resample(let resample): resample.symmetry.outputSize(of: resample.window.size)
    case .warp(let warp): warp.size
    }
  }

  /// Output pixel to source pixel.
  var matrix: Matrix3 {
    switch self {
    case .gather(let rect, let symmetry):
      .translation(x: Double(rect.x), y: Double(rect.y)) * symmetry.matrix(output: outputSize)
    case .resample(let resample): resample.matrix
    case .warp(let warp): warp.canvas.map { warp.matrix * $0.matrix } ?? warp.matrix
    }
  }

  func isIdentity(on size: Size) -> Bool { self == .gather(Rect(size), .identity) }
}

/// An antialiased resize of a box, of which a window is kept, laid out by a symmetry.
struct Resample: Sendable, Hashable {
  /// Pixels that may be read.
  var valid: Rect
  /// What is resized, within `valid`.
  var box: Box
  /// The size that the whole box becomes.
  var size: Size
  /// The part of it that is kept.
  var window: Rect
  var symmetry: Symmetry
  var filter: ResizeFilter

  /// How many source rows and columns become one.
  var reduction: (y: Double, x: Double) { (box.height / Double(size.height), box.width / Double(size.width)) }
  var enlarges: Bool { reduction.y <= 1 && reduction.x <= 1 }

  /// Source pixels that the window can read: its own stretch, and the widest filter's reach around it.
  var needed: Rect {
    func stretch(_ origin: Double, _ scale: Double, _ window: Range<Int>, _ valid: Range<Int>) -> Range<Int> {
      let reach = 3 * max(scale, 1) + 1
      let low = Int((origin + Double(window.lowerBound) * scale - reach).rounded(.down))
      let high = Int((origin + Double(window.upperBound) * scale + reach).rounded(.up))
      let first = max(valid.lowerBound, min(low, valid.upperBound - 1))
      return first..<max(first + 1, min(high, valid.upperBound))
    }
    let (scaleY, scaleX) = reduction
    let rows = stretch(box.y, scaleY, window.y..<window.y + window.height, valid.y..<valid.y + valid.height)
    let columns = stretch(box.x, scaleX, window.x..<window.x + window.width, valid.x..<valid.x + valid.width)
    return Rect(y: rows.lowerBound, x: columns.lowerBound, height: rows.count, width: columns.count)
  }

  /// Output pixel (after the symmetry) to source pixel.
  var matrix: Matrix3 {
    let (y, x) = reduction
    let grid = Matrix3([x, 0, box.x + 0.5 * x - 0.5, 0, y, box.y + 0.5 * y - 0.5, 0, 0, 1])
    return grid * .translation(x: Double(window.x), y: Double(window.y))
      * symmetry.matrix(output: symmetry.outputSize(of: window.size))
  }
}

/// A warp that remembers the edges of the pictures it skipped over.
struct WarpPass: Sendable, Hashable {
  /// Output pixel to source pixel; where there is a bent canvas, its pixel to source pixel.
  var matrix: Matrix3
  var size: Size
  /// The rectangle that may be read; the border rule holds outside it.
  var valid: Rect
  var border: Border
  var interpolation: Interpolation
  /// A canvas whose pixels are moved before they are looked up.
  var canvas: Canvas?
  /// Canvases between the source and the output: what lies outside one of them shows `outside`.
  var clips: [Clip] = []
  var outside: [UInt8] = [0]

  struct Canvas: Sendable, Hashable {
    var field: Field
    var size: Size
    /// Output pixel to the canvas's pixel.
    var matrix: Matrix3
  }

  struct Clip: Sendable, Hashable {
    /// Output pixel to the canvas's pixel.
    var matrix: Matrix3
    var size: Size
  }

  /// Whether it only moves whole pixels, so that any interpolation gives the same.
  var movesWholePixels: Bool {
    let m = matrix.m
    let turns = [m[0], m[1], m[3], m[4]]
    return canvas == nil && matrix.isAffine && turns.allSatisfy { abs($0) == 1 || $0 == 0 }
      && [m[2], m[5]].allSatisfy { $0 == $0.rounded() }
  }

  /// The same pass read through one more map.
  func read(through step: Matrix3, size: Size) -> WarpPass {
    var pass = self
    if let canvas {
      pass.canvas = Canvas(field: canvas.field, size: canvas.size, matrix: canvas.matrix * step)
    } else {
      pass.matrix = matrix * step
    }
    pass.size = size
    pass.clips = clips.map { Clip(matrix: $0.matrix * step, size: $0.size) }
    return pass
  }
}

/// One pixel's colour to another, looking at nothing else.
enum PointPass: Sendable, Hashable {
  case table(ColorTable)
  /// Fixed point, as the kernel takes it.
  case matrix([Int32])
  /// 0…1535 for the whole circle.
  case hue(Int32)
  /// Added to saturation, 0…1, and to value, in levels.
  case shade(Float, Float)
  /// Makes what is darker than a point lighter: twice its lightness, 0…510, and a factor.
  case bleach(point: Float, gain: Float)
}

/// What a plan does to pixels, in order.
enum Pass: Sendable, Hashable {
  case geometry(GeometryPass)
  case point(PointPass)
  case tone(Tone)
  case effect(AnyEffect)
}
