import HoneTensor

/// Every output is a weighted sum of all inputs.
///
/// - Shape: `[N, …, inputs]` → `[N, …, outputs]`: each token or pixel by itself where there are several.
/// - Units: none.
/// - Throws: `HoneError` when the inputs do not fit.
/// - Source: PyTorch's `Linear`, Keras's `Dense`.
public struct Dense: LeafPlan, Hashable {
  public var inputs: Int
  public var outputs: Int
  public var hasBias: Bool
  public var initialization: Initialization
  public var biasInitialization: Initialization
  /// What disturbs the weights in training; dropout of weights is DropConnect.
  public var noise: OneOf<Disturbances>?

  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true, initialization: Initialization = .glorotUniform,
    biasInitialization: Initialization = .zeros
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.hasBias = bias
    self.initialization = initialization
    self.biasInitialization = biasInitialization
  }

  /// As PyTorch begins a `Linear`: everything uniform in ±1 / √inputs.
  public static func torch(_ inputs: Int, _ outputs: Int) -> Dense {
    let uniform = Initialization.uniform(bound: 1 / Double(inputs).squareRoot())
    return Dense(inputs, outputs, initialization: uniform, biasInitialization: uniform)
  }

  public var kind: LayerKind { .dense }
  public var parameters: [ParameterPlan] {
    let weight = ParameterPlan("weight", [outputs, inputs], .kernel, initialization)
    return hasBias ? [weight, ParameterPlan("bias", [outputs], .bias, biasInitialization)] : [weight]
  }
  public func output(of shape: [Int]) throws -> [Int] {
    guard shape.last == inputs else { throw misfit(shape, "\(inputs) numbers") }
    return shape.dropLast() + [outputs]
  }
  public func multiplyAdds(from input: [Int], to output: [Int]) -> Int {
    inputs * output.reduce(1, *)
  }
  public func make() throws -> any Layer { try DenseLayer(self) }
}

final class DenseLayer: Drawing, Foldable {
  var name = ""
  private let noise: OneOf<Disturbances>?
  let weight: HeldParameter
  let bias: HeldParameter?
  private var isFolded = false
  /// The engine's own, of the weights at the time when it is first needed.
  private var packed: PackedDense?

  init(_ plan: Dense) throws {
    let held = try plan.parameters.map(HeldParameter.init)
    weight = held[0]
    bias = held.dropFirst().first
    noise = plan.noise
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    if isFolded { return try engine()(x) }
    return try x.linear(weight.value(in: pass, noise, name), bias: bias?.value)
  }

  /// From now on for inference only.
  func fold() { isFolded = true }

  private func engine() throws -> PackedDense {
    if let packed { return packed }
    let made = try PackedDense(weight: weight.value, bias: bias?.value)
    packed = made
    return made
  }

  func visit(_ visitor: inout Visitor) {
    visitor.parameter(weight, of: .dense)
    if let bias { visitor.parameter(bias, of: .dense) }
  }
}
