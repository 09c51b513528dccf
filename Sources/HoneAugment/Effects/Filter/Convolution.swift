import CHoneKernels
import Foundation
public import HoneImage

/// The weighted sum of the pixels around each pixel, edges mirrored.
///
/// `weights` are rows of a rectangle of odd sides; zeros cost nothing.
public struct Convolution: Effect, CustomStringConvertible {
  public var weights: [[Double]]
  /// What it is for, for people.
  public var purpose: String
  public var description: String { purpose }

  public init(_ weights: [[Double]], purpose: String) {
    self.weights = weights
    self.purpose = purpose
  }

  public func apply(to image: inout Image<UInt8>) {
    let (height, width) = (weights.count, weights.first?.count ?? 0)
    let taps = zip(places, fixed).filter { $0.1 != 0 }.map { (y: $0.0.y, x: $0.0.x, weight: $0.1) }
    guard !taps.isEmpty else { return }
    let (amounts, bits, length) = (taps.map(\.weight), Int32(bits), image.rowLength)
    var rows = [UnsafePointer<UInt8>?](repeating: nil, count: taps.count)
    image.remake(around: (height / 2, width / 2)) { _, at, out in
      for (index, tap) in taps.enumerated() { rows[index] = at(tap.y, tap.x) }
      hk_convolve(rows, amounts, Int32(rows.count), bits, length, out)
    }
  }

  private var places: [(y: Int, x: Int)] {
    weights.indices.flatMap { y in weights[y].indices.map { (y: y, x: $0) } }
  }

  /// The weights in fixed point. Each takes over what rounding left of those before, so that their sum is kept.
  private var fixed: [Int16] {
    var (sum, given) = (0.0, 0.0)
    return weights.joined().map { weight in
      sum += weight * Double(1 << bits)
      let part = sum.rounded() - given
      given += part
      return Int16(min(32767, max(-32767, part)))
    }
  }

  /// As many fraction bits as leave each weight within 16 bits and every sum within 32.
  private var bits: Int {
    let (largest, reach) = weights.joined().reduce((1e-9, 1e-9)) { (max($0.0, abs($1)), $0.1 + abs($1)) }
    return max(1, min(15, Int(log2(32000 / largest)), Int(log2(8_000_000 / reach))))
  }
}

/// A convolution whose weights are a product of a column and a row: two quick passes, each rounded to levels.
struct Separable {
  var across: [Int32]
  var down: [Int32]

  /// Fixed-point weights that sum to one.
  static func weights(_ heights: [Double]) -> [Int32] {
    let (total, one) = (heights.reduce(0, +), 1 << HK_WEIGHT_BITS)
    var weights = heights.map { Int32(($0 / total * Double(one)).rounded()) }
    weights[weights.count / 2] += Int32(one) - weights.reduce(0, +)
    return weights
  }

  /// A bell of this width in pixels, cut off at `radius`.
  static func gaussian(_ sigma: Double, radius: Int) -> [Int32] {
    weights((-radius...radius).map { Gaussian.height(Double($0), sigma) })
  }

  func apply(to image: inout Image<UInt8>) {
    let length = image.rowLength
    if across.count > 1 {
      image.remake(around: (0, across.count / 2)) { _, at, out in
        let taps: [UnsafePointer<UInt8>?] = across.indices.map { at(0, $0) }
        hk_weighted_rows(taps, across, Int32(taps.count), length, out)
      }
    }
    guard down.count > 1 else { return }
    image.remake(around: (down.count / 2, 0)) { _, at, out in
      let taps: [UnsafePointer<UInt8>?] = down.indices.map { at($0, 0) }
      hk_weighted_rows(taps, down, Int32(taps.count), length, out)
    }
  }
}
