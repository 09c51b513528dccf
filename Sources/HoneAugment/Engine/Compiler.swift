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

extension GeometryPass {
  /// This pass and an action as one pass; nil where one resampling cannot say it.
  func followed(by action: Action) -> GeometryPass? {
    switch action {
    case .symmetry(let symmetry): followed(by: symmetry)
    case .window(let rect, let border): followed(by: rect, border)
    case .resize(let box, let size, let filter): followed(by: box, size, filter)
    case .warp(let warp): followed(by: warp)
    case .bend(let bend): followed(by: bend)
    case .table, .matrix, .hue, .shade, .tone, .effect: nil
    }
  }

  private func followed(by next: Symmetry) -> GeometryPass {
    switch self {
    case .gather(let rect, let symmetry):
      return .gather(rect, symmetry.then(next))
    case .resample(var resample):
      resample.symmetry = resample.symmetry.then(next)
      return .resample(resample)
    case .warp(let warp):
      let size = next.outputSize(of: warp.size)
      return .warp(warp.read(through: next.matrix(output: size), size: size))
    }
  }

  private func followed(by rect: Rect, _ border: Border) -> GeometryPass? {
    guard rect.lies(in: outputSize) else {
      return followed(
        by: Warp(
          matrix: .translation(x: Double(rect.x), y: Double(rect.y)), size: rect.size, border: border,
          interpolation: .nearest))
    }
    switch self {
    case .gather(let region, let symmetry):
      let inner = symmetry.source(of: rect, output: outputSize)
      return .gather(inner.moved(y: region.y, x: region.x), symmetry)
    case .resample(var resample):
      let inner = resample.symmetry.source(of: rect, output: outputSize)
      resample.window = inner.moved(y: resample.window.y, x: resample.window.x)
      return .resample(resample)
    case .warp(let warp):
      return .warp(warp.read(through: .translation(x: Double(rect.x), y: Double(rect.y)), size: rect.size))
    }
  }

  private func followed(by box: Box, _ size: Size, _ filter: ResizeFilter) -> GeometryPass? {
    guard filter != .nearest else { return followed(by: Warp(nearest: box, size: size)) }
    guard case .gather(let region, let symmetry) = self else { return nil }
    let inner = symmetry.source(of: box, output: outputSize)
    let before = symmetry.parts.transposed ? Size(height: size.width, width: size.height) : size
    let moved = Box(
      y: inner.y + Double(region.y), x: inner.x + Double(region.x), height: inner.height, width: inner.width)
    return .resample(
      Resample(valid: region, box: moved, size: before, window: Rect(before), symmetry: symmetry, filter: filter))
  }

  private func followed(by next: Warp) -> GeometryPass? {
    switch self {
    case .gather(let region, _):
      return .warp(
        WarpPass(
          matrix: matrix * next.matrix, size: next.size, valid: region, border: next.border,
          interpolation: next.interpolation))
    case .resample(let resample):
      guard resample.enlarges, resample.filter == .bilinear, next.interpolation == .bilinear else { return nil }
      let base = WarpPass(
        matrix: resample.matrix, size: outputSize, valid: resample.valid, border: .edge, interpolation: .bilinear)
      return base.followed(by: next).map { .warp($0) }
    case .warp(let warp):
      return warp.followed(by: next).map { .warp($0) }
    }
  }
}

extension GeometryPass {
  /// A field over pixels that were only laid out anew; over resampled ones it is a pass of its own.
  fileprivate func followed(by bend: Bend) -> GeometryPass? {
    guard case .gather(let region, _) = self else { return nil }
    return .warp(
      WarpPass(
        matrix: matrix, size: outputSize, valid: region, border: bend.border, interpolation: bend.interpolation,
        canvas: WarpPass.Canvas(field: bend.field, size: outputSize, matrix: .identity)))
  }
}

extension WarpPass {
  /// Two warps as one. Where the second looks beyond the first one's canvas, its constant border becomes a clip; any other
  /// border there cannot be expressed.
  func followed(by next: Warp) -> WarpPass? {
    var first = self
    if interpolation != next.interpolation {
      if movesWholePixels { first.interpolation = next.interpolation } else if !next.movesWholePixels { return nil }
    }
    var fused = first.read(through: next.matrix, size: next.size)
    guard !next.staysInside(size) else { return fused }
    guard next.border.isConstant, clips.isEmpty || outside == next.border.fill else { return nil }
    fused.clips.append(Clip(matrix: next.matrix, size: size))
    fused.outside = next.border.fill
    return fused
  }
}

