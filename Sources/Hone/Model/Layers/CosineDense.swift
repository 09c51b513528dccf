import HoneTensor

/// The cosine of the angle between the inputs and each output's weights, times a scale: how long either is says nothing, so
/// that a class with many pictures does not win by the length of its weights.
///
/// - Shape: `[N, inputs]` → `[N, outputs]`.
/// - Units: outputs lie between `−scale` and `scale`.
/// - Throws: `HoneError` when the inputs do not fit.
/// - Source: the last layer of Cao et al., 2019, arXiv:1906.07413 (LDAM); Wang et al., 2018, arXiv:1801.09414.
public struct CosineDense: LeafPlan, Hashable {
  public var inputs: Int
  public var outputs: Int
  public var scale: Double

  public init(_ inputs: Int, _ outputs: Int, scale: Double = 30) {
    self.inputs = inputs
    self.outputs = outputs
    self.scale = scale
  }

  public var kind: LayerKind { .dense }
  public var parameters: [ParameterPlan] {
    [ParameterPlan("weight", [outputs, inputs], .kernel, .glorotUniform)]
  }
  public func output(of shape: [Int]) throws -> [Int] {
    guard shape.last == inputs else { throw misfit(shape, "\(inputs) numbers") }
    return shape.dropLast() + [outputs]
  }
  public func multiplyAdds(from input: [Int], to output: [Int]) -> Int {
    inputs * output.reduce(1, *)
  }
  public func make() throws -> any Layer { try CosineDenseLayer(self) }
}

private final class CosineDenseLayer: Layer {
  private let scale: Double
  private let weight: HeldParameter

  init(_ plan: CosineDense) throws {
    scale = plan.scale
    weight = try HeldParameter(plan.parameters[0])
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try directions(x).linear(directions(weight.value), bias: nil).mul(scale)
  }

  /// Each row at a length of 1.
  private func directions(_ rows: Tensor) throws -> Tensor {
    let squares = try rows.to(.float32).square().sum([rows.rank - 1], keepdim: true)
    return try rows.mul(squares.maximum(1e-24).rsqrt())
  }

  func visit(_ visitor: inout Visitor) { visitor.parameter(weight, of: .dense) }
}
