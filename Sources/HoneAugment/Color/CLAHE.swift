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
      var planes = Planes(image)
      planes.change(0) { equalized($0) }
      image = planes.image
      return
    }
    let before = Lightness.of(image)
    Lightness.change(&image, from: before, to: equalized(before))
  }

  /// A picture of one channel, each pixel through the tables of the parts around it.
  private func equalized(_ plane: Image<UInt8>) -> Image<UInt8> {
    let parts = Parts(plane, rows: rows, columns: columns, clip: clip)
    var equalized = plane
    equalized.changeRows { y, row in parts.change(row, y) }
    return equalized
  }
}

/// A table for each part of a picture; a picture that does not divide evenly is mirrored on at its end.
private struct Parts {
  private let height: Int
  private let rows: Int
  private let columns: Int
  /// A table after the other, row by row.
  private var tables: [Float] = []
  /// For each column of the picture, where the tables left and right of it begin in a row of them, and how near the
  /// second is.
  private let left: [Int32]
  private let right: [Int32]
  private let across: [Float]

  /// - Parameter image: of one channel.
  init(_ image: Image<UInt8>, rows: Int, columns: Int, clip: Double) {
    (self.rows, self.columns) = (rows, columns)
    let even = image.height % rows == 0 && image.width % columns == 0
    let height = even ? image.height / rows : image.height / rows + 1
    let width = even ? image.width / columns : image.width / columns + 1
    let area = height * width
    let limit = clip > 0 ? max(1, Int(clip * Double(area) / 256)) : area
    func mirrored(_ index: Int, _ side: Int) -> Int {
      Int(hk_border_index(Int32(index), Int32(side), Border.reflect101.code))
    }
    let lines = (0..<height * rows).map { mirrored($0, image.height) * image.width }
    let slots = (0..<width * columns).map { mirrored($0, image.width) }
    for part in 0..<rows * columns {
      var histogram = [Int](repeating: 0, count: 256)
      image.elements.withUnsafeBufferPointer { levels in
        histogram.withUnsafeMutableBufferPointer { histogram in
          for line in lines[part / columns * height..<(part / columns + 1) * height] {
            for slot in slots[part % columns * width..<(part % columns + 1) * width] {
              histogram[Int(levels[line + slot])] += 1
            }
          }
        }
      }
      Self.cut(&histogram, limit)
      tables += Self.table(histogram, area)
    }
    let places = (0..<image.width).map { Self.place($0, of: width, columns) }
    self.height = height
    left = places.map { Int32($0.first * 256) }
    right = places.map { Int32($0.second * 256) }
    across = places.map(\.near)
  }

  /// Each level of row `y` through the four tables around it.
  func change(_ row: UnsafeMutablePointer<UInt8>, _ y: Int) {
    let (first, second, down) = Self.place(y, of: height, rows)
    tables.withUnsafeBufferPointer { tables in
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          across.withUnsafeBufferPointer { across in
            guard let base = tables.baseAddress else { return }
            var blend = hk_table_blend(
              upper: base + first * columns * 256, lower: base + second * columns * 256, left: left.baseAddress,
              right: right.baseAddress, across: across.baseAddress, down: down)
            hk_blend_tables(row, across.count, &blend)
          }
        }
      }
    }
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

  private static func table(_ histogram: [Int], _ area: Int) -> [Float] {
    let scale = 255 / Float(area)
    var sum = 0
    return histogram.map { count in
      sum += count
      return min(255, max(0, (Float(sum) * scale).rounded(.toNearestOrEven)))
    }
  }

  /// The two parts between whose middles a pixel lies, and how near it is to the second.
  private static func place(_ pixel: Int, of side: Int, _ count: Int) -> (first: Int, second: Int, near: Float) {
    let at = Float(pixel) * (1 / Float(side)) - 0.5
    let first = at.rounded(.down)
    return (max(0, Int(first)), min(count - 1, Int(first) + 1), at - first)
  }
}