extension Warp {
  /// A resize that takes the nearest pixel.
  init(nearest box: Box, size: Size) {
    let (y, x) = (box.height / Double(size.height), box.width / Double(size.width))
    let matrix = Matrix3([x, 0, box.x + 0.5 * x - 0.5, 0, y, box.y + 0.5 * y - 0.5, 0, 0, 1])
    self.init(matrix: matrix, size: size, border: .edge, interpolation: .nearest)
  }

  var movesWholePixels: Bool {
    WarpPass(matrix: matrix, size: size, valid: Rect(size), border: border, interpolation: interpolation)
      .movesWholePixels
  }

  /// Whether every output pixel shows a point between pixel centres of a picture of this size.
  func staysInside(_ picture: Size) -> Bool {
    let (bottom, right) = (Double(size.height - 1), Double(size.width - 1))
    return [(0.0, 0.0), (right, 0), (0, bottom), (right, bottom)].allSatisfy { corner in
      guard let point = matrix(x: corner.0, y: corner.1) else { return false }
      let slack = 1e-6
      return point.x >= -slack && point.x <= Double(picture.width - 1) + slack && point.y >= -slack
        && point.y <= Double(picture.height - 1) + slack
    }
  }
}

extension Rect {
  func moved(y: Int, x: Int) -> Rect { Rect(y: self.y + y, x: self.x + x, height: height, width: width) }
}

extension GeometryPass {
  /// The same pass for a picture that was decoded at a smaller size than planned for.
  func reading(_ actual: Size, insteadOf planned: Size) -> GeometryPass {
    guard actual != planned else { return self }
    let scale = (y: Self.ratio(actual.height, planned.height), x: Self.ratio(actual.width, planned.width))
    switch self {
    case .gather(let rect, let symmetry):
      return .resample(
        Resample(
          valid: rect.scaled(scale, within: actual), box: Box(rect).scaled(scale, within: actual), size: rect.size,
          window: Rect(rect.size), symmetry: symmetry, filter: .bilinear))
    case .resample(var resample):
      resample.valid = resample.valid.scaled(scale, within: actual)
      resample.box = resample.box.scaled(scale, within: actual)
      return .resample(resample)
    case .warp(var warp):
      let grid = Matrix3([scale.x, 0, 0.5 * scale.x - 0.5, 0, scale.y, 0.5 * scale.y - 0.5, 0, 0, 1])
      warp.matrix = grid * warp.matrix
      warp.valid = warp.valid.scaled(scale, within: actual)
      return .warp(warp)
    }
  }

  /// The same pass for a source whose origin lies elsewhere.
  func moved(y: Int, x: Int) -> GeometryPass {
    switch self {
    case .gather(let rect, let symmetry): return .gather(rect.moved(y: y, x: x), symmetry)
    case .resample(var resample):
      resample.valid = resample.valid.moved(y: y, x: x)
      resample.box.y += Double(y)
      resample.box.x += Double(x)
      return .resample(resample)
    case .warp(var warp):
      warp.valid = warp.valid.moved(y: y, x: x)
      warp.matrix = .translation(x: Double(x), y: Double(y)) * warp.matrix
      return .warp(warp)
    }
  }

  /// Decoders that reduce by n/8 round sides up; the true scale is n/8 and not the quotient of the sides.
  private static func ratio(_ actual: Int, _ planned: Int) -> Double {
    for n in 1...8 where (planned * n + 7) / 8 == actual { return Double(n) / 8 }
    return Double(actual) / Double(planned)
  }
}

extension Box {
  func scaled(_ scale: (y: Double, x: Double), within size: Size) -> Box {
    let top = min(y * scale.y, Double(size.height) - 1e-3)
    let left = min(x * scale.x, Double(size.width) - 1e-3)
    return Box(
      y: top, x: left, height: min(height * scale.y, Double(size.height) - top),
      width: min(width * scale.x, Double(size.width) - left))
  }
}

extension Rect {
  func scaled(_ scale: (y: Double, x: Double), within size: Size) -> Rect {
    let bounds = Box(self).scaled(scale, within: size).bounds
    let top = min(bounds.y, size.height - 1)
    let left = min(bounds.x, size.width - 1)
    return Rect(
      y: top, x: left, height: min(bounds.height, size.height - top), width: min(bounds.width, size.width - left))
  }
}
