public import HoneImage

/// One of the eight ways to lay a picture on its own grid: the identity, mirrors, quarter turns and transposes.
public enum Symmetry: String, Sendable, Hashable, Codable, CaseIterable {
  case identity
  /// Left and right swapped.
  case horizontal
  /// Top and bottom swapped.
  case vertical
  case halfTurn
  /// Rows become columns: mirrored at the diagonal from the top left.
  case transpose
  /// Mirrored at the other diagonal.
  case transverse
  /// A quarter turn counter-clockwise.
  case left
  /// A quarter turn clockwise.
  case right

  /// As parts: output `(y, x)` shows input `(y′, x′)`, where the output's rows and columns are first mirrored as said and
  /// then, when transposed, swapped.
  var parts: (transposed: Bool, rows: Bool, columns: Bool) {
    switch self {
    case .identity: (false, false, false)
    case .horizontal: (false, false, true)
    case .vertical: (false, true, false)
    case .halfTurn: (false, true, true)
    case .transpose: (true, false, false)
    case .transverse: (true, true, true)
    case .left: (true, true, false)
    case .right: (true, false, true)
    }
  }

  init(transposed: Bool, rows: Bool, columns: Bool) {
    switch (transposed, rows, columns) {
    case (false, false, false): self = .identity
    case (false, false, true): self = .horizontal
    case (false, true, false): self = .vertical
    case (false, true, true): self = .halfTurn
    case (true, false, false): self = .transpose
    case (true, true, true): self = .transverse
    case (true, true, false): self = .left
    case (true, false, true): self = .right
    }
  }

  /// This one first, then the other.
  public func then(_ next: Symmetry) -> Symmetry {
    let (a, b) = (parts, next.parts)
    return Symmetry(
      transposed: a.transposed != b.transposed, rows: b.rows != (b.transposed ? a.columns : a.rows),
      columns: b.columns != (b.transposed ? a.rows : a.columns))
  }

  public var inverse: Symmetry {
    switch self {
    case .left: .right
    case .right: .left
    default: self
    }
  }

  /// The symmetry of a number of quarter turns counter-clockwise.
  public static func quarterTurns(_ count: Int) -> Symmetry {
    [.identity, .left, .halfTurn, .right][((count % 4) + 4) % 4]
  }

  public func outputSize(of size: Size) -> Size {
    parts.transposed ? Size(height: size.width, width: size.height) : size
  }

  /// Output pixel to input pixel, for an output of a size.
  func matrix(output size: Size) -> Matrix3 {
    let (transposed, rows, columns) = parts
    let (sx, tx) = columns ? (-1.0, Double(size.width - 1)) : (1.0, 0.0)
    let (sy, ty) = rows ? (-1.0, Double(size.height - 1)) : (1.0, 0.0)
    return transposed
      ? Matrix3([0, sy, ty, sx, 0, tx, 0, 0, 1])
      : Matrix3([sx, 0, tx, 0, sy, ty, 0, 0, 1])
  }

  /// The rectangle of the input that becomes a rectangle of the output.
  func source(of rect: Rect, output size: Size) -> Rect {
    let (transposed, rows, columns) = parts
    let y = rows ? size.height - rect.y - rect.height : rect.y
    let x = columns ? size.width - rect.x - rect.width : rect.x
    return transposed
      ? Rect(y: x, x: y, height: rect.width, width: rect.height)
      : Rect(y: y, x: x, height: rect.height, width: rect.width)
  }

  func source(of box: Box, output size: Size) -> Box {
    let (transposed, rows, columns) = parts
    let y = rows ? Double(size.height) - box.y - box.height : box.y
    let x = columns ? Double(size.width) - box.x - box.width : box.x
    return transposed
      ? Box(y: x, x: y, height: box.width, width: box.height)
      : Box(y: y, x: x, height: box.height, width: box.width)
  }
}

/// A rectangle in pixel edges: pixel `i` covers `i...i+1`.
public struct Box: Sendable, Hashable, Codable {
  public var y: Double
  public var x: Double
  public var height: Double
  public var width: Double
  public init(y: Double, x: Double, height: Double, width: Double) {
    self.y = y
    self.x = x
    self.height = height
    self.width = width
  }
  init(_ rect: Rect) {
    self.init(y: Double(rect.y), x: Double(rect.x), height: Double(rect.height), width: Double(rect.width))
  }
  /// The whole pixels that the box touches.
  var bounds: Rect {
    let (top, left) = (Int((y + 1e-9).rounded(.down)), Int((x + 1e-9).rounded(.down)))
    let (bottom, right) = (Int((y + height - 1e-9).rounded(.up)), Int((x + width - 1e-9).rounded(.up)))
    return Rect(y: top, x: left, height: max(1, bottom - top), width: max(1, right - left))
  }
}
