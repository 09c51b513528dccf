public import HoneImage

/// Originals beside augmented copies, with what was drawn printed under each: a picture to look at before training.
public struct PreviewGrid: Sendable {
  /// A picture and what is printed under it.
  public struct Cell: Sendable {
    public var image: Image<UInt8>
    public var caption: String
    public init(_ image: Image<UInt8>, caption: String = "") {
      self.image = image
      self.caption = caption
    }
  }

  /// One row per original; the first cell of a row is the original itself.
  public var rows: [[Cell]]
  /// The side of the square that each picture is fitted into, in pixels.
  public var side: Int

  public init(rows: [[Cell]], side: Int = 160) {
    self.rows = rows
    self.side = max(16, side)
  }

  /// A row for each picture: itself, then copies as the pipeline changes it in epochs 0, 1, 2 …
  public init(_ pipeline: Pipeline, of pictures: [Cell], copies: Int = 6, seed: UInt64 = 0, side: Int = 160) {
    let rows = pictures.enumerated().map { position, original in
      let changed = (0..<max(0, copies)).map { epoch in
        let plan = pipeline.plan(
          for: original.image.size, channels: original.image.channels,
          key: SampleKey(seed: seed, epoch: epoch, position: position))
        return Cell(plan.applied(to: original.image), caption: plan.description)
      }
      return [original] + changed
    }
    self.init(rows: rows, side: side)
  }

  private static let gap = 8
  private static let mostLines = 12

  /// The whole grid as one picture, on white; each row is as high as its pictures and captions ask for.
  public func drawn() -> Image<UInt8> {
    let columns = max(1, rows.map(\.count).max() ?? 1)
    let strips = rows.map { $0.map { Fitted($0, side: side, lines: Self.mostLines) } }
    let heights = strips.map { ($0.map(\.picture.height).max() ?? 0, $0.map(\.lines.count).max() ?? 0) }
    let total = heights.reduce(Self.gap) { $0 + $1.0 + $1.1 * Font.lineHeight + Self.gap }
    var canvas = Image<UInt8>(
      height: total, width: columns * (side + Self.gap) + Self.gap, channels: 3, repeating: 255)
    var top = Self.gap
    for (strip, (height, lines)) in zip(strips, heights) {
      for (column, cell) in strip.enumerated() {
        cell.draw(onto: &canvas, y: top, x: Self.gap + column * (side + Self.gap), height: height, width: side)
      }
      top += height + lines * Font.lineHeight + Self.gap
    }
    return canvas
  }

  /// A cell at the size that it is shown at, its caption broken into lines.
  private struct Fitted {
    let picture: Image<UInt8>
    let lines: [String]

    init(_ cell: Cell, side: Int, lines most: Int) {
      picture = cell.image.fitted(into: side)
      let all = Font.wrapped(cell.caption, width: side)
      lines = all.count > most ? all.prefix(most - 1) + ["…"] : all
    }

    func draw(onto canvas: inout Image<UInt8>, y: Int, x: Int, height: Int, width: Int) {
      canvas.paste(picture, y: y + (height - picture.height) / 2, x: x + (width - picture.width) / 2)
      for (number, line) in lines.enumerated() {
        canvas.write(line, y: y + height + 2 + number * Font.lineHeight, x: x)
      }
    }
  }
}

extension Image where Element == UInt8 {
  /// Resized so that the longer side has `side` pixels; small pictures are enlarged by whole factors, so that their pixels
  /// can be seen.
  fileprivate func fitted(into side: Int) -> Image {
    let longer = max(height, width)
    let factor = side / longer
    if factor >= 1 {
      return resized(to: Size(height: height * factor, width: width * factor), filter: .nearest)
    }
    func scaled(_ length: Int) -> Int { max(1, (length * side + longer / 2) / longer) }
    return resized(to: Size(height: scaled(height), width: scaled(width)))
  }

  /// Copies a picture here; what sticks out is cut off. Grey becomes grey, further channels are left out.
  fileprivate mutating func paste(_ picture: Image, y: Int, x: Int) {
    for row in 0..<picture.height where (0..<height).contains(y + row) {
      for column in 0..<picture.width where (0..<width).contains(x + column) {
        for channel in 0..<3 {
          self[y + row, x + column, channel] = picture[row, column, picture.channels < 3 ? 0 : channel]
        }
      }
    }
  }

  /// Writes a line of text in dark grey.
  fileprivate mutating func write(_ text: String, y: Int, x: Int) {
    for (number, columns) in text.map(Font.columns(of:)).enumerated() {
      for (column, bits) in columns.enumerated() {
        for row in 0..<8 where bits >> UInt8(row) & 1 == 1 {
          let (py, px) = (y + row, x + number * Font.advance + column)
          guard (0..<height).contains(py), (0..<width).contains(px) else { continue }
          for channel in 0..<3 { self[py, px, channel] = 64 }
        }
      }
    }
  }
}
