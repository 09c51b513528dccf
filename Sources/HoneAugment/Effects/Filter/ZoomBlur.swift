import Foundation
public import HoneImage

/// Blurs away from the middle, as when the lens zooms during the exposure.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `factor` is the largest enlargement, in steps of `step`.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Hendrycks & Dietterich, 2019, arXiv:1903.12261 (ImageNet-C); Albumentations' `ZoomBlur`, within three levels
///   inside.
public struct ZoomBlur: Transform {
  public static let standard = ZoomBlur()
  public var factor: ClosedRange<Double>
  public var step: Double

  public init(factor: ClosedRange<Double> = 1.05...1.25, step: Double = 0.015) {
    self.factor = factor
    self.step = step
  }

  public var problem: String? {
    rangeProblem("factor", factor, within: 1...10) ?? rangeProblem("step", step, within: 0.001...10)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.effect(AnyEffect(Zooming(factor: stream.uniform(factor), step: step)))]
  }
}

/// The mean of the picture and of its enlargements up to a factor.
public struct Zooming: Effect, CustomStringConvertible {
  public var factor: Double
  public var step: Double
  public var description: String { "zoom to ×\((factor * 100).rounded() / 100)" }

  public func apply(to image: inout Image<UInt8>) {
    let factors = Array(stride(from: 1, to: factor, by: max(1e-3, step)).prefix(200))
    guard factors.count > 1 else { return }
    var sums = image.elements.map(UInt16.init)
    for factor in factors { add(image, enlarged: factor, to: &sums) }
    let count = UInt32(factors.count + 1)
    image.elements = sums.map { UInt8((UInt32($0) + count / 2) / count) }
  }

  private func add(_ image: Image<UInt8>, enlarged factor: Double, to sums: inout [UInt16]) {
    let (height, width) = (Double(image.height) / factor, Double(image.width) / factor)
    let box = Box(
      y: (Double(image.height) - height) / 2, x: (Double(image.width) - width) / 2, height: height, width: width)
    let whole = Rect(image.size)
    let resample = Resample(
      valid: whole, box: box, size: image.size, window: whole, symmetry: .identity, filter: .bilinear)
    let larger = GeometryPass.resample(resample).run(on: image)
    larger.elements.withUnsafeBufferPointer { levels in
      sums.withUnsafeMutableBufferPointer { sums in
        for index in sums.indices { sums[index] &+= UInt16(levels[index]) }
      }
    }
  }
}
