import CHoneKernels
import Foundation
import HoneAugment
import HoneImage
import HoneTesting
import Testing

/// The quick loops against what they mean, pixel by pixel, on every instruction set and at sizes around their blocks.
@Suite("Kernels and their definitions", .serialized)
struct KernelReferenceTests {
  static let sizes = [(1, 1), (1, 40), (7, 5), (6, 6), (13, 11), (40, 33), (5, 70)].map {
    Size(height: $0.0, width: $0.1)
  }

  /// Each pixel of a picture of this size made from its place.
  private func made(_ size: Size, _ channels: Int, _ level: (_ y: Int, _ x: Int, _ channel: Int) -> Int) -> Image<UInt8>
  {
    var image = Image<UInt8>(height: size.height, width: size.width, channels: channels)
    for y in 0..<size.height {
      for x in 0..<size.width {
        for channel in 0..<channels { image[y, x, channel] = UInt8(min(255, max(0, level(y, x, channel)))) }
      }
    }
    return image
  }

  private func expect(_ action: Action, on image: Image<UInt8>, gives expected: Image<UInt8>) {
    expect(Plan(image, [action]), on: image, gives: expected)
  }

  private func expect(_ transform: any Transform, on image: Image<UInt8>, gives expected: Image<UInt8>) {
    let plan = Pipeline([Step(transform)]).plan(for: image.size, key: SampleKey(seed: 0, epoch: 0, position: 0))
    expect(plan, on: image, gives: expected)
  }

  private func expect(_ plan: Plan, on image: Image<UInt8>, gives expected: Image<UInt8>) {
    defer { hk_use_level(hk_best_level()) }
    for level in 0...hk_best_level() {
      hk_use_level(level)
      #expect(plan.applied(to: image) == expected, "\(plan) of \(image.size), level \(level)")
    }
  }

  @Test("symmetries", arguments: sizes, [1, 3])
  func symmetries(size: Size, channels: Int) {
    let image = TestPicture.noise(height: size.height, width: size.width, channels: channels)
    let (bottom, right) = (size.height - 1, size.width - 1)
    let turned = Size(height: size.width, width: size.height)
    let places: [(Symmetry, Size, (Int, Int) -> (Int, Int))] = [
      (.horizontal, size, { ($0, right - $1) }), (.vertical, size, { (bottom - $0, $1) }),
      (.halfTurn, size, { (bottom - $0, right - $1) }), (.transpose, turned, { ($1, $0) }),
      (.transverse, turned, { (bottom - $1, right - $0) }), (.left, turned, { ($1, right - $0) }),
      (.right, turned, { (bottom - $1, $0) }),
    ]
    for (symmetry, output, place) in places {
      let expected = made(output, channels) { y, x, channel in
        let from = place(y, x)
        return Int(image[from.0, from.1, channel])
      }
      expect(.symmetry(symmetry), on: image, gives: expected)
    }
  }

  @Test("levels through tables, channels through matrices", arguments: sizes)
  func points(size: Size) {
    let image = TestPicture.noise(height: size.height, width: size.width)
    let tables = [3, 7, 11].map { factor in (0...255).map { UInt8(truncatingIfNeeded: $0 * factor + 5) } }
    for count in [1, 3] {
      let expected = made(size, 3) { Int(tables[min($2, count - 1)][Int(image[$0, $1, $2])]) }
      expect(.table(ColorTable(Array(tables.prefix(count)))), on: image, gives: expected)
    }
    let swap: [Double] = [0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0]
    let grey = [Double](repeating: 0.25, count: 12).enumerated().map { $0.offset % 4 == 3 ? 8 : $0.element }
    let steep: [Double] = [3, -2, 0.5, 10, -1, 2.5, 0, -20, 0.125, 0.25, -9, 255]
    let luma = Array([[4899.0, 9618, 1868, 0], [4899, 9618, 1868, 0], [4899, 9618, 1868, 0]].joined()).map {
      $0 / 16384
    }
    for rows in [swap, grey, steep, luma] {
      let expected = made(size, 3) { y, x, channel in
        let sum = (0..<3).reduce(rows[4 * channel + 3]) { $0 + rows[4 * channel + $1] * Double(image[y, x, $1]) }
        return Int((sum + 0.5).rounded(.down))
      }
      expect(.matrix(ColorMatrix(rows)), on: image, gives: expected)
    }
  }

