import HoneImage

/// Which boxes are worth keeping once they have moved.
public struct BoxRule: Sendable, Hashable, Codable {
  /// The least part of a moved box that must lie in the picture, 0 … 1.
  public var visible: Double
  /// The least area that must be left of it, in pixels.
  public var area: Double
  /// The least side that must be left of it, in pixels.
  public var side: Double

  public init(visible: Double = 0, area: Double = 0, side: Double = 0) {
    self.visible = visible
    self.area = area
    self.side = side
  }
}

/// Boxes count from the picture's edges, not from pixel centres. Where tiles change places, they have none any more.
extension Plan {
  /// Where the corners of a box come to lie, clockwise from the top left.
  public func corners(of box: Box) -> [Point]? { relocates ? nil : moved(TurnedBox(box).outline(1)) }

  /// The smallest upright box around a moved one, cut off at the picture's edges; nil where less of it is left than the rule
  /// asks for.
  public func moved(_ box: Box, rule: BoxRule = BoxRule()) -> Box? {
    guard !relocates, let outline = moved(TurnedBox(box).outline(isBent ? 16 : 1)) else { return nil }
    let (ys, xs) = (outline.map(\.y), outline.map(\.x))
    guard let top = ys.min(), let bottom = ys.max(), let left = xs.min(), let right = xs.max() else { return nil }
    let (size, y, x) = (outputSize, max(0, top), max(0, left))
    let (height, width) = (min(Double(size.height), bottom) - y, min(Double(size.width), right) - x)
    guard height > 0, width > 0, min(height, width) >= rule.side, height * width >= rule.area,
      height * width >= rule.visible * (bottom - top) * (right - left)
    else { return nil }
    return Box(y: y, x: x, height: height, width: width)
  }

  /// The smallest turned box around a moved one, not cut off; nil where less of it lies in the picture than the rule asks
  /// for.
  public func moved(_ box: TurnedBox, rule: BoxRule = BoxRule()) -> TurnedBox? {
    guard !relocates, let outline = moved(box.outline(isBent ? 16 : 1)), let moved = TurnedBox(around: outline)
    else { return nil }
    let seen = outline.clipped(to: outputSize).area
    guard seen > 0, seen >= rule.area, seen >= rule.visible * outline.area, min(moved.height, moved.width) >= rule.side
    else { return nil }
    return moved
  }

  /// The boxes that are worth keeping, nil in the places of those that are not.
  public func kept(_ boxes: [Box], rule: BoxRule = BoxRule()) -> [Box?] { boxes.map { moved($0, rule: rule) } }

  /// Places counted from edges, all of them moved; nil where one has no place.
  private func moved(_ outline: [Point]) -> [Point]? {
    let moving = moving
    let places = outline.compactMap { moving(Point(y: $0.y - 0.5, x: $0.x - 0.5)) }
    return places.count == outline.count ? places.map { Point(y: $0.y + 0.5, x: $0.x + 0.5) } : nil
  }
}
