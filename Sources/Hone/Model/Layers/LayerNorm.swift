import HoneTensor

/// Gives every token, or every pixel, the mean and spread over its channels that training chooses.
///
/// Unlike batch norm it knows nothing of the other pictures, so that training and evaluation do the same.
///
/// - Shape: `.last`: `[N, …, C]` → the same; `.channels`: `[N, C, H, W]` → the same.
/// - Units: none.
/// - Throws: `HoneError` when the channels do not fit.
/// - Source: Ba et al., 2016, arXiv:1607.06450; numbers as PyTorch's `LayerNorm`.
public struct LayerNorm: LeafPlan, Hashable {
  /// Which axis holds the channels.
  public enum Axis: Sendable, Hashable { case last, channels }

  public var channels: Int
  public var axis: Axis
  public var epsilon: Double

  public init(_ channels: Int, over axis: Axis = .last, epsilon: Double = 1e-6) {
    self.channels = channels
    self.axis = axis
    self.epsilon = epsilon
  }

  public var kind: LayerKind { .norm }
  public var parameters: [ParameterPlan] {
    [ParameterPlan("weight", [channels], .normScale, .ones), ParameterPlan("bias", [channels], .normShift, .zeros)]
  }
  public func output(of shape: [Int]) throws -> [Int] {
    guard (axis == .last ? shape.last : shape.first) == channels else { throw misfit(shape, "\(channels) channels") }
    return shape
  }
  public func make() throws -> any Layer {
    let plan = self
    return try NormLayer(parameters) { x, weight, bias in
      func normed(_ x: Tensor) throws -> Tensor {
        try x.layerNorm([plan.channels], weight: weight, bias: bias, epsilon: plan.epsilon)
      }
      guard plan.axis == .channels else { return try normed(x) }
      return try normed(x.permute([0, 2, 3, 1])).permute([0, 3, 1, 2])
    }
  }
}

/// Gives each group of channels of each picture the mean and spread that training chooses: batch norm's stand-in where
/// batches are small.
///
/// - Shape: `[N, C, H, W]` → the same.
/// - Units: `groups` is how many groups the channels make.
/// - Throws: `HoneError` when the channels do not fit, or cannot be grouped so.
/// - Source: Wu & He, 2018, arXiv:1803.08494; numbers as PyTorch's `GroupNorm`.
public struct GroupNorm: LeafPlan, Hashable {
  public var channels: Int
  public var groups: Int
  public var epsilon: Double

  /// - Parameter groups: nil takes the paper's 32, or the most below it that divide the channels.
  public init(_ channels: Int, groups: Int? = nil, epsilon: Double = 1e-5) {
    self.channels = channels
    self.groups = groups ?? stride(from: 32, to: 1, by: -1).first { channels % $0 == 0 } ?? 1
    self.epsilon = epsilon
  }

  public var kind: LayerKind { .norm }
  public var parameters: [ParameterPlan] {
    [ParameterPlan("weight", [channels], .normScale, .ones), ParameterPlan("bias", [channels], .normShift, .zeros)]
  }
  public func output(of shape: [Int]) throws -> [Int] {
    guard shape.count == 3, shape[0] == channels else { throw misfit(shape, "\(channels) channels") }
    guard groups > 0, channels % groups == 0 else { throw misfit(shape, "channels in \(groups) equal groups") }
    return shape
  }
  public func make() throws -> any Layer {
    let plan = self
    return try NormLayer(parameters) { x, weight, bias in
      try x.groupNorm(plan.groups, weight: weight, bias: bias, epsilon: plan.epsilon)
    }
  }
}

/// A norm without statistics of its own: scale, shift, and the operation.
private final class NormLayer: Layer {
  private let scale: HeldParameter
  private let shift: HeldParameter
  private let apply: (Tensor, Tensor, Tensor) throws -> Tensor

  init(_ parameters: [ParameterPlan], _ apply: @escaping (Tensor, Tensor, Tensor) throws -> Tensor) throws {
    let held = try parameters.map(HeldParameter.init)
    (scale, shift) = (held[0], held[1])
    self.apply = apply
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try apply(x, scale.value, shift.value) }

  func visit(_ visitor: inout Visitor) {
    visitor.parameter(scale, of: .norm)
    visitor.parameter(shift, of: .norm)
  }
}
