import CHoneKernels
import Foundation
public import HoneImage

/// Removes squares on a regular grid: the object is seen through a lattice.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `cell` is the grid's step as a fraction of the shorter side; `hole` the side of a hole as a fraction of that.
/// - Randomness: four draws per image, and one for the filling.
/// - Throws: nothing.
/// - Source: Chen et al., 2020, arXiv:2001.04086 (GridMask), without rotation; Albumentations' `GridDropout`.
public struct GridDropout: Transform {
  public static let standard = GridDropout()
  public var cell: ClosedRange<Double>
  public var hole: ClosedRange<Double>
  public var filling: Filling

  public init(cell: ClosedRange<Double> = 0.1...0.3, hole: ClosedRange<Double> = 0.3...0.5, filling: Filling = .black) {
    self.cell = cell
    self.hole = hole
    self.filling = filling
  }

  public var problem: String? {
    rangeProblem("cell", cell, within: 0.001...1) ?? rangeProblem("hole", hole, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let step = max(2, Int((stream.uniform(cell) * Double(min(scene.size.height, scene.size.width))).rounded()))
    let side = Int((stream.uniform(hole) * Double(step)).rounded())
    let lattice = Lattice(
      step: step, hole: side, y: stream.integer(0...step - 1), x: stream.integer(0...step - 1), filling: filling,
      seed: stream.next())
    return [.effect(AnyEffect(lattice))]
  }
}

/// Square holes on a grid whose first corner lies at (−y, −x).
public struct Lattice: Effect, CustomStringConvertible {
  public var step: Int
  public var hole: Int
  public var y: Int
  public var x: Int
  public var filling: Filling
  public var seed: UInt64
  public var description: String { "grid of \(hole)/\(step)" }

  public init(step: Int, hole: Int, y: Int, x: Int, filling: Filling, seed: UInt64) {
    self.step = step
    self.hole = hole
    self.y = y
    self.x = x
    self.filling = filling
    self.seed = seed
  }

  public func apply(to image: inout Image<UInt8>) {
    guard step > 0, hole > 0 else { return }
    let places = stride(from: -y, to: image.height, by: step).flatMap { top in
      stride(from: -x, to: image.width, by: step).map { Rect(y: top, x: $0, height: hole, width: hole) }
    }
    Erasure(places: places, filling: filling, seed: seed).apply(to: &image)
  }
}

/// Removes stripes across and stripes down: stretches of time and of frequency where pictures are spectrograms.
///
/// - Shape: kept. Labels unchanged.
/// - Units: counts of stripes; `rows` and `columns` are their widths, as fractions of the height and of the width.
/// - Randomness: two draws per image, two per stripe, and one for the filling.
/// - Throws: nothing.
/// - Source: Park et al., 2019, arXiv:1904.08779 (SpecAugment), §2; Albumentations' `XYMasking`, `TimeMasking`,
///   `FrequencyMasking`.
public struct StripeDropout: Transform {
  public static let standard = StripeDropout()
  public var across: ClosedRange<Int>
  public var down: ClosedRange<Int>
  public var rows: ClosedRange<Double>
  public var columns: ClosedRange<Double>
  public var filling: Filling

  public init(
    across: ClosedRange<Int> = 1...2, down: ClosedRange<Int> = 1...2, rows: ClosedRange<Double> = 0.02...0.1,
    columns: ClosedRange<Double> = 0.02...0.1, filling: Filling = .black
  ) {
    self.across = across
    self.down = down
    self.rows = rows
    self.columns = columns
    self.filling = filling
  }

