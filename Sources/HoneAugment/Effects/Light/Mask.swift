import CHoneKernels
import Foundation
import HoneImage

/// A picture of one channel says how strongly something happens: 0 not at all, 255 fully.
typealias Mask = Image<UInt8>

extension Image where Element == UInt8 {
  /// An empty mask.
  static func mask(_ size: Size) -> Mask { Mask(height: size.height, width: size.width, channels: 1) }

  /// A mask whose levels are a function of the place, 0 … 1.
  static func mask(_ size: Size, _ level: (_ y: Int, _ x: Int) -> Double) -> Mask {
    var mask = Mask.mask(size)
    mask.changeRows { y, row in
      for x in 0..<size.width { row[x] = clamped(255 * level(y, x)) }
    }
    return mask
  }

  /// Every level v moves by (slope · v + offset) · (m − center) ÷ 255, m being the mask there.
  ///
  /// A list shorter than the channels repeats its last number.
  mutating func modulate(through mask: Mask, slope: [Double], offset: [Double] = [0], center: Int = 0) {
    guard mask.size == size else { return }
    let width = width
    mask.elements.withUnsafeBufferPointer { levels in
      guard let base = levels.baseAddress else { return }
      modulate(slope: slope, offset: offset, center: center) { base + $0 * width }
    }
  }

  /// The same, the mask's rows given one by one.
  mutating func modulate(
    slope: [Double], offset: [Double] = [0], center: Int = 0, through row: (_ y: Int) -> UnsafePointer<UInt8>
  ) {
    guard !slope.isEmpty, !offset.isEmpty else { return }
    let (width, channels) = (width, channels)
    let unit = Double(1 << HK_MASK_BITS) / 255
    func fixed(_ values: [Double], _ limit: Double) -> [Int32] {
      (0..<channels).map { Int32((min(limit, max(-limit, values[min($0, values.count - 1)])) * unit).rounded()) }
    }
    let (slopes, offsets) = (fixed(slope, 3), fixed(offset, 3 * 255))
    changeRows { y, levels in hk_modulate(levels, row(y), width, Int32(channels), slopes, offsets, Int32(center)) }
  }

  /// Blends towards a colour where the mask says so.
  mutating func blend(toward color: [Double], through mask: Mask, strength: Double = 1) {
    modulate(through: mask, slope: [-strength], offset: color.map { $0 * strength })
  }

  /// Multiplies all levels by 1 + gain where the mask is full.
  mutating func scale(by gain: Double, through mask: Mask, center: Int = 0) {
    modulate(through: mask, slope: [gain], center: center)
  }
}

/// A mask's outlines: filled polygons with soft edges, of which discs and lines are made.
extension Image where Element == UInt8 {
  /// Raises the mask to `level` inside a polygon (even-odd rule); each edge pixel by the part that lies inside.
  mutating func fill(_ polygon: [(x: Double, y: Double)], level: Double = 1) {
    guard polygon.count > 2, channels == 1 else { return }
    let (xs, ys) = (polygon.map(\.x), polygon.map(\.y))
    let top = max(0, Int(max(-1e6, ys.min() ?? 0)))
    let bottom = min(height, Int(min(1e6, ys.max() ?? -1)) + 1)
    let left = max(0, min(width, Int(max(-1e6, xs.min() ?? 0))))
    let right = max(left, min(width, Int(min(1e6, xs.max() ?? 0)) + 1))
    guard top < bottom else { return }
    var spans = Spans(polygon, from: left, to: right)
    let (width, peak) = (width, Float(255 * level / 4))
    elements.withUnsafeMutableBufferPointer { levels in
      for y in top..<bottom {
        spans.measure(Double(y))
        for index in spans.touched.clamped(to: 0..<right - left) {
          let (place, inside) = (y * width + left + index, UInt8(min(255, spans.cover[index] * peak + 0.5)))
          levels[place] = max(levels[place], inside)
        }
      }
    }
  }

  /// Raises the mask to another one that is laid over it.
  mutating func raise(to other: Mask, y: Int, x: Int) {
    guard let part = Rect(y: y, x: x, size: other.size).part(in: size) else { return }
    let (width, wide) = (width, other.width)
    other.elements.withUnsafeBufferPointer { from in
      elements.withUnsafeMutableBufferPointer { levels in
        guard let from = from.baseAddress, let levels = levels.baseAddress else { return }
        for row in part.y..<part.y + part.height {
          let (line, above) = (levels + row * width + part.x, from + (row - y) * wide + part.x - x)
          for column in 0..<part.width { line[column] = max(line[column], above[column]) }
        }
      }
    }
  }

  mutating func disc(x: Double, y: Double, radius: Double, level: Double = 1) {
    let corners = max(8, min(64, Int(radius * 3)))
    fill(
      (0..<corners).map { index in
        let angle = 2 * .pi * Double(index) / Double(corners)
        return (x: x + radius * cos(angle), y: y + radius * sin(angle))
      }, level: level)
  }

  mutating func line(from a: (x: Double, y: Double), to b: (x: Double, y: Double), width: Double, level: Double = 1) {
    let length = max(1e-9, hypot(b.x - a.x, b.y - a.y))
    let (nx, ny) = ((a.y - b.y) / length * width / 2, (b.x - a.x) / length * width / 2)
    fill(
      [(a.x + nx, a.y + ny), (b.x + nx, b.y + ny), (b.x - nx, b.y - ny), (a.x - nx, a.y - ny)]
        .map { (x: $0.0, y: $0.1) }, level: level)
  }
}

/// How much of each pixel of a row lies inside a polygon, in quarters: four lines are laid through it.
private struct Spans {
  private(set) var cover: [Float]
  /// The columns of which anything may lie inside.
  private(set) var touched = 0..<0
  private let polygon: [(x: Double, y: Double)]
  private var crossings: [Double] = []

  init(_ polygon: [(x: Double, y: Double)], from left: Int, to right: Int) {
    self.polygon = polygon.map { (x: $0.x - Double(left), y: $0.y) }
    cover = [Float](repeating: 0, count: right - left + 1)
    crossings.reserveCapacity(polygon.count)
  }

  mutating func measure(_ row: Double) {
    for index in touched { cover[index] = 0 }
    touched = 0..<0
    for part in 0..<4 { add(row + (Double(part) + 0.5) / 4) }
  }

  private mutating func add(_ y: Double) {
    crossings.removeAll(keepingCapacity: true)
    var a = polygon[polygon.count - 1]
    for b in polygon {
      if (a.y <= y) != (b.y <= y) { crossings.append(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x)) }
      a = b
    }
    crossings.sort()
    for index in stride(from: 0, to: crossings.count - 1, by: 2) { add(crossings[index], crossings[index + 1]) }
  }

  private mutating func add(_ start: Double, _ stop: Double) {
    let end = Double(cover.count - 1)
    let (left, right) = (min(end, max(0, start)), min(end, max(0, stop)))
    guard right > left else { return }
    let (first, last) = (Int(left), Int(right))
    touched = touched.isEmpty ? first..<last + 1 : min(first, touched.lowerBound)..<max(last + 1, touched.upperBound)
    guard first < last else {
      cover[first] += Float(right - left)
      return
    }
    cover[first] += Float(Double(first + 1) - left)
    for x in first + 1..<max(first + 1, last) { cover[x] += 1 }
    cover[last] += Float(right - Double(last))
  }
}
