import Foundation
import HoneImage

extension Image where Element == UInt8 {
  /// A cloud: random heights whose midpoints are moved again and again, each time by `roughness` of the time before;
  /// stretched to the full range.
  static func plasma(_ size: Size, roughness: Double, seed: UInt64) -> Mask {
    var stream = RandomStream(seed: seed)
    var side = 3
    var heights = (0..<9).map { _ in Float(stream.uniform(-1...1)) }
    var reach = roughness
    // Moves too small for a level, or too close together to be seen, are left to the enlargement.
    while side < max(size.height, size.width) && reach > 0.01 {
      (heights, side) = doubled(heights, side: side, reach: Float(reach), &stream)
      reach *= roughness
    }
    let (low, high) = (heights.min() ?? 0, heights.max() ?? 1)
    let levels = heights.map { UInt8(min(255, max(0, ($0 - low) / max(1e-6, high - low) * 255))) }
    let square = Mask(height: side, width: side, channels: 1, elements: levels)
    let unit = Double(side) / Double(max(size.height, size.width))
    let region = ResizeRegion(
      top: 0, left: 0, bottom: min(Double(side), Double(size.height) * unit),
      right: min(Double(side), Double(size.width) * unit))
    return square.resized(to: size, filter: .bicubic, region: region)
  }

  private static func doubled(
    _ heights: [Float], side: Int, reach: Float, _ stream: inout RandomStream
  ) -> ([Float], Int) {
    let wide = 2 * side - 1
    let finer = [Float](unsafeUninitializedCapacity: wide * wide) { out, filled in
      for y in 0..<wide {
        let (top, bottom) = (y / 2 * side, (y + 1) / 2 * side)
        for x in 0..<wide {
          let (left, right) = (x / 2, (x + 1) / 2)
          let corners = heights[top + left] + heights[top + right] + heights[bottom + left] + heights[bottom + right]
          out[y * wide + x] = corners / 4 + reach * (Float(stream.next() >> 40) * 0x1p-23 - 1)
        }
      }
      filled = wide * wide
    }
    return (finer, wide)
  }
}
