import CHoneKernels
import HoneImage

/// Warps that need no look at each pixel: they move rows, or repeat them.
extension WarpPass {
  /// How far the source's pixels lie right of and below the output's, where nothing but that happens to them.
  var move: (x: Int, y: Int)? {
    let m = matrix.m
    guard movesWholePixels, clips.isEmpty, m[0] == 1, m[1] == 0, m[3] == 0, m[4] == 1, abs(m[2]) < 1e6, abs(m[5]) < 1e6
    else { return nil }
    return (Int(m[2]), Int(m[5]))
  }

  /// Rows of the source, with the border rule on all sides.
  func copy(
    from: UnsafePointer<UInt8>, width: Int, channels: Int, moved: (x: Int, y: Int), to: UnsafeMutablePointer<UInt8>
  ) {
    let length = size.width * channels
    let first = min(size.width, max(0, valid.x - moved.x))
    let inner = first..<max(first, min(size.width, valid.x + valid.width - moved.x))
    let bytes = inner.lowerBound * channels..<inner.upperBound * channels
    let (rule, isConstant, fill) = (border.code, border.isConstant, border.fill)
    let margins = isConstant ? [] : margins(beside: inner, moved: moved.x)
    var empty = to  // where what shows nothing of the source begins
    for row in 0..<size.height {
      let out = to + row * length
      let y = Int(hk_border_index(Int32(row + moved.y - valid.y), Int32(valid.height), rule))
      guard y >= 0 else { continue }
      let line = from + ((valid.y + y) * width + valid.x) * channels
      hk_copy(line + (inner.lowerBound + moved.x - valid.x) * channels, bytes.count, out + bytes.lowerBound)
      if isConstant {
        Self.paint(empty, until: out + bytes.lowerBound, fill, channels: channels)
        empty = out + bytes.upperBound
      }
      for margin in margins {
        (out + margin.to * channels).update(from: line + margin.from * channels, count: channels)
      }
    }
    if isConstant { Self.paint(empty, until: to + size.height * length, fill, channels: channels) }
  }

  /// For each column beside the inner ones, the source's.
  private func margins(beside inner: Range<Int>, moved: Int) -> [(to: Int, from: Int)] {
    [0..<inner.lowerBound, inner.upperBound..<size.width].joined().map {
      (to: $0, from: Int(hk_border_index(Int32($0 + moved - valid.x), Int32(valid.width), border.code)))
    }
  }

  /// Whole pixels of the border's colour; as the ends of rows meet, that is one stretch from one row to the next.
  private static func paint(
    _ start: UnsafeMutablePointer<UInt8>, until end: UnsafeMutablePointer<UInt8>, _ fill: [UInt8], channels: Int
  ) {
    let count = end - start
    if fill.allSatisfy({ $0 == fill[0] }) {
      start.update(repeating: fill[0], count: count)
    } else {
      for index in 0..<count { start[index] = fill[min(index % channels, fill.count - 1)] }
    }
  }

  /// Whether every row takes the nearest pixels of one row of the source, at the same columns.
  var picksUpright: Bool {
    interpolation == .nearest && canvas == nil && clips.isEmpty && matrix.isAffine && matrix.m[1] == 0
      && matrix.m[3] == 0
  }

  /// Rows that show the same row of the source are copied from each other.
  func pick(from source: inout hk_source, to: UnsafeMutablePointer<UInt8>) {
    let (m, width, length) = (matrix.m, size.width, size.width * Int(source.channels))
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * width) { coordinates in
      guard let x = coordinates.baseAddress else { return }
      let y = x + width
      hk_nearest_row(m[2], m[0], m[5], 0, width, x, y)
      for row in 0..<size.height {
        let out = to + row * length
        var (place, line): (Int32, Int32) = (0, 0)
        hk_nearest_row(0, 0, m[4] * Double(row) + m[5], 0, 1, &place, &line)
        if row > 0 && line == y[0] {
          out.update(from: out - length, count: length)
        } else {
          y.update(repeating: line, count: width)
          hk_remap_row(&source, x, y, width, interpolation.code, out)
        }
      }
    }
  }
}
