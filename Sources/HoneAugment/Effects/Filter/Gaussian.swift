import Foundation
public import HoneImage

enum Gaussian {
  static func height(_ distance: Double, _ sigma: Double) -> Double {
    exp(-distance * distance / (2 * sigma * sigma))
  }

  /// OpenCV's radius for 8-bit pictures.
  static func radius(_ sigma: Double) -> Int { (Int((sigma * 6 + 1).rounded()) | 1) / 2 }
}

extension Image where Element == UInt8 {
  /// The picture blurred by a bell; `radius` is OpenCV's for this width unless given.
  func blurred(sigma: Double, radius: Int? = nil) -> Image {
    guard sigma > 0.05 else { return self }
    let bell = Separable.Bell((0...(radius ?? Gaussian.radius(sigma))).map { Gaussian.height(Double($0), sigma) })
    var image = self
    Separable(across: bell, down: bell).apply(to: &image)
    return image
  }
}

/// Blurs the picture.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `sigma` in pixels.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: OpenCV's `GaussianBlur` with a kernel of `round(6σ + 1)` pixels made odd, edges mirrored.
public struct GaussianBlur: Transform {
  public static let standard = GaussianBlur()
  public var sigma: ClosedRange<Double>
  public init(sigma: ClosedRange<Double> = 0.1...2) { self.sigma = sigma }
  public var problem: String? { rangeProblem("sigma", sigma, within: 0...100) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.effect(AnyEffect(Blurring(sigma: stream.uniform(sigma))))]
  }
}

/// `GaussianBlur` with its width drawn.
public struct Blurring: Effect, CustomStringConvertible {
  public var sigma: Double
  public var description: String { "blur \((sigma * 100).rounded() / 100)" }
  public func apply(to image: inout Image<UInt8>) { image = image.blurred(sigma: sigma) }
}

/// A message where a range leaves its bounds.
func rangeProblem<Value: Comparable>(
  _ name: String, _ range: ClosedRange<Value>, within bounds: ClosedRange<Value>
) -> String? {
  range.lowerBound >= bounds.lowerBound && range.upperBound <= bounds.upperBound
    ? nil
    : "\(name) must lie between \(bounds.lowerBound) and \(bounds.upperBound); it is "
      + "\(range.lowerBound)...\(range.upperBound)."
}

/// A message where a number leaves its bounds.
func rangeProblem<Value: Comparable>(_ name: String, _ value: Value, within bounds: ClosedRange<Value>) -> String? {
  bounds.contains(value)
    ? nil : "\(name) must lie between \(bounds.lowerBound) and \(bounds.upperBound); it is \(value)."
}
