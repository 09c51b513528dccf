import Foundation
public import HoneImage

/// Light that falls unevenly on the scene.
public struct Glow: Effect, CustomStringConvertible {
  public enum Shape: Sendable, Hashable, Codable {
    /// From one side to the other, towards this angle.
    case linear(degrees: Double)
    /// Less and less with the distance from a corner: 0 top left, then clockwise.
    case corner(Int)
    /// A bell about a place, `width` as a fraction of the longer side.
    case bell(x: Double, y: Double, width: Double)
    /// Less towards the corners, with the square of the distance from the middle.
    case vignette
  }
  public var shape: Shape
  /// The change of light, as a fraction, where it is strongest.
  public var gain: Double
  public var description: String { "light \(gain < 0 ? "−" : "+")\(Int((abs(gain) * 100).rounded()))%" }

  public func apply(to image: inout Image<UInt8>) {
    let mask = mask(image.size)
    if case .linear = shape {
      image.scale(by: 2 * gain, through: mask, center: 128)
    } else {
      image.scale(by: gain, through: mask)
    }
  }

  /// Made on a coarser grid where nobody sees the difference.
  private func mask(_ size: Size) -> Mask {
    let coarse = Size(height: min(size.height, 192), width: min(size.width, 192))
    let (height, width) = (Double(size.height), Double(size.width))
    let mask = Mask.mask(coarse) { y, x in
      level(
        x: (Double(x) + 0.5) / Double(coarse.width) * width - 0.5,
        y: (Double(y) + 0.5) / Double(coarse.height) * height - 0.5, height, width)
    }
    return mask.resized(to: size)
  }

  private func level(x: Double, y: Double, _ height: Double, _ width: Double) -> Double {
    switch shape {
    case .linear(let degrees):
      let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
      let reach = max(1e-9, (abs(c) * (width - 1) + abs(s) * (height - 1)) / 2)
      return 0.5 + 0.5 * (c * (x - (width - 1) / 2) + s * (y - (height - 1) / 2)) / reach
    case .corner(let corner):
      let (cx, cy) = (corner == 1 || corner == 2 ? width - 1 : 0, corner >= 2 ? height - 1 : 0)
      return hypot(x - cx, y - cy) / hypot(width, height)
    case .bell(let cx, let cy, let spread):
      let distance = hypot(x - cx * width, y - cy * height)
      return Gaussian.height(distance, max(1e-6, spread * max(height, width)))
    case .vignette:
      let (u, v) = (2 * x / max(1, width - 1) - 1, 2 * y / max(1, height - 1) - 1)
      return (u * u + v * v) / 2
    }
  }
}

/// Lights the scene unevenly: from a side, from a corner, or about a place.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `gain` is the largest change of light, as a fraction; `width` of a bell, of the longer side.
/// - Randomness: two to five draws per image.
/// - Throws: nothing.
/// - Source: Albumentations' `Illumination` (linear, corner, gaussian), within two levels; kornia's
///   `RandomLinearIllumination`, `RandomLinearCornerIllumination`, `RandomGaussianIllumination`.
public struct Illumination: Transform {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable { case linear, corner, gaussian, any }
  public static let standard = Illumination()
  public var gain: ClosedRange<Double>
  public var kind: Kind
  public var width: ClosedRange<Double>

  public init(
    gain: ClosedRange<Double> = 0.05...0.3, kind: Kind = .any, width: ClosedRange<Double> = 0.2...0.6
  ) {
    self.gain = gain
    self.kind = kind
    self.width = width
  }

  public var problem: String? {
    rangeProblem("gain", gain, within: -1...1) ?? rangeProblem("width", width, within: 0.01...10)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let gain = stream.uniform(gain) * (stream.chance(0.5) ? 1 : -1)
    let kinds = [Kind.linear, .corner, .gaussian]
    switch kind == .any ? kinds[stream.integer(0...2)] : kind {
    case .corner: return [.effect(AnyEffect(Glow(shape: .corner(stream.integer(0...3)), gain: -abs(gain))))]
    case .gaussian:
      let bell = Glow.Shape.bell(x: stream.uniform(), y: stream.uniform(), width: stream.uniform(width))
      return [.effect(AnyEffect(Glow(shape: bell, gain: gain)))]
    case .linear, .any:
      return [.effect(AnyEffect(Glow(shape: .linear(degrees: stream.uniform(0...360)), gain: abs(gain))))]
    }
  }
}

/// Darkens the corners, as simple lenses do.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `strength` is the share of light that the corners lose.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: none: customary; Albumentations' `Vignetting`.
public struct Vignette: Transform {
  public static let standard = Vignette()
  public var strength: ClosedRange<Double>
  public init(strength: ClosedRange<Double> = 0.2...0.6) { self.strength = strength }
  public var problem: String? { rangeProblem("strength", strength, within: 0...1) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.effect(AnyEffect(Glow(shape: .vignette, gain: -stream.uniform(strength))))]
  }
}
