import CHoneKernels
import HoneImage

/// A picture with a margin, so that every pixel's neighbours exist; the margin mirrors the picture about its edge pixels.
struct Neighborhood {
  private let row: Int
  private let step: Int
  private let elements: [UInt8]

  init(_ image: Image<UInt8>, rows: Int, columns: Int, border: Border = .reflect101) {
    let (height, width, channels) = (image.height, image.width, image.channels)
    let row = (width + 2 * columns) * channels
    let sources = (-rows..<height + rows).map { Self.place($0, of: height, border) }
    let left = (-columns..<0).map { Self.place($0, of: width, border) }
    let right = (width..<width + columns).map { Self.place($0, of: width, border) }
    (self.row, step) = (row, channels)
    elements = [UInt8](unsafeUninitializedCapacity: row * sources.count) { out, filled in
      image.elements.withUnsafeBufferPointer { pixels in
        guard let from = pixels.baseAddress, let to = out.baseAddress else { return }
        for (y, source) in sources.enumerated() {
          let (line, target) = (from + source * width * channels, to + y * row)
          func copy(_ column: Int, to slot: Int) {
            for channel in 0..<channels { target[slot * channels + channel] = line[column * channels + channel] }
          }
          for (slot, column) in left.enumerated() { copy(column, to: slot) }
          (target + columns * channels).update(from: line, count: width * channels)
          for (slot, column) in right.enumerated() { copy(column, to: columns + width + slot) }
        }
      }
      filled = row * sources.count
    }
  }

  private static func place(_ index: Int, of length: Int, _ border: Border) -> Int {
    Int(hk_border_index(Int32(index), Int32(length), border.code))
  }

  /// Where the neighbours of one row's pixels begin.
  struct Place {
    fileprivate let corner: UnsafePointer<UInt8>
    fileprivate let row: Int
    fileprivate let step: Int
    /// The row's neighbours so far down and right of the margin's corner.
    func callAsFunction(_ dy: Int, _ dx: Int) -> UnsafePointer<UInt8> { corner + dy * row + dx * step }
  }

  /// Calls for each of the picture's rows.
  func forEachRow(of height: Int, _ body: (_ y: Int, _ at: Place) -> Void) {
    elements.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for y in 0..<height { body(y, Place(corner: base + y * row, row: row, step: step)) }
    }
  }
}

extension Image where Element == UInt8 {
  /// Elements in a row.
  var rowLength: Int { width * channels }

  /// Each row made from what lies around it.
  mutating func remake(
    around margin: (rows: Int, columns: Int), border: Border = .reflect101,
    _ make: (_ y: Int, _ at: Neighborhood.Place, _ out: UnsafeMutablePointer<UInt8>) -> Void
  ) {
    let around = Neighborhood(self, rows: margin.rows, columns: margin.columns, border: border)
    let (height, length) = (height, rowLength)
    // New elements, as the old ones may be someone else's and would be copied in vain.
    elements = [UInt8](unsafeUninitializedCapacity: height * length) { buffer, filled in
      if let out = buffer.baseAddress { around.forEachRow(of: height) { y, at in make(y, at, out + y * length) } }
      filled = height * length
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
