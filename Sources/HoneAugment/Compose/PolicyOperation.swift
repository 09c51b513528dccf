import Foundation
package import HoneImage

/// The operations of the automatic policies, at a magnitude.
package enum PolicyOperation: String, Sendable, CaseIterable, Codable {
  case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast, sharpness, posterize,
    solarize, autoContrast, equalize, invert

  /// Those of RandAugment and TrivialAugment.
  static let fourteen = allCases.filter { $0 != .invert }

  /// Whether a coin decides which way it goes.
  package var isSigned: Bool {
    switch self {
    case .shearX, .shearY, .translateX, .translateY, .rotate, .brightness, .color, .contrast, .sharpness: true
    case .identity, .posterize, .solarize, .autoContrast, .equalize, .invert: false
    }
  }

  /// The magnitude at a part (0 … 1) of full strength, in the operation's own unit; AutoAugment's and RandAugment's space.
  package func magnitude(at part: Double, size: Size) -> Double {
    switch self {
    case .shearX, .shearY: 0.3 * part
    case .translateX: 150.0 / 331 * Double(size.width) * part
    case .translateY: 150.0 / 331 * Double(size.height) * part
    case .rotate: 30 * part
    case .brightness, .color, .contrast, .sharpness: 0.9 * part
    case .posterize: 8 - (4 * part).rounded(.toNearestOrEven)
    case .solarize: 255 * (1 - part)
    case .identity, .autoContrast, .equalize, .invert: 0
    }
  }

  /// What to do at a magnitude that a coin may turn about.
  func drawn(_ magnitude: Double, on canvas: PolicyCanvas, from stream: inout RandomStream) -> [Action] {
    actions(stream.chance(0.5) && isSigned ? -magnitude : magnitude, on: canvas)
  }

  /// What to do at a signed magnitude, in the operation's own unit.
  package func actions(_ magnitude: Double, on canvas: PolicyCanvas) -> [Action] {
    switch self {
    case .identity: []
    case .shearX: canvas.warp(Matrix3.shear(x: magnitude, y: 0).about(x: -0.5, y: -0.5))
    case .shearY: canvas.warp(Matrix3.shear(x: 0, y: magnitude).about(x: -0.5, y: -0.5))
    case .translateX: canvas.warp(.translation(x: -magnitude.rounded(.towardZero), y: 0))
    case .translateY: canvas.warp(.translation(x: 0, y: -magnitude.rounded(.towardZero)))
    case .rotate:
      [Rotate(border: canvas.border, interpolation: canvas.interpolation).action(degrees: magnitude, size: canvas.size)]
    case .brightness: [.table(.brightness(1 + magnitude))]
    case .color: [.matrix(.saturation(1 + magnitude))]
    case .contrast: [.tone(.contrast(1 + magnitude))]
    case .sharpness: [.effect(AnyEffect(Sharpening(factor: 1 + magnitude)))]
    case .posterize: [.table(.posterized(bits: Int(magnitude)))]
    case .solarize: [.table(.solarized(threshold: magnitude))]
    case .autoContrast: [.tone(.autoContrast)]
    case .equalize: [.tone(.equalize)]
    case .invert: [.table(.inverted)]
    }
  }
}

/// What the geometric operations of a policy are done on and with.
package struct PolicyCanvas: Sendable {
  let size: Size
  let border: Border
  let interpolation: Interpolation

  package init(size: Size, border: Border, interpolation: Interpolation) {
    self.size = size
    self.border = border
    self.interpolation = interpolation
  }

  fileprivate func warp(_ matrix: Matrix3) -> [Action] {
    [.warp(Warp(matrix: matrix, size: size, border: border, interpolation: interpolation))]
  }
}
