import Foundation
import HoneImage

/// A part of a picture with soft, rounded outlines: where noise of low frequencies is highest.
///
/// - Units: `share` of the picture.
/// - Source: Harris et al., 2020, arXiv:2002.12047, with amplitudes falling as frequency⁻³, cut off after twelve waves per
///   side.
public struct Cloud: Sendable, Hashable, Codable {
  public let share: Double
  public let seed: UInt64
  private static let waves = 12

  public init(share: Double, seed: UInt64) {
    self.share = share
    self.seed = seed
  }

  /// Which pixels belong to it, row by row; their part is near `share`.
  func mask(_ size: Size) -> [Bool] {
    let heights = field(size)
    let sample = stride(from: 0, to: heights.count, by: max(1, heights.count / 4096)).map { heights[$0] }.sorted()
    let below = Int(((1 - share) * Double(sample.count)).rounded())
    guard sample.indices.contains(below) else { return [Bool](repeating: false, count: heights.count) }
    guard below > 0 else { return [Bool](repeating: true, count: heights.count) }
    return heights.map { $0 >= sample[below] }
  }

  /// The noise: a Fourier series with random coefficients, summed over columns of waves first, then over rows.
  private func field(_ size: Size) -> [Float] {
    var stream = RandomStream(seed: seed)
    let downs = (-Self.waves...Self.waves).map { (turns: $0, circle: Self.circle(turns: $0, size.height)) }
    let rows = (0...Self.waves).map { across in Self.rowSums(across, downs, size, &stream) }
    let turns = (0...Self.waves).map { Self.circle(turns: $0, size.width) }
    var field = [Float](repeating: 0, count: size.height * size.width)
    for y in 0..<size.height {
      for across in 0...Self.waves {
        let ((a, b), circle, start) = (rows[across][y], turns[across], y * size.width)
        for x in 0..<size.width { field[start + x] += a * circle.cos[x] - b * circle.sin[x] }
      }
    }
    return field
  }

  /// For one number of waves across, the complex amplitude in each row.
  private static func rowSums(
    _ across: Int, _ downs: [(turns: Int, circle: Circle)], _ size: Size, _ stream: inout RandomStream
  ) -> [(Float, Float)] {
    var sums = [(Float, Float)](repeating: (0, 0), count: size.height)
    for (down, turn) in downs where across > 0 || down > 0 {
      let (fy, fx) = (Double(down) / Double(size.height), Double(across) / Double(size.width))
      let amplitude = pow(hypot(fy, fx) * Double(max(size.height, size.width)), -3)
      let (a, b) = (Float(stream.normal() * amplitude), Float(stream.normal() * amplitude))
      for y in 0..<size.height {
        sums[y].0 += a * turn.cos[y] - b * turn.sin[y]
        sums[y].1 += a * turn.sin[y] + b * turn.cos[y]
      }
    }
    return sums
  }

  private typealias Circle = (cos: [Float], sin: [Float])

  /// Cosine and sine along a side, so many times around.
  private static func circle(turns: Int, _ side: Int) -> Circle {
    let angles = (0..<side).map { 2 * .pi * Double(turns * $0) / Double(side) }
    return (angles.map { Float(cos($0)) }, angles.map { Float(sin($0)) })
  }
}
