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
      across.resample(
        from + start, stride: stride, rows: span.count, readable: bytes - start, channels: channels, to: base)
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
