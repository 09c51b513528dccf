import HoneImage

/// One operation of fourteen at one of 31 strengths, all equally likely. Nothing to tune.
///
/// - Shape: kept. Labels unchanged.
/// - Units: none.
/// - Randomness: three draws per image.
/// - Throws: nothing.
/// - Source: Müller & Hutter, 2021, arXiv:2103.10158, the wide space; strengths as torchvision's `TrivialAugmentWide`.
public struct TrivialAugmentWide: Transform {
  public static let standard = TrivialAugmentWide()
  public var border: Border
  public var interpolation: Interpolation

  public init(border: Border = .black, interpolation: Interpolation = .bilinear) {
    self.border = border
    self.interpolation = interpolation
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let all = PolicyOperation.fourteen
    let operation = all[stream.integer(0...all.count - 1)]
    let magnitude = Self.magnitude(of: operation, bin: stream.integer(0...30))
    let canvas = PolicyCanvas(size: scene.size, border: border, interpolation: interpolation)
    return operation.drawn(magnitude, on: canvas, from: &stream)
  }

  package static func magnitude(of operation: PolicyOperation, bin: Int) -> Double {
    let part = Double(bin) / 30
    return switch operation {
    case .shearX, .shearY, .brightness, .color, .contrast, .sharpness: 0.99 * part
    case .translateX, .translateY: 32 * part
    case .rotate: 135 * part
    case .posterize: 8 - (Double(bin) / 5).rounded(.toNearestOrEven)
    case .solarize: 255 * (1 - part)
    case .identity, .autoContrast, .equalize, .invert: 0
    }
  }
}

/// Several random operations of fourteen, all at one strength.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `magnitude` 0 … 30; `deviation` is the standard deviation of a normal draw about it, drawn for each operation.
/// - Randomness: two draws per operation, and two more with a deviation.
/// - Throws: nothing.
/// - Source: Cubuk et al., 2020, arXiv:1909.13719; strengths as torchvision's `RandAugment` with 31 bins, `deviation` as
///   `mstd` in timm's policy strings.
public struct RandAugment: Transform {
  public static let standard = RandAugment()
  public var count: Int
  public var magnitude: Int
  public var deviation: Double
  public var border: Border
  public var interpolation: Interpolation

  public init(
    count: Int = 2, magnitude: Int = 9, deviation: Double = 0, border: Border = .black,
    interpolation: Interpolation = .bilinear
  ) {
    self.count = count
    self.magnitude = magnitude
    self.deviation = deviation
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? {
    guard (0...100).contains(count) else { return "count must lie between 0 and 100; it is \(count)." }
    guard (0...30).contains(deviation) else { return "deviation must lie between 0 and 30; it is \(deviation)." }
    return (0...30).contains(magnitude) ? nil : "magnitude must lie between 0 and 30; it is \(magnitude)."
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let all = PolicyOperation.fourteen
    let canvas = PolicyCanvas(size: scene.size, border: border, interpolation: interpolation)
    return (0..<count).flatMap { _ in
      let operation = all[stream.integer(0...all.count - 1)]
      let strength = operation.magnitude(at: part(&stream), size: scene.size)
      return operation.drawn(strength, on: canvas, from: &stream)
    }
  }

  private func part(_ stream: inout RandomStream) -> Double {
    guard deviation > 0 else { return Double(magnitude) / 30 }
    return min(1, max(0, (Double(magnitude) + deviation * stream.normal()) / 30))
  }
}

/// Greyscale, solarizing or blur, one of the three, then colour jitter.
///
/// Made for vision transformers; combine with a crop and a flip.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `jitter` is the largest change of brightness, contrast and saturation, as a fraction.
/// - Randomness: one draw and those of the chosen steps.
/// - Throws: nothing.
/// - Source: Touvron et al., 2022, arXiv:2204.07118, §3.2 (3-Augment).
public struct ThreeAugment: Transform {
  public static let standard = ThreeAugment()
  public var jitter: Double

  public init(jitter: Double = 0.3) { self.jitter = jitter }

  public var problem: String? { (0...1).contains(jitter) ? nil : "jitter must lie between 0 and 1; it is \(jitter)." }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let around = 1 - jitter...1 + jitter
    let choice = OneOf {
      Grayscale()
      Solarize(threshold: 128...128)
      GaussianBlur(sigma: 0.1...2)
    }
    return choice.draw(for: scene, from: &stream)
      + ColorJitter(brightness: around, contrast: around, saturation: around, hue: 0...0)
      .draw(for: scene, from: &stream)
  }
}
