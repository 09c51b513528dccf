import HoneImage

/// Mirrors the picture. Use `.applied(0.5)` for the customary half of the time.
///
/// - Shape: kept. Labels unchanged.
/// - Units: none.
/// - Randomness: none of its own.
/// - Throws: nothing.
/// - Source: none: customary.
public struct Flip: Transform {
  public enum Axis: String, Sendable, Hashable, Codable, CaseIterable {
    /// Left and right swapped.
    case horizontal
    /// Top and bottom swapped.
    case vertical
  }
  public static let standard = Flip()
  public var axis: Axis

  public init(_ axis: Axis = .horizontal) { self.axis = axis }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.symmetry(axis == .horizontal ? .horizontal : .vertical)]
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
