import CHoneKernels
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
    let (source, count) = (image, image.elements.count)
    // The picture itself counts twice: once as it is, once enlarged by one.
    var sums = [UInt16](repeating: 0, count: count)
    for _ in 0..<2 { hk_add_levels(source.elements, count, &sums) }
    for factor in factors.dropFirst() { hk_add_levels(source.enlarged(by: factor).elements, count, &sums) }
    image.remade { _, out in hk_mean_levels(sums, count, Int32(factors.count + 1), out) }
  }
}

extension Image where Element == UInt8 {
  /// The middle of the picture at the picture's size.
  fileprivate func enlarged(by factor: Double) -> Image {
    let (height, width) = (Double(self.height) / factor, Double(self.width) / factor)
    let box = Box(
      y: (Double(self.height) - height) / 2, x: (Double(self.width) - width) / 2, height: height, width: width)
    let resample = Resample(
      valid: Rect(size), box: box, size: size, window: Rect(size), symmetry: .identity, filter: .bilinear)
    return GeometryPass.resample(resample).run(on: self)
  }
}
