public import HoneImage

/// Shrinks the picture and enlarges it again: detail goes.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `factor` is the small picture's side as a fraction of the whole one's.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Albumentations' `Downscale`.
public struct Downscale: Transform {
  public static let standard = Downscale()
  public var factor: ClosedRange<Double>
  public var down: ResizeFilter
  public var up: ResizeFilter

  public init(factor: ClosedRange<Double> = 0.25...0.7, down: ResizeFilter = .box, up: ResizeFilter = .bilinear) {
    self.factor = factor
    self.down = down
    self.up = up
  }

  public var problem: String? { rangeProblem("factor", factor, within: 0.01...1) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (factor, size) = (stream.uniform(factor), scene.size)
    let small = Size(
      height: max(1, Int(Double(size.height) * factor)), width: max(1, Int(Double(size.width) * factor)))
    guard small != size else { return [] }
    return [.resize(Box(Rect(size)), small, down), .resize(Box(Rect(small)), size, up)]
  }
}
