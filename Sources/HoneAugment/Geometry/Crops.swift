import Foundation
public import HoneImage

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

/// Cuts one of the four corners or the middle.
///
/// - Shape: `[H, W, C]` → `[height, width, C]`. Labels unchanged.
/// - Units: sides in pixels.
/// - Randomness: one draw per image; none from `all`.
/// - Throws: nothing.
/// - Source: Krizhevsky et al., NIPS 2012, §4.1.
public struct FiveCrop: Transform {
  public static let standard = FiveCrop()
  public var height: Int
  public var width: Int

  public init(height: Int = 224, width: Int = 224) {
    self.height = height
    self.width = width
  }

  public var problem: String? { sizeProblem(height, width) }

  /// All five, for averaging predictions: top left, top right, bottom left, bottom right, centre.
  public func all(for size: Size) -> [Action] {
    let (bottom, right) = (size.height - height, size.width - width)
    let corners = bottom < 0 || right < 0 ? [] : [(0, 0), (0, right), (bottom, 0), (bottom, right)]
    return (corners + [(centered(size.height, height), centered(size.width, width))]).map {
      .window(Rect(y: $0.0, x: $0.1, height: height, width: width), .black)
    }
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let all = all(for: scene.size)
    return [all[stream.integer(0...all.count - 1)]]
  }
}

/// One of the five crops of `FiveCrop`, mirrored half of the time.
///
/// - Shape: `[H, W, C]` → `[height, width, C]`. Labels unchanged.
/// - Units: sides in pixels.
/// - Randomness: two draws per image; none from `all`.
/// - Throws: nothing.
/// - Source: Krizhevsky et al., NIPS 2012, §4.1.
public struct TenCrop: Transform {
  public static let standard = TenCrop()
  public var height: Int
  public var width: Int

  public init(height: Int = 224, width: Int = 224) {
    self.height = height
    self.width = width
  }

  public var problem: String? { sizeProblem(height, width) }

  /// All ten, for averaging predictions: the five crops, then their mirror images.
  public func all(for size: Size) -> [[Action]] {
    let five = FiveCrop(height: height, width: width).all(for: size)
    return five.map { [$0] } + five.map { [$0, .symmetry(.horizontal)] }
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let crop = FiveCrop(height: height, width: width).draw(for: scene, from: &stream)
    return stream.chance(0.5) ? crop + [.symmetry(.horizontal)] : crop
  }
}

/// Cuts a rectangle of random area and aspect and resizes it, antialiased.
///
/// The augmentation that pays most when training on photographs.
///
/// - Shape: `[H, W, C]` → `[height, width, C]`. Labels unchanged.
/// - Units: `area` is a fraction of `H × W`; `aspect` is width ÷ height.
/// - Randomness: four draws per attempt, at most ten attempts; then the largest centred rectangle within `aspect`.
/// - Throws: nothing.
/// - Source: Szegedy et al., 2015, arXiv:1409.4842, §6; details as torchvision's `RandomResizedCrop`.
public struct RandomResizedCrop: Transform {
  public static let standard = RandomResizedCrop()
  public var height: Int
  public var width: Int
  public var area: ClosedRange<Double>
  public var aspect: ClosedRange<Double>
  public var filter: ResizeFilter

  public init(
    height: Int = 224, width: Int = 224, area: ClosedRange<Double> = 0.08...1,
    aspect: ClosedRange<Double> = 0.75...4.0 / 3, filter: ResizeFilter = .bilinear
  ) {
    self.height = height
    self.width = width
    self.area = area
    self.aspect = aspect
    self.filter = filter
  }

  public var problem: String? {
    if let problem = sizeProblem(height, width) { return problem }
    guard area.lowerBound > 0, area.upperBound <= 1 else {
      return "area must lie above 0 and at most at 1; it is \(area)."
    }
    return aspectProblem(aspect)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.resize(Box(rect(in: scene.size, &stream)), Size(height: height, width: width), filter)]
  }

  private func rect(in size: Size, _ stream: inout RandomStream) -> Rect {
    let logAspect = log(aspect.lowerBound)...log(aspect.upperBound)
    for _ in 0..<10 {
      let target = stream.uniform(area) * Double(size.height * size.width)
      let ratio = exp(stream.uniform(logAspect))
      let w = Int((target * ratio).squareRoot().rounded(.toNearestOrEven))
      let h = Int((target / ratio).squareRoot().rounded(.toNearestOrEven))
      guard (1...size.width).contains(w), (1...size.height).contains(h) else { continue }
      return Rect(
        y: stream.integer(0...size.height - h), x: stream.integer(0...size.width - w), height: h, width: w)
    }
    return largestCentered(in: size)
  }

  private func largestCentered(in size: Size) -> Rect {
    let ratio = Double(size.width) / Double(size.height)
    var (h, w) = (size.height, size.width)
    if ratio < aspect.lowerBound { h = max(1, min(h, Int((Double(w) / aspect.lowerBound).rounded()))) }
    if ratio > aspect.upperBound { w = max(1, min(w, Int((Double(h) * aspect.upperBound).rounded()))) }
    return Rect(y: (size.height - h) / 2, x: (size.width - w) / 2, height: h, width: w)
  }
}

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
