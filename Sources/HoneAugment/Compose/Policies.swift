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

/// One of 25 pairs of operations that were found by search on a data set, each operation with its own chance and strength.
///
/// - Shape: kept. Labels unchanged.
/// - Units: none.
/// - Randomness: one draw, then up to two per operation of the pair.
/// - Throws: nothing.
/// - Source: Cubuk et al., 2019, arXiv:1805.09501; tables and strengths as torchvision's `AutoAugment`.
public struct AutoAugment: Transform {
  /// The data that the pairs were found on.
  public enum Policy: String, Sendable, Hashable, Codable, CaseIterable {
    case imageNet, cifar10, svhn
  }
  public static let standard = AutoAugment()
  public var policy: Policy
  public var border: Border
  public var interpolation: Interpolation

  public init(
    _ policy: Policy = .imageNet, border: Border = .black, interpolation: Interpolation = .bilinear
  ) {
    self.policy = policy
    self.border = border
    self.interpolation = interpolation
  }

  /// An operation of a pair: how often, and at which of ten strengths.
  package struct Part: Sendable {
    package let operation: PolicyOperation
    package let chance: Double
    package let bin: Int
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let table = policy.table
    let canvas = PolicyCanvas(size: scene.size, border: border, interpolation: interpolation)
    return table[stream.integer(0...table.count - 1)].flatMap { part -> [Action] in
      guard stream.chance(part.chance) else { return [] }
      let magnitude = part.operation.magnitude(at: Double(part.bin) / 9, size: scene.size)
      return part.operation.drawn(magnitude, on: canvas, from: &stream)
    }
  }
}

/// Two operations of fifteen, each with a chance and a strength drawn evenly. Nothing to tune.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `count` operations.
/// - Randomness: four to six draws per operation.
/// - Throws: nothing.
/// - Source: LingChen et al., 2020, arXiv:2003.14348; ranges as Fast AutoAugment's (arXiv:1905.00397). Strengths are
///   continuous; the cut-out square, of at most a fifth of the shorter side, is grey and stays inside.
public struct UniformAugment: Transform {
  public static let standard = UniformAugment()
  public var count: Int
  public var border: Border
  public var interpolation: Interpolation

  public init(count: Int = 2, border: Border = .black, interpolation: Interpolation = .bilinear) {
    self.count = count
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? {
    (0...100).contains(count) ? nil : "count must lie between 0 and 100; it is \(count)."
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let operations: [PolicyOperation?] = PolicyOperation.allCases.filter { $0 != .identity } + [nil]
    return (0..<count).flatMap { _ -> [Action] in
      let operation = operations[stream.integer(0...operations.count - 1)]
      let (chance, part) = (stream.uniform(), stream.uniform())
      guard stream.chance(chance) else { return [] }
      guard let operation else { return Self.cutOut(part, scene.size, &stream) }
      let canvas = PolicyCanvas(size: scene.size, border: border, interpolation: interpolation)
      return operation.drawn(Self.magnitude(of: operation, at: part, scene.size), on: canvas, from: &stream)
    }
  }

  private static func magnitude(of operation: PolicyOperation, at part: Double, _ size: Size) -> Double {
    switch operation {
    case .posterize: 4 + (4 * part).rounded(.down)
    case .translateX: 0.45 * part * Double(size.width)
    case .translateY: 0.45 * part * Double(size.height)
    default: operation.magnitude(at: part, size: size)
    }
  }

  private static func cutOut(_ part: Double, _ size: Size, _ stream: inout RandomStream) -> [Action] {
    let side = Int((0.2 * part * Double(min(size.height, size.width))).rounded())
    guard side > 0 else { return [] }
    let place = Rect(
      y: stream.integer(0...size.height - side), x: stream.integer(0...size.width - side), height: side, width: side)
    return [.effect(AnyEffect(Erasure(places: [place], filling: .gray, seed: 0)))]
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
