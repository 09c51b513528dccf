import HoneImage

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
