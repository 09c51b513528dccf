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

  public var isEmpty: Bool { height <= 0 || width <= 0 }
}

extension Rect: CustomStringConvertible {
  public var description: String { "\(height)×\(width) at row \(y), column \(x)" }
}
