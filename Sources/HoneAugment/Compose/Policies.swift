import Foundation
import HoneImage

/// The fourteen operations of the automatic policies, at a magnitude.
enum PolicyOperation: String, Sendable, CaseIterable {
  case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast, sharpness, posterize,
    solarize, autoContrast, equalize

  /// Whether a coin decides which way it goes.
  var isSigned: Bool {
    switch self {
    case .shearX, .shearY, .translateX, .translateY, .rotate, .brightness, .color, .contrast, .sharpness: true
    case .identity, .posterize, .solarize, .autoContrast, .equalize: false
    }
  }

  /// What to do at a signed magnitude, in the operation's own unit.
  func actions(_ magnitude: Double, size: Size, border: Border, interpolation: Interpolation) -> [Action] {
    func warp(_ matrix: Matrix3) -> [Action] {
      [.warp(Warp(matrix: matrix, size: size, border: border, interpolation: interpolation))]
    }
    switch self {
    case .identity: return []
    case .shearX: return warp(Matrix3.shear(x: magnitude, y: 0).about(x: -0.5, y: -0.5))
    case .shearY: return warp(Matrix3.shear(x: 0, y: magnitude).about(x: -0.5, y: -0.5))
    case .translateX: return warp(.translation(x: -magnitude.rounded(.towardZero), y: 0))
    case .translateY: return warp(.translation(x: 0, y: -magnitude.rounded(.towardZero)))
    case .rotate:
      let rotation = Rotate(border: border, interpolation: interpolation)
      return [rotation.action(degrees: magnitude, size: size)]
    case .brightness: return [.table(.brightness(1 + magnitude))]
    case .color: return [.matrix(.saturation(1 + magnitude))]
    case .contrast: return [.tone(.contrast(1 + magnitude))]
    case .sharpness: return [.effect(AnyEffect(Sharpening(factor: 1 + magnitude)))]
    case .posterize: return [.table(.posterized(bits: Int(magnitude)))]
    case .solarize: return [.table(.solarized(threshold: magnitude))]
    case .autoContrast: return [.tone(.autoContrast)]
    case .equalize: return [.tone(.equalize)]
    }
  }
}

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
    let all = PolicyOperation.allCases
    let operation = all[stream.integer(0...all.count - 1)]
    let magnitude = Self.magnitude(of: operation, bin: stream.integer(0...30))
    let sign = stream.chance(0.5) && operation.isSigned ? -1.0 : 1
    return operation.actions(sign * magnitude, size: scene.size, border: border, interpolation: interpolation)
  }

  static func magnitude(of operation: PolicyOperation, bin: Int) -> Double {
    let part = Double(bin) / 30
    return switch operation {
    case .shearX, .shearY, .brightness, .color, .contrast, .sharpness: 0.99 * part
    case .translateX, .translateY: 32 * part
    case .rotate: 135 * part
    case .posterize: 8 - (Double(bin) / 5).rounded(.toNearestOrEven)
    case .solarize: 255 * (1 - part)
    case .identity, .autoContrast, .equalize: 0
    }
  }
}

/// Several random operations of fourteen, all at one strength.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `magnitude` 0 … 30.
/// - Randomness: two draws per operation.
/// - Throws: nothing.
/// - Source: Cubuk et al., 2020, arXiv:1909.13719; strengths as torchvision's `RandAugment` with 31 bins.
public struct RandAugment: Transform {
  public static let standard = RandAugment()
  public var count: Int
  public var magnitude: Int
  public var border: Border
  public var interpolation: Interpolation

  public init(
    count: Int = 2, magnitude: Int = 9, border: Border = .black, interpolation: Interpolation = .bilinear
  ) {
    self.count = count
    self.magnitude = magnitude
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? {
    guard (0...100).contains(count) else { return "count must lie between 0 and 100; it is \(count)." }
    return (0...30).contains(magnitude) ? nil : "magnitude must lie between 0 and 30; it is \(magnitude)."
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let all = PolicyOperation.allCases
    return (0..<count).flatMap { _ in
      let operation = all[stream.integer(0...all.count - 1)]
      let sign = stream.chance(0.5) && operation.isSigned ? -1.0 : 1
      return operation.actions(
        sign * strength(of: operation, size: scene.size), size: scene.size, border: border,
        interpolation: interpolation)
    }
  }

  private func strength(of operation: PolicyOperation, size: Size) -> Double {
    let part = Double(magnitude) / 30
    return switch operation {
    case .shearX, .shearY: 0.3 * part
    case .translateX: 150.0 / 331 * Double(size.width) * part
    case .translateY: 150.0 / 331 * Double(size.height) * part
    case .rotate: 30 * part
    case .brightness, .color, .contrast, .sharpness: 0.9 * part
    case .posterize: 8 - (Double(magnitude) / 7.5).rounded(.toNearestOrEven)
    case .solarize: 255 * (1 - part)
    case .identity, .autoContrast, .equalize: 0
    }
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
