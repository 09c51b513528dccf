import HoneTensor

/// Convolutions of one picture side by side, each with a norm, and their sum: many ways to learn that are one convolution
/// for inference.
///
/// - Shape: `[N, C, H, W]` → `[N, filters, H', W']`.
/// - Units: none.
/// - Throws: `HoneError` where the branches end in different shapes.
/// - Source: Ding et al., 2021, arXiv:2101.03697 (RepVGG); Vasu et al., 2022, arXiv:2206.04040 (MobileOne).
public struct ParallelConvolutions: LayerPlan {
  /// A convolution without bias, or nil for the picture itself; its norm follows.
  public typealias Branch = (name: String, convolution: Convolution?)

  public var filters: Int
  public var branches: [Branch]

  public init(_ filters: Int, _ branches: [Branch]) {
    self.filters = filters
    self.branches = branches
  }

  public func trace(_ shape: [Int], _ trace: inout Trace) throws -> [Int] {
    let outputs = try parts.map { part in try trace.within(part.name) { try part.plan.trace(shape, &$0) } }
    guard let output = outputs.first, outputs.allSatisfy({ $0 == output }) else {
      throw misfit(shape, "branches of one shape")
    }
    return output
  }

  public func make() throws -> any Layer { try ParallelConvolutionsLayer(self) }

  fileprivate var parts: [NamedPlan] {
    branches.map { name, convolution in
      guard let convolution else { return (name, BatchNorm(filters)) }
      return (name, Sequential([("conv", convolution), ("bn", BatchNorm(filters))]))
    }
  }
}

final class ParallelConvolutionsLayer: Foldable {
  private let plan: ParallelConvolutions
  private var branches: [(name: String, layer: any Layer)]

  init(_ plan: ParallelConvolutions) throws {
    self.plan = plan
    branches = try plan.parts.map { ($0.name, try $0.plan.make()) }
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    guard let first = branches.first else { return x }
    return try branches.dropFirst().reduce(first.layer(x, pass)) { try $0.add($1.layer(x, pass)) }
  }

  func visit(_ visitor: inout Visitor) {
    for branch in branches { visitor.child(branch.name, branch.layer) }
  }

  /// All branches as one convolution: the largest of them, its kernel the sum of all.
  func fold() throws {
    let convolutions = plan.branches.compactMap(\.convolution)
    guard var whole = convolutions.max(by: { $0.kernel < $1.kernel }) else { return }
    whole.hasBias = true
    let merged = try ConvolutionLayer(whole)
    let parts = try branches.compactMap { try self.affine($0.layer, in: whole) }
    let weight = try parts.dropFirst().reduce(parts[0].weight) { try $0.add($1.weight) }
    let bias = try parts.dropFirst().reduce(parts[0].bias) { try $0.add($1.bias) }
    for held in [merged.weight, merged.bias] { try held?.parameter.move(to: weight.device) }
    try merged.weight.parameter.load(weight)
    try merged.bias?.parameter.load(bias)
    merged.pack()
    branches = [("reparam_conv", merged)]
  }

  /// What a branch does, as a kernel of the whole's size and a bias.
  private func affine(_ branch: any Layer, in whole: Convolution) throws -> (weight: Tensor, bias: Tensor)? {
    let parts = (branch as? SequentialLayer)?.parts.map(\.layer) ?? [branch]
    guard let norm = parts.last as? BatchNormLayer else { return nil }
    let kernel = try (parts.first as? ConvolutionLayer)?.weight.value ?? identity(of: whole)
    let (scale, shift) = try norm.affine()
    let margin = (whole.kernel - kernel.shape[3]) / 2
    let weight = try withoutGradients { try kernel.to(scale.device).mul(scale.reshape([-1, 1, 1, 1])) }
    return (try weight.pad([margin, margin, margin, margin]), shift)
  }

  /// The 1×1 kernel that leaves a picture as it is.
  private func identity(of whole: Convolution) throws -> Tensor {
    let width = whole.channels / whole.groups
    let rows = try Tensor((0..<whole.filters).map { $0 % width }).oneHot(width)
    return try rows.to(.float32).reshape([whole.filters, width, 1, 1])
  }
}
