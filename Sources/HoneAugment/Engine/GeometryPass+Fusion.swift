import HoneImage

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
