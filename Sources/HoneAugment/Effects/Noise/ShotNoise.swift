import CHoneKernels
import Foundation
public import HoneImage

/// Counts photons: every level becomes a Poisson number with that mean.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `scale` is the light of one photon, full light being 1; larger is noisier. Counted in linear light (gamma 2.2).
/// - Randomness: two draws per image, then one per element, a hash of its place.
/// - Throws: nothing.
/// - Source: the Poisson distribution; details as Albumentations' `ShotNoise`.
public struct ShotNoise: Transform {
  public static let standard = ShotNoise()
  public var scale: ClosedRange<Double>
  public init(scale: ClosedRange<Double> = 0.005...0.05) { self.scale = scale }
  public var problem: String? { rangeProblem("scale", scale, within: 0.002...1) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.effect(AnyEffect(PhotonCount(scale: stream.uniform(scale), seed: stream.next())))]
  }
}

/// `ShotNoise` with its strength drawn.
public struct PhotonCount: Effect, CustomStringConvertible {
  public var scale: Double
  public var seed: UInt64
  public var description: String { "shot noise \((scale * 1000).rounded() / 1000)" }

  public func apply(to image: inout Image<UInt8>) {
    let (entries, length) = (entries, image.rowLength)
    image.changeRows { y, row in hk_level_noise(row, length, seed, y * length, entries) }
  }

  /// What each level becomes in each 256th of chance: one level or another, and the chance of the first.
  private var entries: [UInt32] {
    let levels = (0...Int((1 / scale).rounded(.up))).map { count in
      UInt8((255 * pow(min(1, Double(count) * scale), 1 / 2.2)).rounded())
    }
    return (0..<256).flatMap { level -> [UInt32] in
      var poisson = Poisson(mean: pow(Double(level) / 255, 2.2) / scale)
      return poisson.entries { levels[min($0, levels.count - 1)] }
    }
  }
}

/// Walks a Poisson distribution upwards.
private struct Poisson {
  private var count = 0
  private var chance: Double
  private var sum: Double
  private let mean: Double

  init(mean: Double) {
    self.mean = mean
    chance = exp(-mean)
    sum = chance
  }

  /// The smallest number whose chance of not being passed exceeds `part`.
  private mutating func advance(past part: Double) {
    while sum <= part && Double(count) < mean + 12 * mean.squareRoot() + 12 {
      count += 1
      chance *= mean / Double(count)
      sum += chance
    }
  }

  mutating func entries(_ level: (Int) -> UInt8) -> [UInt32] {
    (0..<256).map { part in
      let end = Double(part + 1) / 256
      advance(past: Double(part) / 256)
      let (first, share) = (level(count), (sum - Double(part) / 256) * 256)
      guard share < 1 else { return UInt32(first) | UInt32(first) << 8 | 0xffff_0000 }
      var rest = self
      rest.advance(past: end - (1 - share) / 512)
      return UInt32(first) | UInt32(level(rest.count)) << 8 | UInt32(max(0, share) * 65535) << 16
    }
  }
}
