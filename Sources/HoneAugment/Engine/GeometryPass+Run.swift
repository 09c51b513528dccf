import CHoneKernels
import HoneImage

extension GeometryPass {
  /// Reads the source through this pass.
  func run(on image: Image<UInt8>) -> Image<UInt8> {
    guard !isIdentity(on: image.size) else { return image }
    let size = outputSize
    let count = size.height * size.width * image.channels
    let elements = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      image.elements.withUnsafeBufferPointer { source in
        if let from = source.baseAddress, let to = out.baseAddress {
          run(from: from, size: image.size, channels: image.channels, to: to)
        }
      }
      filled = count
    }
    return Image(
      height: size.height, width: size.width, channels: image.channels, elements: elements,
      colorSpace: image.colorSpace)
  }

  private func run(from: UnsafePointer<UInt8>, size: Size, channels: Int, to: UnsafeMutablePointer<UInt8>) {
    switch self {
    case .gather(let rect, let symmetry):
      Self.gather(from, stride: size.width * channels, channels: channels, rect: rect, symmetry: symmetry, to: to)
    case .resample(let resample): resample.run(from: from, size: size, channels: channels, to: to)
    case .warp(let warp): warp.run(from: from, width: size.width, channels: channels, to: to)
    }
  }

  static func gather(
    _ from: UnsafePointer<UInt8>, stride: Int, channels: Int, rect: Rect, symmetry: Symmetry,
    to: UnsafeMutablePointer<UInt8>
  ) {
    let output = symmetry.outputSize(of: rect.size)
    let (transposed, rows, columns) = symmetry.parts
    let (rowStep, columnStep) = transposed ? (channels, stride) : (stride, channels)
    var origin = from + rect.y * stride + rect.x * channels
    if rows { origin += (output.height - 1) * rowStep }
    if columns { origin += (output.width - 1) * columnStep }
    hk_gather(
      origin, rows ? -rowStep : rowStep, columns ? -columnStep : columnStep, output.height, output.width,
      Int32(channels), to)
  }
}

extension Resample {
  /// Rows first shrink across into a strip of their own, then strips are weighed together downwards.
  func run(from: UnsafePointer<UInt8>, size source: Size, channels: Int, to: UnsafeMutablePointer<UInt8>) {
    let (transposed, rows, columns) = symmetry.parts
    let across = ResampleWeights(
      filter, origin: box.x, length: box.width, size: size.width, window: window.x..<window.x + window.width,
      valid: valid.x..<valid.x + valid.width, mirrored: !transposed && columns)
    let down = ResampleWeights(
      filter, origin: box.y, length: box.height, size: size.height, window: window.y..<window.y + window.height,
      valid: valid.y..<valid.y + valid.height, mirrored: !transposed && rows)
    let bytes = source.height * source.width * channels
    guard transposed else {
      Self.resize(
        from, bytes: bytes, stride: source.width * channels, channels: channels, across: across, down: down, to: to)
      return
    }
    let stride = window.width * channels
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: stride * window.height) { upright in
      guard let base = upright.baseAddress else { return }
      Self.resize(
        from, bytes: bytes, stride: source.width * channels, channels: channels, across: across, down: down, to: base)
      GeometryPass.gather(
        base, stride: stride, channels: channels, rect: Rect(window.size), symmetry: symmetry, to: to)
    }
  }

  private static func resize(
    _ from: UnsafePointer<UInt8>, bytes: Int, stride: Int, channels: Int, across: ResampleWeights,
    down: ResampleWeights,
    to: UnsafeMutablePointer<UInt8>
  ) {
    let span = down.used
    let strip = across.count * channels
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: strip * span.count) { strips in
      guard let base = strips.baseAddress else { return }
      let start = span.lowerBound * stride
      hk_resample_rows(
        from + start, stride, span.count, bytes - start, Int32(channels), across.starts, across.counts, across.weights,
        Int32(across.taps), across.count, base)
      down.weigh(base, strip: strip, first: span.lowerBound, to: to)
    }
  }
}

extension ResampleWeights {
  fileprivate func weigh(_ strips: UnsafePointer<UInt8>, strip: Int, first: Int, to: UnsafeMutablePointer<UInt8>) {
    weights.withUnsafeBufferPointer { weights in
      guard let base = weights.baseAddress else { return }
      withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: taps) { rows in
        for slot in starts.indices {
          for tap in 0..<Int(counts[slot]) {
            rows.initializeElement(at: tap, to: strips + (Int(starts[slot]) - first + tap) * strip)
          }
          hk_weighted_rows(rows.baseAddress, base + slot * taps, counts[slot], strip, to + slot * strip)
        }
      }
    }
  }
}

extension WarpPass {
  func run(from: UnsafePointer<UInt8>, width: Int, channels: Int, to: UnsafeMutablePointer<UInt8>) {
    var source = hk_source()
    source.pixels = from
    source.stride = width * channels
    source.channels = Int32(channels)
    (source.left, source.top) = (Int32(valid.x), Int32(valid.y))
    (source.right, source.bottom) = (Int32(valid.x + valid.width), Int32(valid.y + valid.height))
    source.border = border.code
    withUnsafeMutableBytes(of: &source.fill) { Self.spread(border.fill, channels: channels, into: $0) }
    let mesh = canvas.map { $0.field.mesh($0.size) }
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * size.width) { coordinates in
      guard let x = coordinates.baseAddress else { return }
      for row in 0..<size.height {
        let out = to + row * size.width * channels
        setCoordinates(row: row, x: x, y: x + size.width)
        if let mesh { bend(by: mesh, x: x, y: x + size.width) }
        hk_remap_row(&source, x, x + size.width, size.width, interpolation.code, out)
        for clip in clips { hide(clip, row: row, channels: channels, out: out) }
      }
    }
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

  /// Paints what lies outside a canvas; the canvas is convex, so in every row that is a stretch at either end.
  private func hide(_ clip: Clip, row: Int, channels: Int, out: UnsafeMutablePointer<UInt8>) {
    func shows(_ column: Int) -> Bool {
      guard let point = clip.matrix(x: Double(column), y: Double(row)) else { return false }
      return point.x >= -0.5 && point.y >= -0.5 && point.x < Double(clip.size.width) - 0.5
        && point.y < Double(clip.size.height) - 0.5
    }
    var first = 0
    while first < size.width && !shows(first) { first += 1 }
    var last = size.width
    while last > first && !shows(last - 1) { last -= 1 }
    paint(0..<first, channels: channels, out: out)
    paint(last..<size.width, channels: channels, out: out)
  }

  private func paint(_ columns: Range<Int>, channels: Int, out: UnsafeMutablePointer<UInt8>) {
    for column in columns {
      for channel in 0..<channels { out[column * channels + channel] = outside[min(channel, outside.count - 1)] }
    }
  }
}
