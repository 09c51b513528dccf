import CHoneKernels
import Foundation
import HoneImage

extension Field {
  /// The field over a canvas; nodes are as far apart as its smoothness allows.
  func mesh(_ size: Size) -> Mesh {
    switch self {
    case .elastic(let alpha, let sigma, let together, let seed):
      Mesh(elastic: size, alpha: alpha, sigma: sigma, together: together, seed: seed)
    case .lens(let lens, let strength): Mesh(size, shift: Self.shift(for: size)) { lens.move($0, $1, size, strength) }
    case .nodes(let rows, let columns, let moves): Mesh(size, nodes: rows, columns, moves)
    case .steps(let x, let y): Mesh(size, steps: x, y)
    case .thinPlate(let points, let moves): ThinPlate(points, moves).mesh(size)
    case .waves(let x, let y):
      Mesh(size, shift: Self.shift(min(x.length, y.length) / 16)) { (x($1), y($0)) }
    case .swirl(let degrees, let radius):
      Mesh(size, shift: Self.shift(for: size)) { Self.whirl($0, $1, size, degrees: degrees, radius: radius) }
    case .scatter(let radius, let seed): Mesh(scatter: size, radius: radius, seed: seed)
    }
  }

  /// The largest power of two within so many pixels, at most eight of them.
  fileprivate static func shift(_ pixels: Double) -> Int { (0..<4).last { Double(1 << $0) <= pixels } ?? 0 }

  /// Fields that span the canvas are the smoother the larger it is.
  static func shift(for size: Size) -> Int {
    let side = max(size.height, size.width)
    return side >= 384 ? 2 : side >= 160 ? 1 : 0
  }

  private static func whirl(
    _ x: Double, _ y: Double, _ size: Size, degrees: Double, radius: Double
  ) -> (x: Double, y: Double) {
    let (u, v) = (x - Double(size.width - 1) / 2, y - Double(size.height - 1) / 2)
    let angle = degrees * .pi / 180 * exp(-hypot(u, v) * log(3) / max(1, radius))
    return (u * (cos(angle) - 1) - v * sin(angle), u * sin(angle) + v * (cos(angle) - 1))
  }
}

extension Lens {
  fileprivate func move(_ x: Double, _ y: Double, _ size: Size, _ k: Double) -> (x: Double, y: Double) {
    let (width, height) = (Double(size.width), Double(size.height))
    let (u, v) = (x - (width - 1) / 2, y - (height - 1) / 2)
    switch self {
    case .camera:
      let square = u * u / (width * width) + v * v / (height * height)
      let gain = k * square * (1 + square)
      return (u * gain, v * gain)
    case .fisheye:
      let gain = k * (u * u + v * v) / (width * width / 4 + height * height / 4)
      return (u * gain, v * gain)
    }
  }
}

extension Mesh {
  fileprivate init(_ size: Size, nodes rows: Int, _ columns: Int, _ moves: [[Double]]) {
    let count = max(1, rows) * max(1, columns)
    let sound = moves.count == count && moves.allSatisfy { $0.count == 2 }
    let moves = sound ? moves : [[Double]](repeating: [0, 0], count: count)
    let (rows, columns) = (max(1, rows), max(1, columns))
    let across = Double(columns - 1) / Double(max(1, size.width - 1))
    let down = Double(rows - 1) / Double(max(1, size.height - 1))
    self.init(size, shift: Field.shift(for: size)) { x, y in
      let (u, v) = (min(Double(columns - 1), x * across), min(Double(rows - 1), y * down))
      let (left, top) = (Int(u), Int(v))
      let (right, bottom) = (min(columns - 1, left + 1), min(rows - 1, top + 1))
      func read(_ axis: Int) -> Double {
        let upper =
          moves[top * columns + left][axis] * (1 - u + Double(left)) + moves[top * columns + right][axis]
          * (u - Double(left))
        let lower =
          moves[bottom * columns + left][axis] * (1 - u + Double(left)) + moves[bottom * columns + right][axis]
          * (u - Double(left))
        return upper * (1 - v + Double(top)) + lower * (v - Double(top))
      }
      return (read(0), read(1))
    }
  }

