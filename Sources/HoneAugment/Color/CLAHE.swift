import CHoneKernels
import Foundation
public import HoneImage

/// Flattens the histogram of each part of the picture, within bounds: detail comes out of shadows and haze.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `clip` is how far a level may stand out, in multiples of an even histogram; `rows` and `columns` of parts.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Zuiderveld, Graphics Gems IV, 1994; OpenCV's `createCLAHE`: one channel to the byte; colour in CIELab's
///   lightness as Albumentations' `CLAHE`, within three levels.
public struct CLAHE: Transform {
  public static let standard = CLAHE()
  public var clip: ClosedRange<Double>
  public var rows: Int
  public var columns: Int

  public init(clip: ClosedRange<Double> = 1...4, rows: Int = 8, columns: Int = 8) {
    self.clip = clip
    self.rows = rows
    self.columns = columns
  }

  public var problem: String? {
    rangeProblem("clip", clip, within: 0...1000) ?? rangeProblem("rows", rows, within: 1...64)
      ?? rangeProblem("columns", columns, within: 1...64)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.effect(AnyEffect(LocalEqualization(clip: stream.uniform(clip), rows: rows, columns: columns)))]
  }
}

/// `CLAHE` with its bound drawn.
public struct LocalEqualization: Effect, CustomStringConvertible {
  public var clip: Double
  public var rows: Int
  public var columns: Int
  public var description: String { "CLAHE \((clip * 10).rounded() / 10)" }

  public func apply(to image: inout Image<UInt8>) {
    guard rows > 0, columns > 0 else { return }
    guard image.channels >= 3 else {
      for channel in 0..<min(1, image.channels) { equalize(&image, channel) }
      return
    }
    let before = Lightness.of(image)
    var after = before
    equalize(&after, 0)
    Lightness.change(&image, from: before, to: after)
  }

  private func equalize(_ image: inout Image<UInt8>, _ channel: Int) {
    let parts = Parts(image, channel: channel, rows: rows, columns: columns, clip: clip)
    let (width, channels) = (image.width, image.channels)
    image.changeRows { y, row in
      let (top, bottom, down) = parts.place(y, of: parts.height, rows)
      for x in 0..<width {
        let (left, right, across) = parts.places[x]
        let level = Int(row[x * channels + channel])
        func read(_ part: Int) -> Float { Float(parts.tables[part * 256 + level]) }
        let upper = read(top * columns + left) * (1 - across) + read(top * columns + right) * across
        let lower = read(bottom * columns + left) * (1 - across) + read(bottom * columns + right) * across
        row[x * channels + channel] = UInt8((upper * (1 - down) + lower * down).rounded(.toNearestOrEven))
      }
    }
  }
}

/// A table for each part of a picture; a picture that does not divide evenly is mirrored on at its end.
private struct Parts {
  let height: Int
  let width: Int
  private(set) var tables: [UInt8] = []
  private(set) var places: [(Int, Int, Float)] = []

  init(_ image: Image<UInt8>, channel: Int, rows: Int, columns: Int, clip: Double) {
    let even = image.height % rows == 0 && image.width % columns == 0
    height = even ? image.height / rows : image.height / rows + 1
    width = even ? image.width / columns : image.width / columns + 1
    let area = height * width
    let limit = clip > 0 ? max(1, Int(clip * Double(area) / 256)) : area
    for part in 0..<rows * columns {
      var histogram = [Int](repeating: 0, count: 256)
      for y in part / columns * height..<(part / columns + 1) * height {
        let row = Int(hk_border_index(Int32(y), Int32(image.height), Border.reflect101.code)) * image.rowLength
        for x in part % columns * width..<(part % columns + 1) * width {
          let column = x < image.width ? x : Int(hk_border_index(Int32(x), Int32(image.width), Border.reflect101.code))
          histogram[Int(image.elements[row + column * image.channels + channel])] += 1
        }
      }
      Self.cut(&histogram, limit)
      tables += Self.table(histogram, area)
    }
    places = (0..<image.width).map { place($0, of: width, columns) }
  }

  /// What stands out above the limit is spread evenly, the rest of it at even steps.
  private static func cut(_ histogram: inout [Int], _ limit: Int) {
    let over = histogram.reduce(0) { $0 + max(0, $1 - limit) }
    for level in 0..<256 { histogram[level] = min(histogram[level], limit) + over / 256 }
    let rest = over % 256
    guard rest > 0 else { return }
    let step = max(256 / rest, 1)
    for index in 0..<rest where index * step < 256 { histogram[index * step] += 1 }
  }

  private static func table(_ histogram: [Int], _ area: Int) -> [UInt8] {
    let scale = 255 / Float(area)
    var sum = 0
    return histogram.map { count in
      sum += count
      return UInt8(min(255, max(0, (Float(sum) * scale).rounded(.toNearestOrEven))))
    }
  }

  /// The two parts between whose middles a pixel lies, and how near it is to the second.
  func place(_ pixel: Int, of side: Int, _ count: Int) -> (Int, Int, Float) {
    let at = Float(pixel) * (1 / Float(side)) - 0.5
    let first = at.rounded(.down)
    return (max(0, Int(first)), min(count - 1, Int(first) + 1), at - first)
  }
}
