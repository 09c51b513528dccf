import HoneImage

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
