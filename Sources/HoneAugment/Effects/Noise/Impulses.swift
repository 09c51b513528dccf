import CHoneKernels
public import HoneImage

/// Some pixels (or elements) set to one colour, some to another, each with a chance of its own.
public struct Impulses: Effect, CustomStringConvertible {
  /// Chances of the first colour and of the second.
  public var chances: [Double]
  /// The two colours; a list shorter than the channels repeats its last level.
  public var colors: [[UInt8]]
  /// Each element on its own rather than whole pixels; then only the first level of a colour counts.
  public var perElement: Bool
  /// Side of a speck in pixels.
  public var grain: Int
  public var seed: UInt64
  public var description: String {
    "specks " + chances.filter { $0 > 0 }.map { "\(($0 * 1000).rounded() / 10)%" }.joined(separator: " ")
  }

  public init(chances: [Double], colors: [[UInt8]], perElement: Bool = false, grain: Int = 1, seed: UInt64) {
    self.chances = chances
    self.colors = colors
    self.perElement = perElement
    self.grain = grain
    self.seed = seed
  }

  public func apply(to image: inout Image<UInt8>) {
    guard grain <= 1 else { return applyCoarsely(to: &image) }
    let channels = perElement ? 1 : image.channels
    let count = image.rowLength / channels
    let first = min(1, max(0, chances.first ?? 0))
    let both = min(1, first + max(0, chances.count > 1 ? chances[1] : 0))
    let paints = (0..<2).map { paint in
      let color = paint < colors.count ? colors[paint] : []
      return (0..<channels).map { color.isEmpty ? 0 : color[min($0, color.count - 1)] }
    }
    image.changeRows { y, row in
      hk_impulses(
        row, count, Int32(channels), seed, y * count, UInt64(first * 0x1p32), UInt64(both * 0x1p32), paints[0],
        paints[1])
    }
  }
}

extension Impulses {
  /// Finds the specks on a lattice of a pixel each (one level for nothing, two for the colours), then paints squares.
  private func applyCoarsely(to image: inout Image<UInt8>) {
    let (rows, columns) = ((image.height + grain - 1) / grain, (image.width + grain - 1) / grain)
    let planes = perElement ? image.channels : 1
    var lattice = Image<UInt8>(height: rows, width: columns, channels: planes, repeating: 1)
    Impulses(chances: chances, colors: [[0], [2]], perElement: perElement, seed: seed).apply(to: &lattice)
    let (width, channels) = (image.width, image.channels)
    image.changeRows { y, row in
      for index in 0..<width * channels {
        let (x, channel) = (index / channels, index % channels)
        let kind = lattice[y / grain, x / grain, perElement ? channel : 0]
        guard kind != 1, let color = colors.dropFirst(kind == 0 ? 0 : 1).first, !color.isEmpty else { continue }
        row[index] = color[perElement ? 0 : min(channel, color.count - 1)]
      }
    }
  }
}

/// Sets some pixels to black and some to white, as dead and hot pixels or a bad line do.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `amount` is the fraction of pixels; `salt` the fraction of those that become white; `grain` is the side of a
///   speck in pixels.
/// - Randomness: three draws per image, then one per pixel, a hash of its place.
/// - Throws: nothing.
/// - Source: none: customary; Albumentations' `SaltAndPepper`.
public struct SaltAndPepper: Transform {
  public static let standard = SaltAndPepper()
  public var amount: ClosedRange<Double>
  public var salt: ClosedRange<Double>
  /// Each channel on its own: coloured specks.
  public var perChannel: Bool
  public var grain: Int

  public init(
    amount: ClosedRange<Double> = 0.01...0.06, salt: ClosedRange<Double> = 0.4...0.6, perChannel: Bool = false,
    grain: Int = 1
  ) {
    self.grain = grain
    self.amount = amount
    self.salt = salt
    self.perChannel = perChannel
  }

  public var problem: String? {
    rangeProblem("amount", amount, within: 0...1) ?? rangeProblem("salt", salt, within: 0...1)
      ?? rangeProblem("grain", grain, within: 1...1000)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (amount, salt) = (stream.uniform(amount), stream.uniform(salt))
    let impulses = Impulses(
      chances: [amount * (1 - salt), amount * salt], colors: [[0], [255]], perElement: perChannel, grain: grain,
      seed: stream.next())
    return [.effect(AnyEffect(impulses))]
  }
}

/// Sets some pixels to one colour.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `chance` is the fraction of pixels; `color` is a level, or one for each channel; `grain` is the side of a speck
///   in pixels.
/// - Randomness: two draws per image, then one per pixel (or element), a hash of its place.
/// - Throws: nothing.
/// - Source: Albumentations' `PixelDropout`; imgaug's `Dropout`.
public struct PixelDropout: Transform {
  public static let standard = PixelDropout()
  public var chance: ClosedRange<Double>
  public var color: [UInt8]
  public var perChannel: Bool
  public var grain: Int

  public init(
    chance: ClosedRange<Double> = 0.01...0.1, color: [UInt8] = [0], perChannel: Bool = false, grain: Int = 1
  ) {
    self.grain = grain
    self.chance = chance
    self.color = color
    self.perChannel = perChannel
  }

  public var problem: String? {
    color.isEmpty
      ? "color needs at least one level."
      : rangeProblem("chance", chance, within: 0...1) ?? rangeProblem("grain", grain, within: 1...1000)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let specks = Impulses(
      chances: [stream.uniform(chance), 0], colors: [color], perElement: perChannel, grain: grain, seed: stream.next())
    return [.effect(AnyEffect(specks))]
  }
}
