import CHoneKernels
public import HoneImage

/// Looks through frosted glass: neighbours change places between two blurs.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `sigma` of the blurs and `reach` of an exchange in pixels; `rounds` of exchanges.
/// - Randomness: three draws per image, then one per pixel and round, a hash of its place.
/// - Throws: nothing.
/// - Source: Hendrycks & Dietterich, 2019, arXiv:1903.12261 (ImageNet-C); Albumentations' `GlassBlur`.
public struct GlassBlur: Transform {
  public static let standard = GlassBlur()
  public var sigma: ClosedRange<Double>
  public var reach: ClosedRange<Int>
  public var rounds: Int

  public init(sigma: ClosedRange<Double> = 0.4...0.9, reach: ClosedRange<Int> = 1...3, rounds: Int = 2) {
    self.sigma = sigma
    self.reach = reach
    self.rounds = rounds
  }

  public var problem: String? {
    rangeProblem("sigma", sigma, within: 0...50) ?? rangeProblem("reach", reach, within: 0...100)
      ?? rangeProblem("rounds", rounds, within: 0...20)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let glass = Glass(
      sigma: stream.uniform(sigma), reach: stream.integer(reach), rounds: rounds, seed: stream.next())
    return [.effect(AnyEffect(glass))]
  }
}

/// `GlassBlur` with its strength drawn.
public struct Glass: Effect, CustomStringConvertible {
  public var sigma: Double
  public var reach: Int
  public var rounds: Int
  public var seed: UInt64
  public var description: String { "glass \(reach)×\(rounds)" }

  public func apply(to image: inout Image<UInt8>) {
    image = image.blurred(sigma: sigma)
    for round in 0..<rounds { exchange(&image, round) }
    image = image.blurred(sigma: sigma)
  }

  /// Every pixel in turn, from the last, changes places with one nearby; at the edge with one inside.
  private func exchange(_ image: inout Image<UInt8>, _ round: Int) {
    let (height, width, channels) = (image.height, image.width, image.channels)
    let span = UInt32(2 * reach + 1)
    var bits = [UInt32](repeating: 0, count: width)
    image.elements.withUnsafeMutableBufferPointer { pixels in
      for y in stride(from: height - 1, through: 0, by: -1) {
        hk_random(seed, (round * height + y) * width, width, &bits)
        for x in stride(from: width - 1, through: 0, by: -1) {
          let dy = Int(((bits[x] >> 16) * span) >> 16) - reach
          let dx = Int(((bits[x] & 0xffff) * span) >> 16) - reach
          let (oy, ox) = (min(height - 1, max(0, y + dy)), min(width - 1, max(0, x + dx)))
          let (a, b) = ((y * width + x) * channels, (oy * width + ox) * channels)
          for channel in 0..<channels where a != b { pixels.swapAt(a + channel, b + channel) }
        }
      }
    }
  }
}
