public import HoneImage

/// Adds a margin on all sides.
///
/// - Shape: `[H, W, C]` → `[H + 2 · rows, W + 2 · columns, C]`. Labels unchanged.
/// - Units: pixels on each side.
/// - Randomness: none of its own.
/// - Throws: nothing.
/// - Source: torchvision's and Albumentations' `Pad`.
public struct Pad: Transform {
  public static let standard = Pad()
  public var rows: Int
  public var columns: Int
  public var border: Border

  public init(rows: Int = 8, columns: Int = 8, border: Border = .black) {
    self.rows = rows
    self.columns = columns
    self.border = border
  }

  public var problem: String? {
    rangeProblem("rows", rows, within: 0...16384) ?? rangeProblem("columns", columns, within: 0...16384)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (height, width) = (scene.size.height + 2 * rows, scene.size.width + 2 * columns)
    return [.window(Rect(y: -rows, x: -columns, height: height, width: width), border)]
  }
}

/// Takes one rectangle, always the same.
///
/// - Shape: `[H, W, C]` → `[height, width, C]`. Labels unchanged.
/// - Units: pixels from the top left; what lies outside shows the border.
/// - Randomness: none of its own.
/// - Throws: nothing.
/// - Source: none: customary; Albumentations' `Crop`.
public struct CropRegion: Transform {
  public static let standard = CropRegion()
  public var y: Int
  public var x: Int
  public var height: Int
  public var width: Int
  public var border: Border

  public init(y: Int = 0, x: Int = 0, height: Int = 224, width: Int = 224, border: Border = .black) {
    self.y = y
    self.x = x
    self.height = height
    self.width = width
    self.border = border
  }

  public var problem: String? {
    rangeProblem("y", y, within: -65535...65535) ?? rangeProblem("x", x, within: -65535...65535)
      ?? sizeProblem(height, width)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.window(Rect(y: y, x: x, height: height, width: width), border)]
  }
}

/// Cuts a strip off each side, each of its own width.
///
/// - Shape: `[H, W, C]` → what is left, at least one pixel. Labels unchanged.
/// - Units: `part` of the height or of the width cut off a side, below one half.
/// - Randomness: four draws per image.
/// - Throws: nothing.
/// - Source: Albumentations' `RandomCropFromBorders`.
public struct CropBorders: Transform {
  public static let standard = CropBorders()
  public var part: ClosedRange<Double>
  public init(part: ClosedRange<Double> = 0...0.1) { self.part = part }
  public var problem: String? { rangeProblem("part", part, within: 0...0.499) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let cut = Margins(drawing: part, of: scene.size, &stream)
    return [.window(cut.rect(in: scene.size, outwards: -1), .edge)]
  }
}

/// Cuts a strip off each side or adds one, then resizes to the former size.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `part` of the height or of the width at a side: positive adds, negative cuts, above −½.
/// - Randomness: four draws per image.
/// - Throws: nothing.
/// - Source: imgaug's and Albumentations' `CropAndPad` with `keep_size`.
public struct CropAndPad: Transform {
  public static let standard = CropAndPad()
  public var part: ClosedRange<Double>
  public var border: Border
  public var filter: ResizeFilter

  public init(part: ClosedRange<Double> = -0.1...0.1, border: Border = .black, filter: ResizeFilter = .bilinear) {
    self.part = part
    self.border = border
    self.filter = filter
  }

  public var problem: String? { rangeProblem("part", part, within: -0.499...4) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let rect = Margins(drawing: part, of: scene.size, &stream).rect(in: scene.size, outwards: 1)
    return [.window(rect, border), .resize(Box(Rect(rect.size)), scene.size, filter)]
  }
}

/// Resizes by a factor: the picture's size changes.
///
/// - Shape: `[H, W, C]` → `[H · factor, W · factor, C]`, at least one pixel. Labels unchanged.
/// - Units: `factor` above 1 enlarges.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Albumentations' `RandomScale`; torchvision's `ScaleJitter` and `RandomResize` have the same aim.
public struct Rescale: Transform {
  public static let standard = Rescale()
  public var factor: ClosedRange<Double>
  public var filter: ResizeFilter

  public init(factor: ClosedRange<Double> = 0.9...1.1, filter: ResizeFilter = .bilinear) {
    self.factor = factor
    self.filter = filter
  }

  public var problem: String? { rangeProblem("factor", factor, within: 0.01...16) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let factor = stream.uniform(factor)
    func scaled(_ side: Int) -> Int { max(1, Int((Double(side) * factor).rounded())) }
    let size = Size(height: scaled(scene.size.height), width: scaled(scene.size.width))
    return size == scene.size ? [] : [.resize(Box(Rect(scene.size)), size, filter)]
  }
}

/// Strips at the four sides, in pixels.
private struct Margins {
  let top: Int
  let bottom: Int
  let left: Int
  let right: Int

  init(drawing part: ClosedRange<Double>, of size: Size, _ stream: inout RandomStream) {
    func strip(_ side: Int) -> Int { Int((stream.uniform(part) * Double(side)).rounded()) }
    (top, bottom, left, right) = (strip(size.height), strip(size.height), strip(size.width), strip(size.width))
  }

  /// The picture with its strips added (1) or cut off (−1); never empty.
  func rect(in size: Size, outwards sign: Int) -> Rect {
    Rect(
      y: -sign * top, x: -sign * left, height: max(1, size.height + sign * (top + bottom)),
      width: max(1, size.width + sign * (left + right)))
  }
}
