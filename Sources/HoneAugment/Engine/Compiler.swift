import CHoneKernels
import HoneImage

/// Turns drawn actions into as few passes as give the same picture.
///
/// Adjacent geometric actions become one resampling where one can express them; a pass carries the rectangle that it may
/// read and the border rule, so a crop before a rotation still shows fill and not pixels from outside the crop.
struct Compiler {
  private(set) var passes: [Pass] = []
  private var pending: GeometryPass
  private var entered: Size

  /// The passes of a plan. The first is always the geometry that reads the source.
  static func passes(for actions: [Action], source: Size) -> [Pass] {
    var compiler = Compiler(source: source)
    for action in actions { compiler.add(action) }
    compiler.flush()
    return compiler.passes
  }

  private init(source: Size) {
    pending = .gather(Rect(source), .identity)
    entered = source
  }

  private mutating func add(_ action: Action) {
    switch action {
    case .symmetry, .window, .resize, .warp, .bend: addGeometry(action)
    case .table(let table): addPoint(.table(table))
    case .matrix(let matrix): addPoint(.matrix(matrix.fixedPoint))
    case .hue(let turns): addPoint(.hue(Self.hueShift(turns)))
    case .shade(let saturation, let value): addPoint(.shade(Float(saturation), Float(255 * value)))
    case .tone(let tone): addOther(.tone(tone))
    case .effect(let effect): addOther(.effect(effect))
    }
  }

  private mutating func addGeometry(_ action: Action) {
    if case .resize(let box, let size, let filter) = action, box.bounds != Rect(pending.outputSize) {
      narrow(to: box, then: size, filter)
    } else if let fused = pending.followed(by: action) {
      pending = fused
    } else {
      flush()
      // A fresh pass over a whole picture can take any action.
      pending = pending.followed(by: action) ?? pending
    }
  }

  /// A resize of a part first takes that part, so that the passes before it make no pixel in vain.
  private mutating func narrow(to box: Box, then size: Size, _ filter: ResizeFilter) {
    let bounds = box.bounds
    addGeometry(.window(bounds, .edge))
    let inner = Box(y: box.y - Double(bounds.y), x: box.x - Double(bounds.x), height: box.height, width: box.width)
    addGeometry(.resize(inner, size, filter))
  }

  private mutating func addPoint(_ point: PointPass) {
    flush()
    if case .table(let next) = point, case .point(.table(let last)) = passes.last {
      passes[passes.count - 1] = .point(.table(last.then(next)))
    } else {
      passes.append(.point(point))
    }
  }

  private mutating func addOther(_ pass: Pass) {
    flush()
    passes.append(pass)
  }

  /// Writes the pending geometry down and starts anew on what it makes.
  private mutating func flush() {
    let size = pending.outputSize
    if passes.isEmpty || !pending.isIdentity(on: entered) { passes.append(.geometry(pending)) }
    pending = .gather(Rect(size), .identity)
    entered = size
  }

  private static func hueShift(_ turns: Double) -> Int32 {
    let fraction = turns - turns.rounded(.down)
    return Int32((fraction * 1536).rounded()) % 1536
  }
}

extension ColorMatrix {
  var fixedPoint: [Int32] {
    // No larger number makes sense, and none of these overflows the kernel's 32 bits.
    rows.enumerated().map { index, number in
      let limit = index % 4 == 3 ? 1024.0 : 100.0
      return Int32((min(limit, max(-limit, number)) * Double(1 << HK_MATRIX_BITS)).rounded())
    }
  }
}
