import Foundation
public import HoneImage

/// Drops of rain or mud on the lens.
public struct Splashes: Effect, CustomStringConvertible {
  public enum Liquid: String, Sendable, Hashable, Codable, CaseIterable { case rain, mud, either }
  public var liquid: Liquid
  /// The part of the picture that is hit, 0 … 1.
  public var coverage: Double
  /// Size of a drop in pixels.
  public var size: Double
  public var strength: Double
  public var seed: UInt64
  public var description: String { "\(liquid.rawValue) on \(Int((coverage * 100).rounded()))%" }

  public func apply(to image: inout Image<UInt8>) {
    let heights = heights(image.size)
    let threshold = threshold(heights)
    // Soft within an eighth of the range above the threshold.
    let ramp = ColorTable { clamped(255 * (Double($0) - threshold) / 32) }
    var mask = Mask.mask(image.size)
    mask.elements = heights.elements.map { ramp.tables[0][Int($0)] }
    switch liquid {
    case .mud: image.blend(toward: [63, 42, 20], through: mask, strength: strength)
    case .rain, .either: refract(&image, mask)
    }
  }

  /// Smooth noise whose bumps are as large as drops.
  private func heights(_ size: Size) -> Mask {
    let step = max(1, self.size)
    let coarse = Size(
      height: max(2, Int(Double(size.height) / step)), width: max(2, Int(Double(size.width) / step)))
    var noise = Mask(height: coarse.height, width: coarse.width, channels: 1, repeating: 128)
    AddedNoise(strength: [40], seed: seed).apply(to: &noise)
    return noise.resized(to: size, filter: .bicubic)
  }

  /// The height that only the covered part lies above.
  private func threshold(_ heights: Mask) -> Double {
    var counts = [Int](repeating: 0, count: 256)
    for level in heights.elements { counts[Int(level)] += 1 }
    var left = Int(coverage * Double(heights.elements.count))
    for level in stride(from: 255, through: 0, by: -1) {
      left -= counts[level]
      if left < 0 { return Double(level) }
    }
    return -1
  }

  /// Water lightens a little, shines at the upper left edge and darkens at the lower right one.
  private func refract(_ image: inout Image<UInt8>, _ mask: Mask) {
    let reach = max(1, Int(size / 4))
    var (light, dark) = (mask, mask)
    let (height, width) = (mask.height, mask.width)
    mask.elements.withUnsafeBufferPointer { levels in
      light.changeRows { y, row in
        let above = max(0, y - reach) * width
        for x in 0..<width { row[x] = row[x] - min(row[x], levels[above + max(0, x - reach)]) }
      }
      dark.changeRows { y, row in
        let below = min(height - 1, y + reach) * width
        for x in 0..<width { row[x] = row[x] - min(row[x], levels[below + min(width - 1, x + reach)]) }
      }
    }
    image.blend(toward: [226, 236, 240], through: mask, strength: strength * 0.35)
    image.blend(toward: [255, 255, 255], through: light, strength: strength * 0.8)
    image.blend(toward: [40, 48, 52], through: dark, strength: strength * 0.5)
  }
}

/// Splashes rain or mud on the lens.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `coverage` is the part of the picture that is hit; `size` of a drop as a fraction of the shorter side.
/// - Randomness: four draws per image, then one per bump, a hash of its place.
/// - Throws: nothing.
/// - Source: Hendrycks & Dietterich, 2019, arXiv:1903.12261 (ImageNet-C); Albumentations' `Spatter`. Differs: drops are
///   bumps of smooth noise, shaded from the upper left.
public struct Spatter: Transform {
  public static let standard = Spatter()
  public var coverage: ClosedRange<Double>
  public var size: ClosedRange<Double>
  public var strength: ClosedRange<Double>
  public var liquid: Splashes.Liquid

  public init(
    coverage: ClosedRange<Double> = 0.05...0.2, size: ClosedRange<Double> = 0.01...0.03,
    strength: ClosedRange<Double> = 0.5...0.9, liquid: Splashes.Liquid = .either
  ) {
    self.coverage = coverage
    self.size = size
    self.strength = strength
    self.liquid = liquid
  }

  public var problem: String? {
    rangeProblem("coverage", coverage, within: 0...1) ?? rangeProblem("size", size, within: 0.001...1)
      ?? rangeProblem("strength", strength, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let coin = stream.chance(0.5)
    let splashes = Splashes(
      liquid: liquid == .either ? coin ? .rain : .mud : liquid, coverage: stream.uniform(coverage),
      size: stream.uniform(size) * Double(min(scene.size.height, scene.size.width)), strength: stream.uniform(strength),
      seed: stream.next())
    return [.effect(AnyEffect(splashes))]
  }
}
