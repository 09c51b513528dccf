import CHoneKernels
import HoneImage

/// A row of a picture and those around it, each with a margin, so that every pixel's neighbours exist. The rows that are
/// near lie in a ring; each is copied into it once.
struct Neighborhood {
  private let margin: (rows: Int, columns: Int)
  private let border: Border
  private let height: Int
  private let length: Int
  private let step: Int
  /// For each column of the margins, in elements of a row: where it lies and what it shows.
  private let shown: [(place: Int, from: Int)]

  init(_ image: Image<UInt8>, rows: Int, columns: Int, border: Border) {
    (margin, self.border, step) = ((rows, columns), border, image.channels)
    (height, length) = (image.height, image.rowLength)
    let (width, channels) = (image.width, image.channels)
    shown = [-columns..<0, width..<width + columns].joined().flatMap { column in
      let from = Int(hk_border_index(Int32(column), Int32(width), border.code))
      return (0..<channels).map { (place: column * channels + $0, from: from * channels + $0) }
    }
  }

  /// The rows around one row's pixels.
  struct Place {
    fileprivate let lines: UnsafePointer<UnsafeMutablePointer<UInt8>>
    fileprivate let step: Int
    /// The row's neighbours so far down and right of the margin's corner.
    func callAsFunction(_ dy: Int, _ dx: Int) -> UnsafePointer<UInt8> { UnsafePointer(lines[dy]) + dx * step }
  }

  /// Calls for each of the picture's rows.
  func forEachRow(of pixels: UnsafePointer<UInt8>, _ body: (_ y: Int, _ at: Place) -> Void) {
    let (reach, stride) = (2 * margin.rows + 1, length + 2 * margin.columns * step)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: reach * stride) { ring in
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<UInt8>.self, capacity: reach) { lines in
        guard let base = ring.baseAddress, let first = lines.baseAddress else { return }
        func line(_ row: Int) -> UnsafeMutablePointer<UInt8> { base + (row + margin.rows) % reach * stride }
        for row in -margin.rows..<margin.rows { fill(line(row), row, pixels) }
        for y in 0..<height {
          fill(line(y + margin.rows), y + margin.rows, pixels)
          for near in 0..<reach { (first + near).initialize(to: line(y + near - margin.rows)) }
          body(y, Place(lines: first, step: step))
        }
      }
    }
  }

  /// Copies a row, which may lie outside the picture, and its margins.
  private func fill(_ line: UnsafeMutablePointer<UInt8>, _ row: Int, _ pixels: UnsafePointer<UInt8>) {
    let source = Int(hk_border_index(Int32(row), Int32(height), border.code))
    let inner = line + margin.columns * step
    hk_copy(pixels + source * length, length, inner)
    for (place, from) in shown { inner[place] = inner[from] }
  }
}

extension Image {
  /// Elements in a row.
  var rowLength: Int { width * channels }
}

extension Image where Element == UInt8 {
  /// Each row made from what lies around it.
  mutating func remake(
    around margin: (rows: Int, columns: Int), border: Border = .reflect101,
    _ make: (_ y: Int, _ at: Neighborhood.Place, _ out: UnsafeMutablePointer<UInt8>) -> Void
  ) {
    let around = Neighborhood(self, rows: margin.rows, columns: margin.columns, border: border)
    let length = rowLength
    remade { from, out in around.forEachRow(of: from) { y, at in make(y, at, out + y * length) } }
  }

  /// All elements made from the old ones, which may be someone else's and would be copied in vain.
  mutating func remade(_ make: (_ from: UnsafePointer<UInt8>, _ out: UnsafeMutablePointer<UInt8>) -> Void) {
    let old = elements
    elements = [UInt8](unsafeUninitializedCapacity: old.count) { buffer, filled in
      old.withUnsafeBufferPointer { source in
        if let from = source.baseAddress, let out = buffer.baseAddress { make(from, out) }
      }
      filled = old.count
    }
  }

  /// A part, which must lie inside, changed as a picture of its own.
  mutating func change(_ part: Rect, _ change: (_ patch: inout Image) -> Void) {
    var patch = GeometryPass.gather(part, .identity).run(on: self)
    change(&patch)
    let (stride, length, channels) = (rowLength, patch.rowLength, channels)
    patch.elements.withUnsafeBufferPointer { from in
      elements.withUnsafeMutableBufferPointer { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        for y in 0..<part.height {
          (to + (part.y + y) * stride + part.x * channels).update(from: from + y * length, count: length)
        }
      }
    }
  }

  /// Each row changed on its own.
  mutating func changeRows(_ change: (_ y: Int, _ row: UnsafeMutablePointer<UInt8>) -> Void) {
    let (height, length) = (height, rowLength)
    elements.withUnsafeMutableBufferPointer { buffer in
      guard let out = buffer.baseAddress else { return }
      for y in 0..<height { change(y, out + y * length) }
    }
  }
}
