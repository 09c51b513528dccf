import HoneTensor

/// Several layers on the same picture, their channels put side by side.
///
/// - Shape: `[N, C, H, W]` → `[N, ΣC', H', W']`.
/// - Units: none.
/// - Throws: `HoneError` where the branches end in different sizes.
/// - Source: Szegedy et al., 2014, arXiv:1409.4842.
public struct Branches: LayerPlan {
  public var branches: [Sequential]
  public init(_ branches: [Sequential]) { self.branches = branches }

  public func trace(_ shape: [Int], _ trace: inout Trace) throws -> [Int] {
    let outputs = try branches.map { try $0.trace(shape, &trace) }
    guard let first = outputs.first, outputs.allSatisfy({ $0.dropFirst() == first.dropFirst() }) else {
      throw misfit(shape, "branches of one size")
    }
    return [outputs.map { $0[0] }.reduce(0, +)] + first.dropFirst()
  }

  public func make() throws -> any Layer { try BranchesLayer(self) }

  public func mapped(at path: String, _ change: PlanChange) rethrows -> any LayerPlan {
    try change(path, Branches(try branches.map { try $0.mappingParts(at: path, change) }))
  }
}

final class BranchesLayer: Layer {
  let branches: [SequentialLayer]
  init(_ plan: Branches) throws { branches = try plan.branches.map(SequentialLayer.init) }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try .cat(branches.map { try $0(x, pass) }, axis: 1)
  }

  func visit(_ visitor: inout Visitor) {
    for branch in branches { visitor.part(branch) }
  }
}
