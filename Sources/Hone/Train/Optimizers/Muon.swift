internal import Foundation
internal import HoneTensor

/// Moves each matrix along the nearest orthogonal one to its momentum, so that no direction of it lags behind.
///
/// Norms, biases and the kernel that makes the scores are left to another rule.
///
/// - Shape: kernels of two axes or more; the filters of a convolution are the rows of a matrix.
/// - Units: `steps` of Newton–Schulz iteration; each step multiplies the weights by 1 − rate · `weightDecay`; `restRate`
///   is the other rule's rate as a factor of the optimizer's.
/// - Throws: `EngineError`.
/// - Source: Jordan et al., 2024, kellerjordan.github.io/posts/muon; `torch.optim.Muon`. `matchesAdamW`: Liu et al., 2025,
///   arXiv:2502.16982, §2.2;
///   `keepsLength`: airbench94_muon.
public struct Muon: UpdateRule {
  public static let name = "muon"
  public var momentum: Double
  public var nesterov: Bool
  public var steps: Int
  public var weightDecay: Double
  /// Whether steps are as long as AdamW's, so that its rates serve; else they are as long as the matrix has columns.
  public var matchesAdamW: Bool
  /// Whether each matrix is brought to √rows, the length of an orthogonal one, before every step: for those that a norm
  /// follows.
  public var keepsLength: Bool
  /// What the iteration computes in; bfloat16 suffices, and is faster where the processor has it.
  public var precision: Precision
  /// The kernels that are moved so.
  public var on: ParameterFilter
  /// Moves everything else.
  public var rest: OptimizerChoice.Rule
  public var restRate: Double

  public init() { self.init(weightDecay: 0.1) }

  public init(
    momentum: Double = 0.95, nesterov: Bool = true, steps: Int = 5, weightDecay: Double, matchesAdamW: Bool = true,
    keepsLength: Bool = false, precision: Precision = .float32, on: ParameterFilter = .kernels,
    rest: any UpdateRule = AdamW(), restRate: Double = 1
  ) {
    self.momentum = momentum
    self.nesterov = nesterov
    self.steps = steps
    self.weightDecay = weightDecay
    self.matchesAdamW = matchesAdamW
    self.keepsLength = keepsLength
    self.precision = precision
    self.on = on
    self.rest = OptimizerChoice.Rule(rest)
    self.restRate = restRate
  }

  public var demands: [Demand] {
    Demand.parts(["momentum": momentum]) + Demand.notNegative(["weightDecay": weightDecay, "restRate": restRate])
      + Demand.counts(["steps": steps]) + rest.value.demands.map { $0.within("rest.\(rest.name)") }
  }

  public var slots: [Slot] { [Slot("momentum")] }

  public func delegate(for parameter: NamedParameter, isOutput: Bool) -> Delegate? {
    let isMatrix = parameter.parameter.shape.count >= 2 && !isOutput && on.accepts(parameter)
    return isMatrix ? nil : Delegate(rest.value, rate: restRate)
  }

  public func update(_ group: UpdateGroup) throws {
    let momenta = try group["momentum"].lerp(to: group.gradients, 1 - momentum)
    let dtype = group.parameters.tensors.first?.dtype == .float64 ? .float64 : precision.autocast ?? .float32
    let directions = try (nesterov ? group.gradients.lerped(to: momenta, momentum) : momenta)
      .orthogonalized(steps: steps, coefficients: Self.coefficients, in: dtype)
    try group.shrink(by: weightDecay)
    if keepsLength { try restoreLengths(group.parameters) }
    try group.descend(along: directions.scale(by: group.parameters.tensors.map(length)), by: group.rate)
  }

  /// How long a step of rate 1 is, along each singular direction.
  private func length(_ matrix: Tensor) -> Double {
    let rows = Double(matrix.shape[0])
    let columns = Double(matrix.count) / rows
    return matchesAdamW ? 0.2 * max(rows, columns).squareRoot() : max(1, rows / columns).squareRoot()
  }

  private func restoreLengths(_ matrices: TensorList) throws {
    let factors = try zip(matrices.tensors, matrices.norms()).map { matrix, length in
      length > 0 ? Double(matrix.shape[0]).squareRoot() / length : 1
    }
    try matrices.scale(by: factors)
  }

  private static let coefficients = (a: 3.4445, b: -4.7750, c: 2.0315)
}
