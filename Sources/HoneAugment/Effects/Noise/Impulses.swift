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
  public var seed: UInt64
  public var description: String {
    "specks " + chances.filter { $0 > 0 }.map { "\(($0 * 1000).rounded() / 10)%" }.joined(separator: " ")
  }

  public init(chances: [Double], colors: [[UInt8]], perElement: Bool = false, seed: UInt64) {
    self.chances = chances
    self.colors = colors
    self.perElement = perElement
    self.seed = seed
  }

  public func apply(to image: inout Image<UInt8>) {
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

/// Sets some pixels to black and some to white, as dead and hot pixels or a bad line do.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `amount` is the fraction of pixels; `salt` the fraction of those that become white.
/// - Randomness: three draws per image, then one per pixel, a hash of its place.
/// - Throws: nothing.
/// - Source: none: customary; Albumentations' `SaltAndPepper`.
public struct SaltAndPepper: Transform {
  public static let standard = SaltAndPepper()
  public var amount: ClosedRange<Double>
  public var salt: ClosedRange<Double>
  /// Each channel on its own: coloured specks.
  public var perChannel: Bool

  public init(
    amount: ClosedRange<Double> = 0.01...0.06, salt: ClosedRange<Double> = 0.4...0.6, perChannel: Bool = false
  ) {
    self.amount = amount
    self.salt = salt
    self.perChannel = perChannel
  }

  public var problem: String? {
    rangeProblem("amount", amount, within: 0...1) ?? rangeProblem("salt", salt, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (amount, salt) = (stream.uniform(amount), stream.uniform(salt))
    let impulses = Impulses(
      chances: [amount * (1 - salt), amount * salt], colors: [[0], [255]], perElement: perChannel, seed: stream.next())
    return [.effect(AnyEffect(impulses))]
  }
}

/// Sets some pixels to one colour.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `chance` is the fraction of pixels; `color` is a level, or one for each channel.
/// - Randomness: two draws per image, then one per pixel (or element), a hash of its place.
/// - Throws: nothing.
/// - Source: Albumentations' `PixelDropout`; imgaug's `Dropout`.
public struct PixelDropout: Transform {
  public static let standard = PixelDropout()
  public var chance: ClosedRange<Double>
  public var color: [UInt8]
  public var perChannel: Bool

  public init(chance: ClosedRange<Double> = 0.01...0.1, color: [UInt8] = [0], perChannel: Bool = false) {
    self.chance = chance
    self.color = color
    self.perChannel = perChannel
  }

  public var problem: String? {
    color.isEmpty ? "color needs at least one level." : rangeProblem("chance", chance, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let chances = [stream.uniform(chance), 0]
    return [
      .effect(AnyEffect(Impulses(chances: chances, colors: [color], perElement: perChannel, seed: stream.next())))
    ]
  }
}
