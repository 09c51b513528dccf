public import HoneImage

/// An effect that lays whole pixels elsewhere, so that masks and points must follow.
public protocol Relocation: Effect {
  /// Where a point of a picture of this size comes to lie; nil where it has no place.
  func moved(_ point: Point, in size: Size) -> Point?
}

/// An effect that lays something over the picture, which masks must show.
public protocol Covering: Effect {
  /// What it does to a mask.
  var onMasks: any Effect { get }
}

extension Pasting: Covering {
  public var onMasks: any Effect {
    var marking = self
    marking.marks = true
    return marking
  }
}

extension Tiles: Relocation {
  public func moved(_ point: Point, in size: Size) -> Point? {
    let (height, width) = (Double(size.height / rows), Double(size.width / columns))
    let (row, column) = (Int((point.y + 0.5) / height), Int((point.x + 0.5) / width))
    guard point.y >= -0.5, point.x >= -0.5, row < rows, column < columns,
      let place = order.firstIndex(of: row * columns + column)
    else { return point }  // the rest at the edge stays in its place
    return Point(
      y: point.y + Double(place / columns - row) * height, x: point.x + Double(place % columns - column) * width)
  }
}
