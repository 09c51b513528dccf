import HoneTensor

/// Gives each channel the mean and spread that training chooses, whatever came in.
///
/// In training the batch's own statistics are used, and running ones kept for later; frozen or evaluated, the running
/// ones serve.
///
/// - Shape: `[N, C, H, W]` → the same.
/// - Units: `momentum` is the share of the new batch in the running statistics.
/// - Throws: `HoneError` when the channels do not fit.
/// - Source: Ioffe & Szegedy, 2015, arXiv:1502.03167; numbers as PyTorch's `BatchNorm2d`.
public struct BatchNorm: LeafPlan, Hashable {
  public var channels: Int
  public var epsilon: Double
  public var momentum: Double

  public init(_ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1) {
    self.channels = channels
    self.epsilon = epsilon
    self.momentum = momentum
  }

  public var kind: LayerKind { .norm }
  public var parameters: [ParameterPlan] {
    [ParameterPlan("weight", [channels], .normScale, .ones), ParameterPlan("bias", [channels], .normShift, .zeros)]
  }
  public func output(of shape: [Int]) throws -> [Int] {
    guard shape.count == 3, shape[0] == channels else { throw misfit(shape, "\(channels) channels") }
    return shape
  }
  public func make() throws -> any Layer { try BatchNormLayer(self) }
}

final class BatchNormLayer: Layer {
  let plan: BatchNorm
  let scale: HeldParameter
  let shift: HeldParameter
  let mean: Buffer
  let variance: Buffer
  /// Uses and keeps the running statistics even in training.
  var isFrozen = false
  /// Called with the batch's input when someone measures statistics.
  var observer: ((Tensor) throws -> Void)?

  init(_ plan: BatchNorm) throws {
    self.plan = plan
    let held = try plan.parameters.map(HeldParameter.init)
    (scale, shift) = (held[0], held[1])
    mean = try Buffer(.zeros([plan.channels]))
    variance = try Buffer(.ones([plan.channels]))
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try self(x, pass, adding: nil, then: .none) }

  /// The norm, then the sum with `addend`, then the curve.
  func callAsFunction(_ x: Tensor, _ pass: Pass, adding addend: Tensor?, then curve: Tensor.Curve) throws -> Tensor {
    try observer?(x)
    return try x.batchNorm(
      weight: scale.value, bias: shift.value, mean: mean, variance: variance,
      training: pass.training && !isFrozen, momentum: plan.momentum, epsilon: plan.epsilon, adding: addend, then: curve)
  }

  func visit(_ visitor: inout Visitor) {
    visitor.parameter(scale, of: .norm)
    visitor.parameter(shift, of: .norm)
    visitor.buffer("running_mean", mean)
    visitor.buffer("running_var", variance)
  }

  /// The norm in evaluation as one multiplication and one addition per channel.
  func affine() throws -> (scale: Tensor, shift: Tensor) {
    try withoutGradients {
      let factor = try scale.value.div(variance.value.add(plan.epsilon).sqrt())
      return (factor, try shift.value.sub(mean.value.mul(factor)))
    }
  }
}
