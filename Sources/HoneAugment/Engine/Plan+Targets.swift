public import HoneImage

/// A point of a picture; pixel centres lie at whole numbers, rows run downwards.
public struct Point: Sendable, Hashable, Codable {
  public var y: Double
  public var x: Double
  public init(y: Double, x: Double) {
    self.y = y
    self.x = x
  }
}

/// Masks, boxes and points that move with the picture.
///
/// Only geometry moves them; what effects do to pixels leaves them where they are. Several pictures, or the frames of a video,
/// move together by applying one plan to all.
extension Plan {
  /// A mask moved like the picture, its values never mixed: the nearest pixel everywhere.
  ///
  /// - Shape: as the picture; any number of channels.
  /// - Parameter fill: the value where a border of one colour shows.
  public func applied(toMask mask: Image<UInt8>, fill: UInt8 = 0) -> Image<UInt8> {
    Plan(sourceSize: sourceSize, channels: mask.channels, actions: actions.compactMap { $0.forMask(fill) })
      .applied(to: mask)
  }

  /// Where a point of the source comes to lie, perhaps outside the picture; nil where it has no place.
  public func moved(_ point: Point) -> Point? { moving(point) }

  /// The points that are still in the picture, nil in the places of those that are not.
  public func kept(_ points: [Point]) -> [Point?] {
    let (size, moving) = (outputSize, moving)
    return points.map { point in
      moving(point).flatMap { place in
        (-0.5...Double(size.height) - 0.5).contains(place.y) && (-0.5...Double(size.width) - 0.5).contains(place.x)
          ? place : nil
      }
    }
  }

  /// Where the corners of a box come to lie, clockwise from the top left: a turned box.
  public func corners(of box: Box) -> [Point]? {
    let (bottom, right, moving) = (box.y + box.height, box.x + box.width, moving)
    let moved = [(box.y, box.x), (box.y, right), (bottom, right), (bottom, box.x)].compactMap {
      moving(Point(y: $0.0 - 0.5, x: $0.1 - 0.5))
    }
    return moved.count == 4 ? moved : nil
  }

  /// The smallest upright box around a moved one, cut off at the picture's edges; nil where less of it is left than asked
  /// for.
  ///
  /// - Units: `visible` is the least part of the moved box's area that must lie inside, 0 … 1.
  public func moved(_ box: Box, visible: Double = 0) -> Box? {
    guard let corners = corners(of: box) else { return nil }
    let (ys, xs) = (corners.map { $0.y + 0.5 }, corners.map { $0.x + 0.5 })
    guard let top = ys.min(), let bottom = ys.max(), let left = xs.min(), let right = xs.max() else { return nil }
    let size = outputSize
    let (y, x) = (max(0, top), max(0, left))
    let height = min(Double(size.height), bottom) - y
    let width = min(Double(size.width), right) - x
    guard height > 0, width > 0, height * width >= visible * (bottom - top) * (right - left) else { return nil }
    return Box(y: y, x: x, height: height, width: width)
  }
}

extension Plan {
  /// The geometry backwards, from what came out to the source: what undoes a view of a picture in an output that has places.
  ///
  /// Exact for mirrors and quarter turns, else one resampling; what was cut off stays black. Nil where a picture was squeezed
  /// to a line or bent by a field.
  public var inverse: Plan? {
    guard !isBent else { return nil }
    let geometry = actions.filter { $0.forMask(0) != nil }
    let symmetries = geometry.compactMap { action -> Symmetry? in
      guard case .symmetry(let symmetry) = action else { return nil }
      return symmetry
    }
    if symmetries.count == geometry.count {
      let whole = symmetries.reduce(Symmetry.identity) { $0.then($1) }
      return Plan(sourceSize: outputSize, channels: channels, actions: [.symmetry(whole.inverse)])
    }
    return matrix.inverse.map { back in
      Plan(sourceSize: outputSize, channels: channels, actions: [.warp(Warp(matrix: back, size: sourceSize))])
    }
  }
}

extension Action {
  /// The same for a mask; nil for what changes colours only.
  fileprivate func forMask(_ fill: UInt8) -> Action? {
    switch self {
    case .symmetry: self
    case .window(let rect, let border): .window(rect, border.forMask(fill))
    case .resize(let box, let size, _): .resize(box, size, .nearest)
    case .bend(let bend): .bend(Bend(bend.field, border: bend.border.forMask(fill), interpolation: .nearest))
    case .warp(let warp):
      .warp(Warp(matrix: warp.matrix, size: warp.size, border: warp.border.forMask(fill), interpolation: .nearest))
    case .table, .matrix, .hue, .shade, .tone, .effect: nil
    }
  }
}

extension Border {
  fileprivate func forMask(_ fill: UInt8) -> Border { isConstant ? .constant([fill]) : self }
}
