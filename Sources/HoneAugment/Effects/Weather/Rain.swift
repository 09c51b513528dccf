import Foundation
public import HoneImage

/// Falling drops, drawn out by the exposure.
public struct Streaks: Effect, CustomStringConvertible {
  public enum Look: String, Sendable, Hashable, Codable, CaseIterable {
    /// Grey veils, near and far drops.
    case veil
    /// Drops all alike that add their light.
    case light
  }
  public var count: Int
  /// Pixels.
  public var length: Double
  public var width: Double
  /// From the vertical.
  public var degrees: Double
  /// How bright a drop is, 0 … 1.
  public var strength: Double
  public var look: Look
  public var seed: UInt64
  public var description: String { "rain of \(count) at \(Int(degrees.rounded()))°" }

  public func apply(to image: inout Image<UInt8>) {
    switch look {
    case .veil: image.blend(toward: [200, 205, 210], through: veils(image.size), strength: strength)
    case .light: image.modulate(through: lights(image.size), slope: [0], offset: [255 * strength])
    }
  }

  private var softness: Double { max(0.4, width * 0.4) }
  private var angle: Double { degrees * .pi / 180 }

  private func veils(_ size: Size) -> Mask {
    var (stream, mask) = (RandomStream(seed: seed), Mask.mask(size))
    for _ in 0..<count {
      let near = stream.uniform(0.4...1)
      let start = place(in: size, from: &stream)
      let end = (x: start.x + sin(angle) * length * near, y: start.y + cos(angle) * length * near)
      mask.line(from: start, to: end, width: width * near, level: near)
    }
    return mask.blurred(sigma: softness)
  }

  /// One drop drawn and softened, then laid down again and again.
  private func lights(_ size: Size) -> Mask {
    let reach = Double(size.height + size.width)
    let (length, width) = (min(length, reach), min(width, reach))
    let (dx, dy) = (sin(angle) * length, cos(angle) * length)
    let margin = (width + 3 * min(softness, reach)).rounded(.up)
    let start = (x: margin + max(0, -dx), y: margin + max(0, -dy))
    var drop = Mask.mask(Size(height: Int(abs(dy) + 2 * margin) + 1, width: Int(abs(dx) + 2 * margin) + 1))
    drop.line(from: start, to: (x: start.x + dx, y: start.y + dy), width: width)
    drop = drop.blurred(sigma: softness)
    var (stream, mask) = (RandomStream(seed: seed), Mask.mask(size))
    for _ in 0..<count {
      let place = place(in: size, from: &stream)
      mask.raise(to: drop, y: Int((place.y - start.y).rounded()), x: Int((place.x - start.x).rounded()))
    }
    return mask
  }

  private func place(in size: Size, from stream: inout RandomStream) -> (x: Double, y: Double) {
    let x = stream.uniform(-0.1...1.1) * Double(size.width)
    return (x: x, y: stream.uniform() * Double(size.height) - min(length, Double(size.height)) / 2)
  }
}

/// Lets it rain.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `drops` per 1000 pixels; `length` as a fraction of the height; `width` as a fraction of the shorter side;
///   `degrees` from the vertical; `brightness` is the light left of the scene.
/// - Randomness: five draws per image, three per drop.
/// - Throws: nothing.
/// - Source: none: ours; imgaug's `Rain`. Drops of light are Albumentations' and kornia's `RandomRain`.
public struct Rain: Transform {
  public static let standard = Rain()
  public var drops: ClosedRange<Double>
  public var length: ClosedRange<Double>
  public var width: Double
  public var degrees: ClosedRange<Double>
  public var strength: Double
  public var brightness: ClosedRange<Double>
  public var look: Streaks.Look

  public init(
    drops: ClosedRange<Double> = 1...3, length: ClosedRange<Double> = 0.06...0.15, width: Double = 0.004,
    degrees: ClosedRange<Double> = -15...15, strength: Double = 0.6, brightness: ClosedRange<Double> = 0.75...0.95,
    look: Streaks.Look = .veil
  ) {
    self.drops = drops
    self.length = length
    self.width = width
    self.degrees = degrees
    self.strength = strength
    self.brightness = brightness
    self.look = look
  }

  public var problem: String? {
    rangeProblem("drops", drops, within: 0...100) ?? rangeProblem("length", length, within: 0...10)
      ?? rangeProblem("width", width, within: 0...1) ?? rangeProblem("degrees", degrees, within: -90...90)
      ?? rangeProblem("strength", strength, within: 0...1) ?? rangeProblem("brightness", brightness, within: 0...2)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (height, width) = (Double(scene.size.height), Double(scene.size.width))
    // Beyond a picture of ordinary size drops grow with it rather than in number.
    let count = stream.uniform(drops) / 1000 * min(height * width, 400_000)
    let streaks = Streaks(
      count: Int(count.rounded()), length: stream.uniform(length) * height,
      width: max(1, self.width * min(height, width)), degrees: stream.uniform(degrees), strength: strength,
      look: look, seed: stream.next())
    return [.table(.brightness(stream.uniform(brightness))), .effect(AnyEffect(streaks))]
  }
}
