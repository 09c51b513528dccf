import Foundation
public import HoneImage

/// Snow that lies and snow that falls.
public struct Snowfall: Effect, CustomStringConvertible {
  public enum Cover: String, Sendable, Hashable, Codable, CaseIterable {
    /// Light places turn white, softly and in drifts.
    case settle
    /// Everything darker than a point is lit up; hue and saturation (HLS) stay.
    case bleach
  }
  public var cover: Cover
  /// Of settled snow, the part of the range of lightness that it takes, from white down; the lightness below which all is
  /// bleached.
  public var point: Double
  /// How many times lighter bleached places become.
  public var gain: Double
  public var flakes: Int
  /// Radius of the largest flake in pixels.
  public var radius: Double
  public var seed: UInt64
  public var description: String { "snow to \(Int((point * 100).rounded()))%, \(flakes) flakes" }

  public func apply(to image: inout Image<UInt8>) {
    switch cover {
    case .settle: settle(&image)
    case .bleach: bleach(&image)
    }
    guard flakes > 0 else { return }
    var stream = RandomStream(seed: seed)
    var mask = Mask.mask(image.size)
    for _ in 0..<flakes {
      let near = stream.uniform(0.25...1)
      let (x, y) = (stream.uniform() * Double(image.width), stream.uniform() * Double(image.height))
      mask.disc(x: x, y: y, radius: radius * near, level: 0.4 + 0.6 * near)
    }
    image.blend(toward: [250, 250, 252], through: mask.blurred(sigma: max(0.4, radius * 0.3)), strength: 0.9)
  }

  private func settle(_ image: inout Image<UInt8>) {
    var mask = Mask.plasma(image.size, roughness: 0.7, seed: seed)
    let (channels, soft) = (image.channels, 0.3)
    // For twice the lightness, 0 … 510: how much of the snow stays there.
    let stays = (0...510).map { twice in
      UInt32(256 * min(1, max(0, (Double(twice) / 510 - (1 - point)) / soft + 0.5)))
    }
    image.elements.withUnsafeBufferPointer { pixels in
      mask.elements.withUnsafeMutableBufferPointer { mask in
        for index in mask.indices {
          let start = index * channels
          var (high, low) = (pixels[start], pixels[start])
          if channels >= 3 {
            high = max(high, max(pixels[start + 1], pixels[start + 2]))
            low = min(low, min(pixels[start + 1], pixels[start + 2]))
          }
          let drift = 140 + UInt32(mask[index]) * 115 / 255
          mask[index] = UInt8((drift * stays[Int(high) + Int(low)]) >> 8)
        }
      }
    }
    image.blend(toward: [248, 250, 254], through: mask)
  }

  /// Where there are no colours, only the first channel is light.
  private func bleach(_ image: inout Image<UInt8>) {
    let (point, gain) = (Float(510 * point), Float(gain))
    guard image.channels < 3 else {
      image = image.changed(by: [.bleach(point: point, gain: gain)])
      return
    }
    let lit = ColorTable { Float(2 * $0) < point ? clamped(Double(min(255, Float($0) * gain))) : UInt8($0) }
    let same = ColorTable { UInt8($0) }
    image = image.changed(by: [.table(ColorTable(lit.tables + (1..<image.channels).flatMap { _ in same.tables }))])
  }
}

/// Lets it snow: light places turn white, flakes fall.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `point` is how far down from white snow settles, as a fraction of the lightness; bleaching, it is the lightness
///   below which places become `gain` times lighter. `flakes` per 1000 pixels; `radius` as a fraction of the shorter side.
/// - Randomness: four draws per image, three per flake.
/// - Throws: nothing.
/// - Source: none: ours. Bleaching is Saxena's Automold, 2018, and Albumentations' `RandomSnow` (its point p is ours at
///   1⁄3 + p⁄2).
public struct Snow: Transform {
  public static let standard = Snow()
  public var cover: Snowfall.Cover
  public var point: ClosedRange<Double>
  public var gain: Double
  public var flakes: ClosedRange<Double>
  public var radius: Double

  public init(
    cover: Snowfall.Cover = .settle, point: ClosedRange<Double> = 0.35...0.6, gain: Double = 2,
    flakes: ClosedRange<Double> = 0.5...2,
    radius: Double = 0.008
  ) {
    self.cover = cover
    self.point = point
    self.gain = gain
    self.flakes = flakes
    self.radius = radius
  }

  public var problem: String? {
    rangeProblem("point", point, within: 0...1) ?? rangeProblem("gain", gain, within: 1...100)
      ?? rangeProblem("flakes", flakes, within: 0...100) ?? rangeProblem("radius", radius, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (height, width) = (Double(scene.size.height), Double(scene.size.width))
    let count = stream.uniform(flakes) / 1000 * min(height * width, 400_000)
    let snow = Snowfall(
      cover: cover, point: stream.uniform(point), gain: gain, flakes: Int(count.rounded()),
      radius: max(0.8, radius * min(height, width)), seed: stream.next())
    return [.effect(AnyEffect(snow))]
  }
}
