import HoneImage

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
