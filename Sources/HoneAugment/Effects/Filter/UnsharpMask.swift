import CHoneKernels
import Foundation
public import HoneImage

/// Sharpens by the difference from a blurred copy, where that is no mere noise.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `sigma` of the blur in pixels; `amount` of the difference added; `threshold` in levels, of 255.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: Albumentations' `UnsharpMask`, with the mask of changed places blurred as well; within two levels.
public struct UnsharpMask: Transform {
  public static let standard = UnsharpMask()
  public var sigma: ClosedRange<Double>
  public var amount: ClosedRange<Double>
  public var threshold: Double

  public init(sigma: ClosedRange<Double> = 0.5...1.5, amount: ClosedRange<Double> = 0.2...0.5, threshold: Double = 10) {
    self.sigma = sigma
    self.amount = amount
    self.threshold = threshold
  }

  public var problem: String? {
    rangeProblem("sigma", sigma, within: 0.1...50) ?? rangeProblem("amount", amount, within: 0...20)
      ?? rangeProblem("threshold", threshold, within: 0...255)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [
      .effect(
        AnyEffect(Unsharpening(sigma: stream.uniform(sigma), amount: stream.uniform(amount), threshold: threshold)))
    ]
  }
}

/// `UnsharpMask` with its strength drawn.
public struct Unsharpening: Effect, CustomStringConvertible {
  public var sigma: Double
  public var amount: Double
  public var threshold: Double
  public var description: String { "unsharp ×\((amount * 100).rounded() / 100)" }

  public func apply(to image: inout Image<UInt8>) {
    let (smooth, count) = (image.blurred(sigma: sigma), image.elements.count)
    var places = image
    places.remade { hk_far_apart($0, smooth.elements, count, Int32(threshold), $1) }
    places = places.blurred(sigma: sigma)
    let gain = Int32((amount * 65536).rounded())
    image.remade { hk_unsharp($0, smooth.elements, places.elements, count, gain, $1) }
  }
}

/// Cuts off fine detail so sharply that edges swing: the halo of a bad resampling.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `side` of the kernel in pixels, made odd; `cutoff` in radians per pixel, π keeps everything.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: the circular low-pass filter J₁; Wang et al., 2021, arXiv:2107.10833; Albumentations' `RingingOvershoot`,
///   within one level.
public struct RingingOvershoot: Transform {
  public static let standard = RingingOvershoot()
  public var side: ClosedRange<Int>
  public var cutoff: ClosedRange<Double>

  public init(side: ClosedRange<Int> = 7...15, cutoff: ClosedRange<Double> = 0.785...1.571) {
    self.side = side
    self.cutoff = cutoff
  }

  public var problem: String? {
    rangeProblem("side", side, within: 3...51) ?? rangeProblem("cutoff", cutoff, within: 0.1...3.1416)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let weights = Self.lowPass(half: (stream.integer(side) | 1) / 2, cutoff: stream.uniform(cutoff))
    return [.effect(AnyEffect(Convolution(weights, purpose: "ringing")))]
  }

  static func lowPass(half: Int, cutoff: Double) -> [[Double]] {
    let heights = (-half...half).map { y in
      (-half...half).map { x -> Double in
        let distance = Double(x * x + y * y).squareRoot()
        return distance == 0 ? cutoff * cutoff / (4 * .pi) : cutoff * j1(cutoff * distance) / (2 * .pi * distance)
      }
    }
    let total = heights.joined().reduce(0, +)
    return heights.map { $0.map { $0 / total } }
  }
}
