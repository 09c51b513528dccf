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
    let finer = (0..<wide * wide).map { index -> Float in
      let (y, x) = (index / wide, index % wide)
      let (top, left) = (y / 2, x / 2)
      let (bottom, right) = ((y + 1) / 2, (x + 1) / 2)
      let corners =
        heights[top * side + left] + heights[top * side + right] + heights[bottom * side + left]
        + heights[bottom * side + right]
      return corners / 4 + reach * (Float(stream.next() >> 40) * 0x1p-23 - 1)
    }
    return (finer, wide)
  }
}
