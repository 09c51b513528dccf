import Foundation
public import HoneImage

/// Resizes to a given size, whatever the aspect; antialiased.
///
/// - Shape: `[H, W, C]` → `[height, width, C]`. Labels unchanged.
/// - Units: sides in pixels.
/// - Randomness: none.
/// - Throws: nothing.
/// - Source: Pillow's `Image.resize`, to the byte.
public struct Resize: Transform {
  public static let standard = Resize()
  public var height: Int
  public var width: Int
  public var filter: ResizeFilter

  public init(height: Int = 224, width: Int = 224, filter: ResizeFilter = .bilinear) {
    self.height = height
    self.width = width
    self.filter = filter
  }

  public var problem: String? { sizeProblem(height, width) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    resizing(scene.size, to: Size(height: height, width: width), filter)
  }
}

func resizing(_ size: Size, to target: Size, _ filter: ResizeFilter) -> [Action] {
  size == target ? [] : [.resize(Box(Rect(size)), target, filter)]
}

/// Resizes so that the shorter side has a given length, keeping the aspect; antialiased.
///
/// - Shape: `[H, W, C]` → the shorter side `pixels`, the longer one in proportion, rounded down. Labels unchanged.
/// - Units: pixels.
/// - Randomness: none.
/// - Throws: nothing.
/// - Source: torchvision's `Resize(int)`; Albumentations' `SmallestMaxSize`.
public struct ShorterSide: Transform {
  public static let standard = ShorterSide()
  public var pixels: Int
  public var filter: ResizeFilter

  public init(pixels: Int = 256, filter: ResizeFilter = .bilinear) {
    self.pixels = pixels
    self.filter = filter
  }

  public var problem: String? { sizeProblem(pixels, pixels) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (h, w) = (scene.size.height, scene.size.width)
    let target =
      h <= w
      ? Size(height: pixels, width: max(1, pixels * w / h)) : Size(height: max(1, pixels * h / w), width: pixels)
    return resizing(scene.size, to: target, filter)
  }
}

/// Resizes so that the longer side has a given length, keeping the aspect; antialiased.
///
/// - Shape: `[H, W, C]` → the longer side `pixels`, the shorter one in proportion. Labels unchanged.
/// - Units: pixels.
/// - Randomness: none.
/// - Throws: nothing.
/// - Source: Albumentations' `LongestMaxSize`.
public struct LongerSide: Transform {
  public static let standard = LongerSide()
  public var pixels: Int
  public var filter: ResizeFilter

  public init(pixels: Int = 256, filter: ResizeFilter = .bilinear) {
    self.pixels = pixels
    self.filter = filter
  }

  public var problem: String? { sizeProblem(pixels, pixels) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let scale = Double(pixels) / Double(max(scene.size.height, scene.size.width))
    func side(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded(.toNearestOrEven))) }
    return resizing(scene.size, to: Size(height: side(scene.size.height), width: side(scene.size.width)), filter)
  }
}

/// Adds margins, equal on both sides, until the picture has at least a given size.
///
/// - Shape: `[H, W, C]` → `[max(H, height), max(W, width), C]`. Labels unchanged.
/// - Units: sides in pixels.
/// - Randomness: none.
/// - Throws: nothing.
/// - Source: Albumentations' `PadIfNeeded`.
public struct PadToSize: Transform {
  public static let standard = PadToSize()
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
    let (h, w) = (max(height, scene.size.height), max(width, scene.size.width))
    guard Size(height: h, width: w) != scene.size else { return [] }
    let rect = Rect(y: centered(scene.size.height, h), x: centered(scene.size.width, w), height: h, width: w)
    return [.window(rect, border)]
  }
}
