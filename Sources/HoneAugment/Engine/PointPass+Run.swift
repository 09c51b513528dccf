import CHoneKernels
import HoneImage

extension PointPass {
  /// Pixels worked on at a time, few enough to stay in the nearest cache through all colour passes.
  static let tile = 4096

  func run(on base: UnsafeMutablePointer<UInt8>, plane: Int, channels: Int, length: Int) {
    switch self {
    case .table(let table):
      for channel in 0..<channels {
        let levels = base + channel * plane
        hk_table(levels, levels, length, table.table(for: channel))
      }
    case .matrix(let matrix):
      if channels >= 3 { hk_matrix(base, base + plane, base + 2 * plane, length, matrix) }
    case .shade(let saturation, let value):
      if channels >= 3 { hk_shade(base, base + plane, base + 2 * plane, length, saturation, value) }
    case .bleach(let point, let gain):
      if channels >= 3 { hk_bleach(base, base + plane, base + 2 * plane, length, point, gain) }
    case .hue(let shift):
      if channels >= 3 && shift != 0 { hk_hue(base, base + plane, base + 2 * plane, length, shift) }
    }
  }

  /// The one table for all channels, where that is what it is.
  fileprivate var level: [UInt8]? {
    guard case .table(let table) = self, table.tables.dropFirst().allSatisfy({ $0 == table.tables[0] }) else {
      return nil
    }
    return table.tables[0]
  }

  /// The order of channels, where a matrix only exchanges them.
  fileprivate var order: [Int32]? {
    guard case .matrix(let numbers) = self else { return nil }
    let one = Int32(1) << HK_MATRIX_BITS
    let order = stride(from: 0, to: 12, by: 4).compactMap { row in
      numbers[row..<row + 4].firstIndex(of: one).map { Int32($0 - row) }
    }
    let ones = numbers.reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
    return order.count == 3 && ones == 3 && order.allSatisfy { $0 < 3 } ? order : nil
  }

  /// The one mix of channels that a matrix makes all three of, where no sum of it can leave the levels.
  fileprivate var grey: [Int32]? {
    guard case .matrix(let numbers) = self, numbers[0..<4] == numbers[4..<8], numbers[0..<4] == numbers[8..<12] else {
      return nil
    }
    let (weights, one) = (numbers[0..<3], Int32(1) << HK_MATRIX_BITS)
    let white = 255 * weights.reduce(0, +) + one / 2
    let isSound = weights.allSatisfy { (0..<one).contains($0) } && white < 256 * one && numbers[3] == 0
    return isSound ? Array(weights) : nil
  }
}

extension Image where Element == UInt8 {
  /// The picture after colour passes, in one walk over its pixels.
  func changed(by passes: [PointPass]) -> Image {
    let (pixels, count) = (height * width, elements.count)
    let changed = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      elements.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress, let to = out.baseAddress else { return }
        if passes.count == 1, let table = passes[0].level {
          hk_table(from, to, count, table)
        } else if passes.count == 1, channels == 3, let order = passes[0].order {
          hk_reorder(from, to, pixels, order)
        } else if passes.count == 1, channels == 3, let grey = passes[0].grey {
          let done = hk_grey(from, to, pixels, grey)
          Self.change(from + 3 * done, to + 3 * done, pixels: pixels - done, channels: 3, by: passes)
        } else {
          Self.change(from, to, pixels: pixels, channels: channels, by: passes)
        }
      }
      filled = count
    }
    return Image(height: height, width: width, channels: channels, elements: changed, colorSpace: colorSpace)
  }

  /// Tile by tile: into planes, through all passes, and back.
  private static func change(
    _ from: UnsafePointer<UInt8>, _ to: UnsafeMutablePointer<UInt8>, pixels: Int, channels: Int, by passes: [PointPass]
  ) {
    forEachTile(of: from, pixels: pixels, channels: channels) { base, planes, start, length in
      for pass in passes { pass.run(on: base, plane: PointPass.tile, channels: channels, length: length) }
      hk_join(planes, length, Int32(channels), to + start * channels)
    }
  }

  /// Pixels in planes, a tile at a time; the tile's planes one by one, its first pixel and how many it has.
  private static func forEachTile(
    of pixels: UnsafePointer<UInt8>, pixels count: Int, channels: Int,
    _ body: (UnsafeMutablePointer<UInt8>, _ planes: [UnsafePointer<UInt8>?], _ start: Int, _ length: Int) -> Void
  ) {
    let tile = PointPass.tile
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: tile * channels) { levels in
      guard let base = levels.baseAddress else { return }
      let planes: [UnsafeMutablePointer<UInt8>?] = (0..<channels).map { base + $0 * tile }
      let read: [UnsafePointer<UInt8>?] = planes.map { UnsafePointer($0) }
      for start in stride(from: 0, to: count, by: tile) {
        let length = min(tile, count - start)
        hk_split(pixels + start * channels, length, Int32(channels), planes)
        body(base, read, start, length)
      }
    }
  }

  /// The table that a tone curve is for this picture.
  func table(for tone: Tone) -> ColorTable {
    var statistics = ToneStatistics(tone, channels: channels)
    elements.withUnsafeBufferPointer { source in
      guard let from = source.baseAddress else { return }
      Self.forEachTile(of: from, pixels: height * width, channels: channels) { base, _, _, length in
        statistics.add(base, plane: PointPass.tile, length: length)
      }
    }
    return statistics.table
  }
}
