import Foundation
public import HoneImage

/// Cuts a rectangle of random area and aspect and resizes it, antialiased.
///
/// The augmentation that pays most when training on photographs.
///
/// - Shape: `[H, W, C]` → `[height, width, C]`. Labels unchanged.
/// - Units: `area` is a fraction of `H × W`; `aspect` is width ÷ height.
/// - Randomness: four draws per attempt, at most ten attempts; then the largest centred rectangle within `aspect`.
/// - Throws: nothing.
/// - Source: Szegedy et al., 2015, arXiv:1409.4842, §6; details as torchvision's `RandomResizedCrop`.
public struct RandomResizedCrop: Transform {
  public static let standard = RandomResizedCrop()
  public var height: Int
  public var width: Int
  public var area: ClosedRange<Double>
  public var aspect: ClosedRange<Double>
  public var filter: ResizeFilter

  public init(
    height: Int = 224, width: Int = 224, area: ClosedRange<Double> = 0.08...1,
    aspect: ClosedRange<Double> = 0.75...4.0 / 3, filter: ResizeFilter = .bilinear
  ) {
    self.height = height
    self.width = width
    self.area = area
    self.aspect = aspect
    self.filter = filter
  }

  public var problem: String? {
    if let problem = sizeProblem(height, width) { return problem }
    guard area.lowerBound > 0, area.upperBound <= 1 else {
      return "area must lie above 0 and at most at 1; it is \(area)."
    }
    return aspectProblem(aspect)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.resize(Box(rect(in: scene.size, &stream)), Size(height: height, width: width), filter)]
  }

  private func rect(in size: Size, _ stream: inout RandomStream) -> Rect {
    let logAspect = log(aspect.lowerBound)...log(aspect.upperBound)
    for _ in 0..<10 {
      let target = stream.uniform(area) * Double(size.height * size.width)
      let ratio = exp(stream.uniform(logAspect))
      let w = Int((target * ratio).squareRoot().rounded(.toNearestOrEven))
      let h = Int((target / ratio).squareRoot().rounded(.toNearestOrEven))
      guard (1...size.width).contains(w), (1...size.height).contains(h) else { continue }
      return Rect(
        y: stream.integer(0...size.height - h), x: stream.integer(0...size.width - w), height: h, width: w)
    }
    return largestCentered(in: size)
  }

  private func largestCentered(in size: Size) -> Rect {
    let ratio = Double(size.width) / Double(size.height)
    var (h, w) = (size.height, size.width)
    if ratio < aspect.lowerBound { h = max(1, min(h, Int((Double(w) / aspect.lowerBound).rounded()))) }
    if ratio > aspect.upperBound { w = max(1, min(w, Int((Double(h) * aspect.upperBound).rounded()))) }
    return Rect(y: (size.height - h) / 2, x: (size.width - w) / 2, height: h, width: w)
  }
}
