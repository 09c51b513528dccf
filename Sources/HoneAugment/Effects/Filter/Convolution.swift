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

/// A filter that is the same on all four sides: weights across, then weights down.
struct Separable {
  var across: Bell
  var down: Bell

  /// Fixed-point weights from the middle outwards, an even number; with those of the other side they sum to one.
  struct Bell {
    let weights: [Int16]
    let bits: Int

    /// - Parameter heights: positive, from the middle outwards, the middle one first and none higher.
    init(_ heights: [Double]) {
      let total = 2 * heights.reduce(0, +) - heights[0]
      let bits = min(17, Int(log2(32000 * total / heights[0])))
      let sides = heights.dropFirst().map { Int(($0 / total * Double(1 << bits)).rounded()) }
      let even = [Int](repeating: 0, count: heights.count % 2)
      weights = ([1 << bits - 2 * sides.reduce(0, +)] + sides + even).map { Int16(min(32767, max(0, $0))) }
      self.bits = bits
    }

    var radius: Int { weights.count - 1 }

    func withKernel(_ body: (UnsafePointer<hk_bell>) -> Void) {
      weights.withUnsafeBufferPointer { weights in
        var bell = hk_bell(weights: weights.baseAddress, radius: Int32(radius), bits: Int32(bits))
        body(&bell)
      }
    }
  }

  func apply(to image: inout Image<UInt8>) {
    let (height, length, channels) = (image.height, image.rowLength, Int32(image.channels))
    let room = hk_blur_space(height, length, channels, Int32(across.radius), Int32(down.radius))
    across.withKernel { across in
      down.withKernel { down in
        withUnsafeTemporaryAllocation(byteCount: room, alignment: 64) { space in
          image.remade { hk_blur($0, height, length, channels, across, down, space.baseAddress, $1) }
        }
      }
    }
  }
}
