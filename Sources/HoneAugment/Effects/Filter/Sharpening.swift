import CHoneKernels
import Foundation
public import HoneImage

/// Blends the picture with a smoothed copy of itself, or away from it.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `factor` 0 is smoothed, 1 the picture itself, 2 sharpened.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Pillow's `ImageEnhance.Sharpness`, within one level.
public struct Sharpness: Transform {
  public static let standard = Sharpness()
  public var factor: ClosedRange<Double>
  public init(factor: ClosedRange<Double> = 0.5...2) { self.factor = factor }
  public var problem: String? { factorProblem(factor) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.effect(AnyEffect(Sharpening(factor: stream.uniform(factor))))]
  }
}

/// `Sharpness` with its factor drawn. The outermost pixels stay as they are.
public struct Sharpening: Effect, CustomStringConvertible {
  public var factor: Double
  public var description: String { "sharpness ×\((factor * 100).rounded() / 100)" }

  public func apply(to image: inout Image<UInt8>) {
    guard image.height > 2, image.width > 2 else { return }
    let row = image.width * image.channels
    let inner = row - 2 * image.channels
    let channels = image.channels
    let source = image.elements
    var smooth = [UInt8](repeating: 0, count: inner)
    let weight = Int32((min(64, max(-64, 1 - factor)) * 65536).rounded())
    let one = Double(1 << HK_WEIGHT_BITS)
    let weights = [1, 1, 1, 1, 5, 1, 1, 1, 1].map { Int32(($0 * one / 13).rounded()) }
    source.withUnsafeBufferPointer { from in
      image.elements.withUnsafeMutableBufferPointer { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        for y in 1..<source.count / row - 1 {
          let taps: [UnsafePointer<UInt8>?] = (0..<9).map { from + (y + $0 / 3 - 1) * row + ($0 % 3) * channels }
          hk_weighted_rows(taps, weights, 9, inner, &smooth)
          hk_blend(to + y * row + channels, smooth, inner, weight)
        }
      }
    }
  }
}

/// Sharpens by the difference of each pixel from its eight neighbours, blended in.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `amount` 0 is the picture itself, 1 the sharpened one; `lightness` 1 keeps the mean, less darkens.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: imgaug's and Albumentations' `Sharpen` (kernel method), within one level.
public struct Sharpen: Transform {
  public static let standard = Sharpen()
  public var amount: ClosedRange<Double>
  public var lightness: ClosedRange<Double>

  public init(amount: ClosedRange<Double> = 0.2...0.5, lightness: ClosedRange<Double> = 0.5...1) {
    self.amount = amount
    self.lightness = lightness
  }

  public var problem: String? {
    rangeProblem("amount", amount, within: 0...1) ?? rangeProblem("lightness", lightness, within: -8...8)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (amount, lightness) = (stream.uniform(amount), stream.uniform(lightness))
    return [blend([[-1, -1, -1], [-1, 8 + lightness, -1], [-1, -1, -1]], amount, "sharpen")]
  }
}

/// Lights the picture from one corner as if it were a relief.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `amount` 0 is the picture itself, 1 the relief; `strength` of its slopes.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: imgaug's and Albumentations' `Emboss`, within one level.
public struct Emboss: Transform {
  public static let standard = Emboss()
  public var amount: ClosedRange<Double>
  public var strength: ClosedRange<Double>

  public init(amount: ClosedRange<Double> = 0.2...0.5, strength: ClosedRange<Double> = 0.2...0.7) {
    self.amount = amount
    self.strength = strength
  }

  public var problem: String? {
    rangeProblem("amount", amount, within: 0...1) ?? rangeProblem("strength", strength, within: 0...10)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (amount, s) = (stream.uniform(amount), stream.uniform(strength))
    return [blend([[-1 - s, -s, 0], [-s, 1, s], [0, s, 1 + s]], amount, "emboss")]
  }
}

/// Strengthens edges or detail as Pillow's filters of these names do, blended in.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `amount` 0 is the picture itself, 1 the filtered one.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Pillow's `EDGE_ENHANCE` and `DETAIL`, within one level; Albumentations' `Enhance`.
public struct Enhance: Transform {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable { case edge, detail }
  public static let standard = Enhance()
  public var kind: Kind
  public var amount: ClosedRange<Double>

  public init(kind: Kind = .edge, amount: ClosedRange<Double> = 0.5...1) {
    self.kind = kind
    self.amount = amount
  }

  public var problem: String? { rangeProblem("amount", amount, within: 0...1) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let edge: [[Double]] = [[-0.5, -0.5, -0.5], [-0.5, 5, -0.5], [-0.5, -0.5, -0.5]]
    let sixth = 1.0 / 6
    let detail: [[Double]] = [[0, -sixth, 0], [-sixth, 10 * sixth, -sixth], [0, -sixth, 0]]
    return [blend(kind == .edge ? edge : detail, stream.uniform(amount), kind.rawValue)]
  }
}

/// Shows where levels change, blended with the picture.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `amount` 0 is the picture itself, 1 the edges alone.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: the Laplacian of four neighbours; imgaug's `EdgeDetect`, within one level.
public struct EdgeDetect: Transform {
  public static let standard = EdgeDetect()
  public var amount: ClosedRange<Double>
  public init(amount: ClosedRange<Double> = 0.2...0.6) { self.amount = amount }
  public var problem: String? { rangeProblem("amount", amount, within: 0...1) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [blend([[0, 1, 0], [1, -4, 1], [0, 1, 0]], stream.uniform(amount), "edges")]
  }
}

/// A kernel of three by three, blended with the picture itself.
private func blend(_ kernel: [[Double]], _ amount: Double, _ name: String) -> Action {
  let weights = kernel.enumerated().map { y, row in
    row.enumerated().map { x, weight in amount * weight + (y == 1 && x == 1 ? 1 - amount : 0) }
  }
  return .effect(AnyEffect(Convolution(weights, purpose: "\(name) \((amount * 100).rounded() / 100)")))
}
