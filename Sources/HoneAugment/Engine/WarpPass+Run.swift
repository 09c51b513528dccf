import CHoneKernels
import HoneImage

extension WarpPass {
  func run(from: UnsafePointer<UInt8>, width: Int, channels: Int, to: UnsafeMutablePointer<UInt8>) {
    if let move { return copy(from: from, width: width, channels: channels, moved: move, to: to) }
    var source = source(from, width: width, channels: channels)
    if picksUpright { return pick(from: &source, to: to) }
    hk_fetch_source(&source)
    forEachRow { row, x, y in
      let out = to + row * size.width * channels
      hk_remap_row(&source, x, y, size.width, interpolation.code, out)
      for clip in clips { hide(clip, row: row, channels: channels, out: out) }
    }
  }

  /// Where each row's pixels come from in the source, with `HK_COORDINATE_BITS` fraction bits.
  func forEachRow(_ body: (_ row: Int, _ x: UnsafePointer<Int32>, _ y: UnsafePointer<Int32>) -> Void) {
    let mesh = canvas.map { $0.field.mesh($0.size) }
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * size.width) { coordinates in
      guard let x = coordinates.baseAddress else { return }
      let y = x + size.width
      for row in 0..<size.height {
        setCoordinates(row: row, x: x, y: y)
        if let mesh { bend(by: mesh, x: x, y: y) }
        body(row, x, y)
      }
    }
  }

  private func source(_ from: UnsafePointer<UInt8>, width: Int, channels: Int) -> hk_source {
    var source = hk_source()
    source.pixels = from
    source.stride = width * channels
    source.channels = Int32(channels)
    (source.left, source.top) = (Int32(valid.x), Int32(valid.y))
    (source.right, source.bottom) = (Int32(valid.x + valid.width), Int32(valid.y + valid.height))
    source.border = border.code
    withUnsafeMutableBytes(of: &source.fill) { Self.spread(border.fill, channels: channels, into: $0) }
    return source
  }

  private static func spread(_ levels: [UInt8], channels: Int, into bytes: UnsafeMutableRawBufferPointer) {
    for channel in 0..<min(channels, bytes.count) { bytes[channel] = levels[min(channel, levels.count - 1)] }
  }

  private func setCoordinates(row: Int, x: UnsafeMutablePointer<Int32>, y: UnsafeMutablePointer<Int32>) {
    let first = canvas?.matrix ?? matrix
    guard first.isAffine else {
      hk_projective_row(first.m, Double(row), size.width, x, y)
      return
    }
    let m = first.m
    let (startX, startY) = (m[1] * Double(row) + m[2], m[4] * Double(row) + m[5])
    if interpolation == .nearest && canvas == nil {
      hk_nearest_row(startX, m[0], startY, m[3], size.width, x, y)
    } else {
      hk_affine_row(Self.fixed(startX), Self.fixed(m[0]), Self.fixed(startY), Self.fixed(m[3]), size.width, x, y)
    }
  }

  private func bend(by mesh: Mesh, x: UnsafeMutablePointer<Int32>, y: UnsafeMutablePointer<Int32>) {
    mesh.withKernel { hk_bend($0, size.width, x, y) }
    if matrix != .identity { hk_affine_points(matrix.m, size.width, x, y) }
  }

  /// 24 fraction bits; what no picture reaches is moved nearer.
  private static func fixed(_ value: Double) -> Int64 {
    guard value.isFinite else { return 0 }
    return Int64((min(0x1p30, max(-0x1p30, value)) * 0x1p24).rounded())
  }

  /// The columns that lie on a canvas; it is convex, so in every row what lies beside it is a stretch at either end.
  func shown(_ clip: Clip, row: Int) -> Range<Int> {
    func shows(_ column: Int) -> Bool {
      guard let point = clip.matrix(x: Double(column), y: Double(row)) else { return false }
      return point.x >= -0.5 && point.y >= -0.5 && point.x < Double(clip.size.width) - 0.5
        && point.y < Double(clip.size.height) - 0.5
    }
    var first = 0
    while first < size.width && !shows(first) { first += 1 }
    var last = size.width
    while last > first && !shows(last - 1) { last -= 1 }
    return first..<last
  }

  private func hide(_ clip: Clip, row: Int, channels: Int, out: UnsafeMutablePointer<UInt8>) {
    let seen = shown(clip, row: row)
    paint(0..<seen.lowerBound, channels: channels, out: out)
    paint(seen.upperBound..<size.width, channels: channels, out: out)
  }

  private func paint(_ columns: Range<Int>, channels: Int, out: UnsafeMutablePointer<UInt8>) {
    for column in columns {
      for channel in 0..<channels { out[column * channels + channel] = outside[min(channel, outside.count - 1)] }
    }
  }
}