  @Test("windows beyond the edges", arguments: sizes, [1, 3])
  func windows(size: Size, channels: Int) {
    let image = TestPicture.noise(height: size.height, width: size.width, channels: channels)
    let borders: [(Border, Int32)] = [
      (.constant([9, 8, 7]), Int32(HK_CONSTANT)), (.edge, Int32(HK_EDGE)), (.reflect, Int32(HK_REFLECT)),
      (.reflect101, Int32(HK_REFLECT101)), (.wrap, Int32(HK_WRAP)),
    ]
    for (border, code) in borders {
      for rect in [Rect(y: -3, x: -50, height: 9, width: 130), Rect(y: size.height + 2, x: 1, height: 4, width: 3)] {
        let expected = made(rect.size, channels) { y, x, channel in
          let from = hk_border_index(Int32(y + rect.y), Int32(size.height), code)
          let at = hk_border_index(Int32(x + rect.x), Int32(size.width), code)
          return from < 0 || at < 0 ? 9 - channel : Int(image[Int(from), Int(at), channel])
        }
        expect(.window(rect, border), on: image, gives: expected)
      }
    }
  }

  @Test("the nearest pixels of an upright resize", arguments: sizes)
  func nearest(size: Size) {
    let image = TestPicture.noise(height: size.height, width: size.width)
    for output in [Size(height: 3, width: 17), Size(height: 80, width: 99)] {
      let expected = made(output, 3) { y, x, channel in
        let from = (2 * y + 1) * size.height / (2 * output.height)
        let at = (2 * x + 1) * size.width / (2 * output.width)
        return Int(image[from, at, channel])
      }
      let exact =
        (0..<output.height).allSatisfy { (2 * $0 + 1) * size.height % (2 * output.height) != 0 }
        && (0..<output.width).allSatisfy { (2 * $0 + 1) * size.width % (2 * output.width) != 0 }
      guard exact else { continue }  // a centre between two pixels may go either way
      expect(Resize(height: output.height, width: output.width, filter: .nearest), on: image, gives: expected)
    }
  }

  @Test("means of squares", arguments: sizes, [1, 2, 7])
  func means(size: Size, radius: Int) {
    let image = TestPicture.noise(height: size.height, width: size.width)
    let area = (2 * radius + 1) * (2 * radius + 1)
    func place(_ index: Int, _ side: Int) -> Int {
      Int(hk_border_index(Int32(index), Int32(side), Int32(HK_REFLECT101)))
    }
    let expected = made(size, 3) { y, x, channel in
      var sum = area / 2
      for dy in -radius...radius {
        for dx in -radius...radius {
          sum += Int(image[place(y + dy, size.height), place(x + dx, size.width), channel])
        }
      }
      return sum / area
    }
    expect(BoxBlur(radius: radius...radius), on: image, gives: expected)
  }

  @Test("the brightest and the darkest level of squares", arguments: sizes, [1, 2, 7])
  func extremes(size: Size, radius: Int) {
    let image = TestPicture.noise(height: size.height, width: size.width)
    func levels(_ y: Int, _ x: Int, _ channel: Int) -> [UInt8] {
      (-radius...radius).flatMap { dy in
        (-radius...radius).map { dx in
          image[min(size.height - 1, max(0, y + dy)), min(size.width - 1, max(0, x + dx)), channel]
        }
      }
    }
    let brightest = made(size, 3) { Int(levels($0, $1, $2).max() ?? 0) }
    expect(Morphology(radius: radius...radius, kind: .dilate), on: image, gives: brightest)
    let darkest = made(size, 3) { Int(levels($0, $1, $2).min() ?? 0) }
    expect(Morphology(radius: radius...radius, kind: .erode), on: image, gives: darkest)
  }

