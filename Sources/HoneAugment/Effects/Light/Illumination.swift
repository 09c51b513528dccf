import CHoneKernels
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
    let ramp = Ramp(shape, image.size)
    let (strength, center) = if case .linear = shape { (2 * gain, 128) } else { (gain, 0) }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: image.width) { row in
      guard let row = row.baseAddress else { return }
      image.modulate(slope: [strength], center: center) { y in
        ramp.write(y, to: row)
        return UnsafePointer(row)
      }
    }
  }
}

/// A light's level everywhere, 0 … 1: a number of the column times one of the row plus another, or the root of that.
private struct Ramp {
  private var across: [Float]
  private var down: [(gain: Float, offset: Float)]
  private var isRoot = false

  init(_ shape: Glow.Shape, _ size: Size) {
    let (height, width) = (Double(size.height), Double(size.width))
    func sum(_ x: (Double) -> Double, _ y: (Double) -> Double) -> ([Float], [(gain: Float, offset: Float)]) {
      ((0..<size.width).map { Float(x(Double($0))) }, (0..<size.height).map { (1, Float(y(Double($0)))) })
    }
    switch shape {
    case .linear(let degrees):
      let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
      let reach = max(1e-9, abs(c) * (width - 1) + abs(s) * (height - 1))
      (across, down) = sum({ 0.5 + c * ($0 - (width - 1) / 2) / reach }, { s * ($0 - (height - 1) / 2) / reach })
    case .corner(let corner):
      let (cx, cy) = (corner == 1 || corner == 2 ? width - 1 : 0, corner >= 2 ? height - 1 : 0)
      let square = width * width + height * height
      (across, down) = sum({ ($0 - cx) * ($0 - cx) / square }, { ($0 - cy) * ($0 - cy) / square })
      isRoot = true
    case .bell(let cx, let cy, let spread):
      let sigma = max(1e-6, spread * max(height, width))
      across = (0..<size.width).map { Float(Gaussian.height(Double($0) - cx * width, sigma)) }
      down = (0..<size.height).map { (Float(Gaussian.height(Double($0) - cy * height, sigma)), 0) }
    case .vignette:
      let (right, bottom) = (max(1, width - 1), max(1, height - 1))
      func half(_ u: Double) -> Double { (2 * u - 1) * (2 * u - 1) / 2 }
      (across, down) = sum({ half($0 / right) }, { half($0 / bottom) })
    }
  }

  func write(_ y: Int, to row: UnsafeMutablePointer<UInt8>) {
    hk_ramp(across, down[y].gain, down[y].offset, isRoot ? 1 : 0, across.count, row)
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
