import HoneImage

/// Mirrors the picture. Use `.applied(0.5)` for the customary half of the time.
///
/// With `alternates` a random half of the pictures is mirrored in the first epoch, the other half in the second, and so
/// on: in two epochs every picture is seen both ways, which teaches more in a short training than chance does.
///
/// - Shape: kept. Labels unchanged.
/// - Units: none.
/// - Randomness: none of its own; with `alternates` one draw per picture of the data set.
/// - Throws: nothing.
/// - Source: none: customary; `alternates`: Jordan, 2024, arXiv:2404.00498, §3.6.
public struct Flip: Transform {
  public enum Axis: String, Sendable, Hashable, Codable, CaseIterable {
    /// Left and right swapped.
    case horizontal
    /// Top and bottom swapped.
    case vertical
  }
  public static let standard = Flip()
  public var axis: Axis
  public var alternates: Bool

  public init(_ axis: Axis = .horizontal, alternates: Bool = false) {
    self.axis = axis
    self.alternates = alternates
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    guard !alternates || isTurn(of: scene.key) else { return [] }
    return [.symmetry(axis == .horizontal ? .horizontal : .vertical)]
  }

  private func isTurn(of key: SampleKey) -> Bool {
    var once = RandomStream(seed: key.seed, index: key.picture ?? key.position, name: "Flip alternates")
    return once.chance(0.5) == key.epoch.isMultiple(of: 2)
  }
}

/// Swaps rows and columns.
///
/// - Shape: `[H, W, C]` → `[W, H, C]`. Labels unchanged.
/// - Units: none.
/// - Randomness: none of its own.
/// - Throws: nothing.
/// - Source: none: customary.
public struct Transpose: Transform {
  public static let standard = Transpose()
  public init() {}
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] { [.symmetry(.transpose)] }
}

/// Turns by 0, 90, 180 or 270 degrees, each equally likely.
///
/// - Shape: `[H, W, C]` → the same or `[W, H, C]`. Labels unchanged.
/// - Units: none.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: none: customary; Albumentations' `RandomRotate90`.
public struct QuarterTurn: Transform {
  public static let standard = QuarterTurn()
  public init() {}
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.symmetry(.quarterTurns(stream.integer(0...3)))]
  }
}

/// One of the eight symmetries of the square, each equally likely. For pictures without an up: satellites, cells, stars.
///
/// - Shape: `[H, W, C]` → the same or `[W, H, C]`. Labels unchanged.
/// - Units: none.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: none: customary; Albumentations' `D4`, `SquareSymmetry`.
public struct D4: Transform {
  public static let standard = D4()
  public init() {}
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.symmetry(Symmetry.allCases[stream.integer(0...7)])]
  }
}