  public var problem: String? {
    rangeProblem("across", across, within: 0...1000) ?? rangeProblem("down", down, within: 0...1000)
      ?? rangeProblem("rows", rows, within: 0...1) ?? rangeProblem("columns", columns, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (height, width) = (scene.size.height, scene.size.width)
    func stretch(_ fraction: ClosedRange<Double>, of side: Int) -> (start: Int, length: Int) {
      let length = Int((stream.uniform(fraction) * Double(side)).rounded())
      return (stream.integer(0...side - length), length)
    }
    let lying = (0..<stream.integer(across)).map { _ in
      let (y, length) = stretch(rows, of: height)
      return Rect(y: y, x: 0, height: length, width: width)
    }
    let standing = (0..<stream.integer(down)).map { _ in
      let (x, length) = stretch(columns, of: width)
      return Rect(y: 0, x: x, height: height, width: length)
    }
    return [.effect(AnyEffect(Erasure(places: lying + standing, filling: filling, seed: stream.next())))]
  }
}

/// Cuts the picture into tiles and lays them out in a random order.
///
/// - Shape: kept. Labels unchanged.
/// - Units: numbers of tiles down and across; a rest at the edge stays in its place.
/// - Randomness: two draws per image, then one per tile.
/// - Throws: nothing.
/// - Source: Chen et al., 2019 (Destruction and Construction Learning, CVPR) without its distance limit; Albumentations'
///   `RandomGridShuffle`, kornia's `RandomJigsaw`.
public struct GridShuffle: Transform {
  public static let standard = GridShuffle()
  public var rows: ClosedRange<Int>
  public var columns: ClosedRange<Int>

  public init(rows: ClosedRange<Int> = 3...3, columns: ClosedRange<Int> = 3...3) {
    self.rows = rows
    self.columns = columns
  }

  public var problem: String? {
    rangeProblem("rows", rows, within: 1...256) ?? rangeProblem("columns", columns, within: 1...256)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let rows = min(stream.integer(rows), scene.size.height)
    let columns = min(stream.integer(columns), scene.size.width)
    return [.effect(AnyEffect(Tiles(rows: rows, columns: columns, order: stream.permutation(rows * columns))))]
  }
}

/// Tile i of the new picture is tile `order[i]` of the old one.
public struct Tiles: Effect, CustomStringConvertible {
  public var rows: Int
  public var columns: Int
  public var order: [Int]
  public var description: String { "\(rows)×\(columns) tiles shuffled" }

  public init(rows: Int, columns: Int, order: [Int]) {
    self.rows = rows
    self.columns = columns
    self.order = order
  }

  public func apply(to image: inout Image<UInt8>) {
    guard rows > 0, columns > 0, order.count == rows * columns, order.allSatisfy(order.indices.contains) else { return }
    let (height, width, length) = (image.height / rows, image.width / columns * image.channels, image.rowLength)
    let lines = image.height
    image.remade { from, out in
      for y in 0..<lines {
        let tiled = y < rows * height ? columns : 0
        for column in 0..<tiled {
          let tile = order[y / height * columns + column]
          let start = (tile / columns * height + y % height) * length + tile % columns * width
          hk_copy(from + start, width, out + y * length + column * width)
        }
        // What is left over stays where it is.
        let rest = y * length + tiled * width
        hk_copy(from + rest, (y + 1) * length - rest, out + rest)
      }
    }
  }
}

/// Sets some channels to one level.
///
/// - Shape: kept; pictures of one channel pass unchanged.
/// - Units: `count` of channels, at least one always stays; `level` of 255.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: none: customary; Albumentations' `ChannelDropout`.
public struct ChannelDropout: Transform {
  public static let standard = ChannelDropout()
  public var count: ClosedRange<Int>
  public var level: UInt8

  public init(count: ClosedRange<Int> = 1...1, level: UInt8 = 0) {
    self.count = count
    self.level = level
  }

  public var problem: String? { rangeProblem("count", count, within: 0...15) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let dropped = Set(stream.permutation(scene.channels).prefix(min(stream.integer(count), scene.channels - 1)))
    guard !dropped.isEmpty else { return [] }
    let tables = (0..<scene.channels).map { channel in
      dropped.contains(channel) ? [UInt8](repeating: level, count: 256) : (0...255).map { UInt8($0) }
    }
    return [.table(ColorTable(tables))]
  }
}
