internal import HoneTensor

/// How much of a model its penalties have made zero.
///
/// - Shape: none.
/// - Units: counts of numbers, and of filters all of whose numbers are zero.
/// - Throws: nothing.
/// - Source: none: ours.
public struct Sparsity: Codable, Sendable, Hashable {
  public var numbers = 0
  public var zeros = 0
  public var filters = 0
  public var emptyFilters = 0

  /// The share of zeros among the numbers that pay.
  public var share: Double { Double(zeros) / Double(max(1, numbers)) }

  init(of parameters: [Parameter]) throws {
    for parameter in parameters {
      let isZero = try parameter.value.detach().reshape([parameter.shape.first ?? 1, -1]).eq(0).to(.float32)
      numbers += parameter.count
      zeros += Int(try isZero.sum([1]).doubles().reduce(0, +))
      filters += isZero.shape[0]
      emptyFilters += Int(try isZero.min([1]).sum().item())
    }
  }
}