  @Test("what JPEG loses is what a file loses", arguments: sizes + [Size(height: 37, width: 50)], [1, 3])
  func compression(size: Size, channels: Int) throws {
    for (seed, quality) in [1, 10, 49, 50, 75, 96, 100].enumerated() {
      let noise = TestPicture.noise(height: size.height, width: size.width, channels: channels, seed: UInt64(seed))
      let smooth = channels == 3 ? TestPicture.gradient(height: size.height, width: size.width) : noise
      for image in [noise, smooth] {
        let file = try image.jpegEncoded(quality: quality)
        let back = try Image<UInt8>(decoding: file, options: DecodeOptions(channels: channels == 1 ? .gray : .rgb))
        expect(JPEG(quality: quality...quality), on: image, gives: back)
      }
    }
  }

  @Test("a bell, within half a level of real numbers but for rounding", arguments: sizes, [0.4, 1.2, 3.0])
  func bell(size: Size, sigma: Double) {
    let image = TestPicture.noise(height: size.height, width: size.width)
    let radius = (Int((sigma * 6 + 1).rounded()) | 1) / 2
    let heights = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let total = heights.reduce(0, +)
    func place(_ index: Int, _ side: Int) -> Int {
      Int(hk_border_index(Int32(index), Int32(side), Int32(HK_REFLECT101)))
    }
    func mean(_ y: Int, _ x: Int, _ channel: Int) -> Double {
      (-radius...radius).reduce(0.0) { sum, dy in
        (-radius...radius).reduce(sum) { sum, dx in
          sum + heights[dy + radius] * heights[dx + radius] / (total * total)
            * Double(image[place(y + dy, size.height), place(x + dx, size.width), channel])
        }
      }
    }
    let plan = Pipeline([Step(GaussianBlur(sigma: sigma...sigma))])
      .plan(for: size, key: SampleKey(seed: 0, epoch: 0, position: 0))
    defer { hk_use_level(hk_best_level()) }
    for level in 0...hk_best_level() {
      hk_use_level(level)
      let blurred = plan.applied(to: image)
      for y in 0..<size.height {
        for x in 0..<size.width {
          for channel in 0..<3 {
            #expect(abs(Double(blurred[y, x, channel]) - mean(y, x, channel)) < 0.53, "row \(y), column \(x)")
          }
        }
      }
    }
  }

  @Test("a bend of whole rows is that of each pixel", arguments: 0...4, [1, 7, 64, 83])
  func bends(shift: Int, count: Int) {
    let (columns, rows) = ((count - 1) >> shift + 2, 3)
    let moves = (0..<2 * rows * columns).map { Float(($0 * 37) % 101) / 9 - 5 }
    moves.withUnsafeBufferPointer { moves in
      var mesh = hk_mesh(
        dx: moves.baseAddress, dy: moves.baseAddress.map { $0 + rows * columns }, columns: Int32(columns),
        rows: Int32(rows), shift: Int32(shift))
      defer { hk_use_level(hk_best_level()) }
      for level in 0...hk_best_level() {
        hk_use_level(level)
        var x = (0..<count).map { Int32($0) << HK_COORDINATE_BITS }
        var y = [Int32](repeating: 3 << HK_COORDINATE_BITS / 2, count: count)
        var (alone, height) = (x, y)
        hk_bend(&mesh, count, &x, &y)
        for index in 0..<count {
          alone.withUnsafeMutableBufferPointer { alone in
            height.withUnsafeMutableBufferPointer { height in
              guard let x = alone.baseAddress, let y = height.baseAddress else { return }
              hk_bend(&mesh, 1, x + index, y + index)
            }
          }
        }
        #expect(x == alone && y == height, "level \(level)")
      }
    }
  }
}
