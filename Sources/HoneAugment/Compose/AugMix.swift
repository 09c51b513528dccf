package import HoneImage

/// Adds up the picture and several differently changed copies of it, by random weights.
///
/// Makes a model robust against corruptions that it was not trained on; strongest with AugMix's consistency loss.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `severity` 1 … 10; `alpha` of the Dirichlet and Beta distributions of the weights.
/// - Randomness: the weights' draws, then one per chain and three per operation.
/// - Throws: nothing.
/// - Source: Hendrycks et al., 2020, arXiv:1912.02781; operations and strengths as torchvision's `AugMix`, but the sum is
///   rounded, not cut off.
public struct AugMix: Transform {
  public static let standard = AugMix()
  public var severity: Int
  /// Chains of operations that are added up.
  public var chains: Int
  /// Operations in a chain.
  public var depth: ClosedRange<Int>
  public var alpha: Double
  /// Whether brightness, colour, contrast and sharpness are among the operations.
  public var allOperations: Bool
  public var border: Border
  public var interpolation: Interpolation

  public init(
    severity: Int = 3, chains: Int = 3, depth: ClosedRange<Int> = 1...3, alpha: Double = 1, allOperations: Bool = true,
    border: Border = .black, interpolation: Interpolation = .bilinear
  ) {
    self.severity = severity
    self.chains = chains
    self.depth = depth
    self.alpha = alpha
    self.allOperations = allOperations
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? {
    guard (1...10).contains(severity) else { return "severity must lie between 1 and 10; it is \(severity)." }
    guard (1...20).contains(chains) else { return "chains must lie between 1 and 20; there are \(chains)." }
    guard depth.lowerBound >= 1, depth.upperBound <= 20 else {
      return "depth must lie between 1 and 20; it is \(depth)."
    }
    return alpha > 0 && alpha < 1e6 ? nil : "alpha must be positive; it is \(alpha)."
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let own = stream.beta(alpha)
    let weights = stream.dirichlet(alpha, count: chains)
    let copies = weights.map { weight in
      Overlay.Copy(weight: weight * (1 - own), actions: chain(scene.size, &stream))
    }
    return [.effect(AnyEffect(Overlay(own: own, copies: copies)))]
  }

  private func chain(_ size: Size, _ stream: inout RandomStream) -> [Action] {
    let operations = allOperations ? Self.all : Self.some
    let canvas = PolicyCanvas(size: size, border: border, interpolation: interpolation)
    return (0..<stream.integer(depth)).flatMap { _ in
      let operation = operations[stream.integer(0...operations.count - 1)]
      let magnitude = Self.magnitude(of: operation, bin: stream.integer(0...severity - 1), size: size)
      return operation.drawn(magnitude, on: canvas, from: &stream)
    }
  }

  private static let some: [PolicyOperation] = [
    .shearX, .shearY, .translateX, .translateY, .rotate, .posterize, .solarize, .autoContrast, .equalize,
  ]
  private static let all = some + [.brightness, .color, .contrast, .sharpness]

  /// The magnitude at one of ten strengths.
  package static func magnitude(of operation: PolicyOperation, bin: Int, size: Size) -> Double {
    let part = Double(bin) / 9
    return switch operation {
    case .translateX: Double(size.width) / 3 * part
    case .translateY: Double(size.height) / 3 * part
    case .posterize: 4 - (4 * part).rounded(.toNearestOrEven)
    default: operation.magnitude(at: part, size: size)
    }
  }
}
