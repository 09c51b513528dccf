import Foundation
import HoneImage

/// Cuts a rectangle of a given size from a random place.
///
/// Every offset is equally likely, the last one included. A picture smaller than the crop is centred in it.
///
/// - Shape: `[H, W, C]` → `[height, width, C]`. Labels unchanged.
/// - Units: sides in pixels.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: Krizhevsky et al., NIPS 2012, §4.1.
public struct Crop: Transform {
  public static let standard = Crop()
  public var height: Int
  public var width: Int
  /// What fills a picture that is too small.
  public var border: Border

  public init(height: Int = 224, width: Int = 224, border: Border = .black) {
    self.height = height
    self.width = width
    self.border = border
  }

  public var problem: String? { sizeProblem(height, width) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let y = Self.offset(scene.size.height, height, &stream)
    let x = Self.offset(scene.size.width, width, &stream)
    return [.window(Rect(y: y, x: x, height: height, width: width), border)]
  }

  private static func offset(_ have: Int, _ want: Int, _ stream: inout RandomStream) -> Int {
    have >= want ? stream.integer(0...have - want) : centered(have, want)
  }
}

/// Where a stretch of `want` pixels begins that is centred on `have`; torchvision's rounding.
func centered(_ have: Int, _ want: Int) -> Int {
  have >= want ? Int((Double(have - want) / 2).rounded(.toNearestOrEven)) : -((want - have) / 2)
}

/// A message where a size is not one.
func sizeProblem(_ height: Int, _ width: Int) -> String? {
  let sides = 1...65535
  return sides.contains(height) && sides.contains(width)
    ? nil : "height and width must lie between 1 and 65535 pixels; they are \(height) and \(width)."
}

/// A message where the ratio of two sides is not one.
func aspectProblem(_ aspect: ClosedRange<Double>) -> String? {
  aspect.lowerBound >= 0.001 && aspect.upperBound <= 1000
    ? nil : "aspect must lie between 0.001 and 1000; it is \(aspect)."
}

/// Adds a margin on all sides, then cuts a random rectangle of the former size: a random shift by up to the margin.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `padding` in pixels.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: He et al., 2016, arXiv:1512.03385, §4.2.
public struct PadCrop: Transform {
  public static let standard = PadCrop()
  public var padding: Int
  public var border: Border

  public init(padding: Int = 4, border: Border = .black) {
    self.padding = padding
    self.border = border
  }

  public var problem: String? {
    (0...65535).contains(padding) ? nil : "padding must lie between 0 and 65535 pixels; it is \(padding)."
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let y = stream.integer(-padding...padding)
    let x = stream.integer(-padding...padding)
    return [.window(Rect(y: y, x: x, height: scene.size.height, width: scene.size.width), border)]
  }
}

/// Cuts a rectangle from the middle; a picture smaller than it is centred in it.
///
/// - Shape: `[H, W, C]` → `[height, width, C]`. Labels unchanged.
/// - Units: sides in pixels.
/// - Randomness: none.
/// - Throws: nothing.
/// - Source: none: customary. Offsets round as torchvision's `CenterCrop`.
public struct CenterCrop: Transform {
  public static let standard = CenterCrop()
  public var height: Int
  public var width: Int
  public var border: Border

  public init(height: Int = 224, width: Int = 224, border: Border = .black) {
    self.height = height
    self.width = width
    self.border = border
  }

  public var problem: String? { sizeProblem(height, width) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let rect = Rect(
      y: centered(scene.size.height, height), x: centered(scene.size.width, width), height: height, width: width)
    return [.window(rect, border)]
  }
}
