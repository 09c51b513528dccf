import HoneTensor

/// A picture whose channels are multiplied by what a body makes of it: squeeze and excitation, for one.
///
/// - Shape: `[N, C, H, W]` → the same; the body ends in `[N, C, 1, 1]`.
/// - Units: none.
/// - Throws: `HoneError` where the body ends in another shape.
/// - Source: Hu et al., 2017, arXiv:1709.01507.
public struct Gate: LayerPlan {
  public var body: Sequential
  public init(_ body: Sequential) { self.body = body }

  public func trace(_ shape: [Int], _ trace: inout Trace) throws -> [Int] {
    let factors = try body.trace(shape, &trace)
    guard factors == [shape[0], 1, 1] else { throw misfit(factors, "one factor for each of \(shape[0]) channels") }
    return shape
  }

  public func make() throws -> any Layer { try GateLayer(self) }

  public func mapped(at path: String, _ change: PlanChange) rethrows -> any LayerPlan {
    try change(path, Gate(try body.mappingParts(at: path, change)))
  }
}

final class GateLayer: Layer {
  private let body: SequentialLayer
  init(_ plan: Gate) throws { body = try SequentialLayer(plan.body) }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try x.mul(body(x, pass)) }

  func visit(_ visitor: inout Visitor) { visitor.part(body) }
}

/// A factor of its own for each channel, begun small, so that a deep network begins as a shallow one.
///
/// - Shape: `[N, C, H, W]` or `[N, L, C]` → the same.
/// - Units: none.
/// - Throws: `HoneError` when the channels do not fit.
/// - Source: Touvron et al., 2021, arXiv:2103.17239 (LayerScale).
public struct LayerScale: LeafPlan, Hashable {
  public var channels: Int
  public var start: Double

  public init(_ channels: Int, start: Double = 1e-6) {
    self.channels = channels
    self.start = start
  }

  public var kind: LayerKind { .scale }
  public var parameters: [ParameterPlan] { [ParameterPlan("gamma", [channels], .normScale, .constant(start))] }
  public func output(of shape: [Int]) throws -> [Int] {
    guard (shape.count == 3 ? shape.first : shape.last) == channels else { throw misfit(shape, "\(channels) channels") }
    return shape
  }
  public func make() throws -> any Layer { try LayerScaleLayer(self) }
}

final class LayerScaleLayer: Layer {
  private let factors: HeldParameter
  init(_ plan: LayerScale) throws { factors = try HeldParameter(plan.parameters[0]) }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let factors = try factors.value.to(x.dtype)
    return try x.mul(x.rank == 4 ? factors.reshape([-1, 1, 1]) : factors)
  }

  /// The factors, then the sum with `addend`.
  func callAsFunction(_ x: Tensor, adding addend: Tensor) throws -> Tensor {
    try x.scaled(by: factors.value, adding: addend)
  }

  func visit(_ visitor: inout Visitor) { visitor.parameter(factors, of: .scale) }
}

/// One parameter, and what it does to what comes in.
final class ParameterLayer: Layer {
  private let held: HeldParameter
  private let kind: LayerKind
  private let apply: (Tensor, Tensor) throws -> Tensor

  init(_ plan: ParameterPlan, _ kind: LayerKind, _ apply: @escaping (Tensor, Tensor) throws -> Tensor) throws {
    held = try HeldParameter(plan)
    self.kind = kind
    self.apply = apply
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try apply(x, held.value) }

  func visit(_ visitor: inout Visitor) { visitor.parameter(held, of: kind) }
}
