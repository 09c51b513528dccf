public import HoneImage

/// One thing to do to a picture, with nothing left to chance: what a transform has drawn.
public enum Action: Sendable, Hashable, Codable {
  /// Lays the pixels out anew, none changed.
  case symmetry(Symmetry)
  /// Takes a rectangle; outside the picture the border rule holds.
  case window(Rect, Border)
  /// Resizes a box of the picture, antialiased where it shrinks.
  case resize(Box, Size, ResizeFilter)
  /// Resamples through a matrix.
  case warp(Warp)
  /// Moves every pixel by a field.
  case bend(Bend)
  /// Maps levels: one table for all channels, or one per channel.
  case table(ColorTable)
  /// Mixes the first three channels; pictures with fewer are left alone.
  case matrix(ColorMatrix)
  /// Turns the hue in HSV; 1 is the whole circle.
  case hue(turns: Double)
  /// Adds to saturation and value in HSV, both as fractions of full; grey stays grey.
  case shade(saturation: Double, value: Double)
  /// A table that depends on the picture.
  case tone(Tone)
  /// Anything else.
  case effect(AnyEffect)

  /// The size of the picture afterwards.
  public func outputSize(of size: Size) -> Size {
    switch self {
    case .symmetry(let symmetry): symmetry.outputSize(of: size)
    case .window(let rect, _): rect.size
    case .resize(_, let output, _): output
    case .warp(let warp): warp.size
    case .bend, .table, .matrix, .hue, .shade, .tone, .effect: size
    }
  }
}

/// A resampling: each output pixel shows the input at `matrix(x, y)`.
public struct Warp: Sendable, Hashable, Codable {
  /// Output pixel to input pixel.
  public var matrix: Matrix3
  /// Size of the output.
  public var size: Size
  public var border: Border
  public var interpolation: Interpolation

  public init(matrix: Matrix3, size: Size, border: Border = .black, interpolation: Interpolation = .bilinear) {
    self.matrix = matrix
    self.size = size
    self.border = border
    self.interpolation = interpolation
  }
}

/// A table of 256 levels for all channels, or one for each.
public struct ColorTable: Sendable, Hashable, Codable {
  public let tables: [[UInt8]]

  /// - Parameter tables: one or several tables of exactly 256 levels.
  public init(_ tables: [[UInt8]]) {
    precondition(!tables.isEmpty && tables.allSatisfy { $0.count == 256 }, "a table has 256 levels")
    self.tables = tables
  }

  /// One table for all channels.
  public init(_ level: (Int) -> UInt8) { self.init([(0...255).map(level)]) }

  func table(for channel: Int) -> [UInt8] { tables[min(channel, tables.count - 1)] }

  /// This one first, then the other.
  public func then(_ next: ColorTable) -> ColorTable {
    ColorTable(
      (0..<max(tables.count, next.tables.count)).map { channel in
        let second = next.table(for: channel)
        return table(for: channel).map { second[Int($0)] }
      })
  }
}

/// Three rows of four: the new red, green and blue from red, green, blue and one.
public struct ColorMatrix: Sendable, Hashable, Codable {
  /// Twelve numbers, row by row; the fourth of a row is in levels (0…255).
  public let rows: [Double]

  /// - Parameter rows: exactly twelve numbers.
  public init(_ rows: [Double]) {
    precondition(rows.count == 12, "a colour matrix has twelve numbers")
    self.rows = rows
  }

  /// ITU-R 601 luma, as Pillow's `convert("L")`.
  static let luma = [19595.0 / 65536, 38470.0 / 65536, 7471.0 / 65536]

  /// Between greyscale (0), the picture itself (1) and beyond.
  public static func saturation(_ factor: Double) -> ColorMatrix {
    var rows = [Double](repeating: 0, count: 12)
    for row in 0..<3 {
      for column in 0..<3 { rows[row * 4 + column] = luma[column] * (1 - factor) }
      rows[row * 5] += factor
    }
    return ColorMatrix(rows)
  }
}

/// A level table that needs to see the whole picture first.
public enum Tone: Sendable, Hashable, Codable {
  /// Distances from the mean grey level multiplied.
  case contrast(Double)
  /// Each channel stretched to 0…255; Pillow's `ImageOps.autocontrast`.
  case autoContrast
  /// Each channel's histogram flattened; Pillow's `ImageOps.equalize`.
  case equalize
}
