/// A rectangle of whole pixels; it may reach outside the picture.
public struct Rect: Sendable, Hashable, Codable {
  public var y: Int
  public var x: Int
  public var height: Int
  public var width: Int

  public init(y: Int, x: Int, height: Int, width: Int) {
    self.y = y
    self.x = x
    self.height = height
    self.width = width
  }

  public init(y: Int, x: Int, size: Size) { self.init(y: y, x: x, height: size.height, width: size.width) }

  /// All of a picture of this size.
  public init(_ size: Size) { self.init(y: 0, x: 0, size: size) }

  public var size: Size { Size(height: height, width: width) }

  /// Whether none of its pixels lies outside a picture of this size.
  public func lies(in whole: Size) -> Bool {
    y >= 0 && x >= 0 && y <= whole.height - height && x <= whole.width - width
  }

  /// What of it lies in a picture of this size, if anything does.
  package func part(in whole: Size) -> Rect? {
    let (top, left) = (max(0, y), max(0, x))
    let part = Rect(
      y: top, x: left, height: min(whole.height, y + height) - top, width: min(whole.width, x + width) - left)
    return part.isEmpty ? nil : part
  }

  public var isEmpty: Bool { height <= 0 || width <= 0 }
}

extension Rect: CustomStringConvertible {
  public var description: String { "\(height)×\(width) at row \(y), column \(x)" }
}
