import HoneTensor

/// Gives each channel the mean and spread that training chooses, whatever came in.
///
/// In training the batch's own statistics are used, and running ones kept for later; frozen or evaluated, the running
/// ones serve.
///
/// - Shape: `[N, C, H, W]` → the same.
/// - Units: `momentum` is the share of the new batch in the running statistics; without `scales` the spread stays 1.
/// - Throws: `HoneError` when the channels do not fit.
/// - Source: Ioffe & Szegedy, 2015, arXiv:1502.03167; numbers as PyTorch's `BatchNorm2d`.
public struct BatchNorm: LeafPlan, Hashable {
  public var channels: Int
  public var epsilon: Double
  public var momentum: Double
  public var scales: Bool

  public init(_ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1, scales: Bool = true) {
    self.channels = channels
    self.epsilon = epsilon
    self.momentum = momentum
    self.scales = scales
  }

  public var kind: LayerKind { .norm }
  public var parameters: [ParameterPlan] {
    let shift = ParameterPlan("bias", [channels], .normShift, .zeros)
    return scales ? [ParameterPlan("weight", [channels], .normScale, .ones), shift] : [shift]
  }
  public func output(of shape: [Int]) throws -> [Int] {
    guard shape.count == 3, shape[0] == channels else { throw misfit(shape, "\(channels) channels") }
    return shape
  }
  public func make() throws -> any Layer { try BatchNormLayer(self) }
}

final class BatchNormLayer: Layer {
  /// A buffer of ones where the spread is not learned: PyTorch's files hold it too.
  private enum Scale {
    case learned(HeldParameter)
    case fixed(Buffer)

    var value: Tensor {
      switch self {
      case .learned(let held): held.value
      case .fixed(let ones): ones.value
      }
    }
  }

  let plan: BatchNorm
  private let scale: Scale
  let shift: HeldParameter
  let mean: Buffer
  let variance: Buffer
  /// Uses and keeps the running statistics even in training.
  var isFrozen = false
  /// The share of a batch in the running statistics, while it is not the plan's.
  var share: Double?
  /// Called with the batch's input when someone measures statistics.
  var observer: ((Tensor) throws -> Void)?

  init(_ plan: BatchNorm) throws {
    self.plan = plan
    let held = try plan.parameters.map(HeldParameter.init)
    scale = try plan.scales ? .learned(held[0]) : .fixed(Buffer(.ones([plan.channels])))
    shift = held[held.count - 1]
    mean = try Buffer(.zeros([plan.channels]))
    variance = try Buffer(.ones([plan.channels]))
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try self(x, pass, adding: nil, then: .none) }

  /// The norm, then the sum with `addend`, then the curve.
  func callAsFunction(_ x: Tensor, _ pass: Pass, adding addend: Tensor?, then curve: Tensor.Curve) throws -> Tensor {
    try observer?(x)
    let isTraining = pass.training && !isFrozen
    let keeps = !(isTraining && pass.isRepeated)
    return try x.batchNorm(
      weight: scale.value, bias: shift.value, mean: keeps ? mean : nil, variance: keeps ? variance : nil,
      training: isTraining, momentum: share ?? plan.momentum, epsilon: plan.epsilon, adding: addend, then: curve)
  }

  func visit(_ visitor: inout Visitor) {
    switch scale {
    case .learned(let held): visitor.parameter(held, of: .norm)
    case .fixed(let ones): visitor.buffer("weight", ones)
    }
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