  fileprivate init(_ size: Size, steps x: [Double], _ y: [Double]) {
    func place(_ pixel: Double, _ side: Int, _ steps: [Double]) -> Double {
      guard steps.count > 1, side > 1 else { return 0 }
      let last = Double(side - 1)
      let at = min(Double(steps.count - 1), pixel / last * Double(steps.count - 1))
      let index = min(steps.count - 2, Int(at))
      return last * (steps[index] + (steps[index + 1] - steps[index]) * (at - Double(index))) - min(pixel, last)
    }
    let columns = (0..<Self.nodes(size.width, shift: 1)).map { Float(place(Double($0 << 1), size.width, x)) }
    let rows = (0..<Self.nodes(size.height, shift: 1)).map { Float(place(Double($0 << 1), size.height, y)) }
    self.init(
      rows: rows.count, columns: columns.count, shift: 1, dx: rows.flatMap { _ in columns },
      dy: rows.flatMap { [Float](repeating: $0, count: columns.count) })
  }

  fileprivate init(scatter size: Size, radius: Int, seed: UInt64) {
    let (rows, columns) = (size.height + 1, size.width + 1)
    var bits = [UInt32](repeating: 0, count: rows * columns)
    hk_random(seed, 0, bits.count, &bits)
    let (reach, span) = (Float(radius), UInt32(2 * radius + 1))
    self.init(
      rows: rows, columns: columns, shift: 0, dx: bits.map { Float((($0 & 0xffff) * span) >> 16) - reach },
      dy: bits.map { Float((($0 >> 16) * span) >> 16) - reach })
  }

  /// White noise on the nodes, smoothed there, brought to the strength that it has at every pixel.
  fileprivate init(elastic size: Size, alpha: Double, sigma: Double, together: Bool, seed: UInt64) {
    let shift = Field.shift(sigma / 2)
    let (rows, columns) = (Self.nodes(size.height, shift: shift), Self.nodes(size.width, shift: shift))
    let bell = Bell(sigma / Double(1 << shift))
    let gain = Float(alpha * Bell(sigma).energy / bell.energy)
    func axis(_ key: UInt64) -> [Float] { bell.noise(rows: rows, columns: columns, seed: key).map { $0 * gain } }
    let dx = axis(seed)
    self.init(
      rows: rows, columns: columns, shift: shift, dx: dx, dy: together ? dx : axis(seed ^ 0x9e37_79b9_7f4a_7c15))
  }
}

/// A bell's weights along one axis.
private struct Bell {
  let weights: [Float]
  /// What remains of the variance of white noise in each direction.
  let energy: Double

  init(_ sigma: Double) {
    let radius = max(0, Int((3 * sigma).rounded(.up)))
    let heights = (-radius...radius).map { sigma > 0.1 ? Gaussian.height(Double($0), sigma) : $0 == 0 ? 1 : 0 }
    let total = heights.reduce(0, +)
    weights = heights.map { Float($0 / total) }
    energy = heights.reduce(0) { $0 + $1 * $1 } / (total * total)
  }

  /// Noise of −1…1 made with a margin, so that it is as strong at the edge as in the middle.
  func noise(rows: Int, columns: Int, seed: UInt64) -> [Float] {
    let (taps, wide) = (weights.count, columns + weights.count - 1)
    var bits = [UInt32](repeating: 0, count: wide)
    return [Float](unsafeUninitializedCapacity: rows * columns) { out, filled in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: wide + taps * columns) { space in
        guard let line = space.baseAddress, let out = out.baseAddress else { return }
        let ring = line + wide
        for y in 0..<rows + taps - 1 {
          hk_random(seed, y * wide, wide, &bits)
          for index in 0..<wide { (line + index).initialize(to: Float(Int32(bitPattern: bits[index])) * 0x1p-31) }
          weigh(to: ring + y % taps * columns, columns) { UnsafePointer(line + $0) }
          guard y >= taps - 1 else { continue }
          weigh(to: out + (y - taps + 1) * columns, columns) { UnsafePointer(ring + (y + 1 + $0) % taps * columns) }
        }
      }
      filled = rows * columns
    }
  }

  private func weigh(to out: UnsafeMutablePointer<Float>, _ count: Int, _ row: (_ tap: Int) -> UnsafePointer<Float>) {
    let rows: [UnsafePointer<Float>?] = weights.indices.map { row($0) }
    hk_weighted_floats(rows, weights, Int32(weights.count), count, out)
  }
}
