import HoneImage

/// Adds a number to each channel, drawn for each on its own.
///
/// - Shape: kept. Labels unchanged.
/// - Units: levels, of 255.
/// - Randomness: one draw per channel.
/// - Throws: nothing.
/// - Source: Albumentations' `RGBShift`; Keras's `channel_shift_range` adds one number to all channels (`together`).
public struct ChannelShift: Transform {
  public static let standard = ChannelShift()
  public var levels: ClosedRange<Double>
  /// One number for all channels.
  public var together: Bool

  public init(levels: ClosedRange<Double> = -20...20, together: Bool = false) {
    self.levels = levels
    self.together = together
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.table(.shift((0..<(together ? 1 : scene.channels)).map { _ in stream.uniform(levels) }))]
  }
}

/// Puts red, green and blue in a random order.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: none.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: none: customary; torchvision's `RandomChannelPermutation`.
public struct ChannelShuffle: Transform {
  public static let standard = ChannelShuffle()
  public init() {}
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let order = stream.permutation(3)
    return [.matrix(ColorMatrix(order.flatMap { from in (0..<4).map { $0 == from ? 1 : 0 } }))]
  }
}

/// Takes the colour out, keeping the channels.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: none.
/// - Randomness: none of its own.
/// - Throws: nothing.
/// - Source: ITU-R BT.601 (Pillow's `convert("L")`, within one level), BT.709, or the plain mean; the weighted and average
///   methods of Albumentations' `ToGray`.
public struct Grayscale: Transform {
  public enum Weights: String, Sendable, Hashable, Codable, CaseIterable { case bt601, bt709, mean }
  public static let standard = Grayscale()
  public var weights: Weights
  public init(weights: Weights = .bt601) { self.weights = weights }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    switch weights {
    case .bt601: [.matrix(.saturation(0))]
    case .bt709: [.matrix(Self.matrix([0.2126, 0.7152, 0.0722]))]
    case .mean: [.matrix(Self.matrix([1 / 3.0, 1 / 3.0, 1 / 3.0]))]
    }
  }

  private static func matrix(_ row: [Double]) -> ColorMatrix { ColorMatrix((0..<3).flatMap { _ in row + [0] }) }
}

/// Gives the picture the brown of an old photograph.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: none.
/// - Randomness: none of its own.
/// - Throws: nothing.
/// - Source: the customary matrix; Albumentations' `ToSepia`.
public struct Sepia: Transform {
  public static let standard = Sepia()
  public init() {}
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.matrix(ColorMatrix([0.393, 0.769, 0.189, 0, 0.349, 0.686, 0.168, 0, 0.272, 0.534, 0.131, 0]))]
  }
}
