import HoneTensor

/// A curve applied to every number.
///
/// - Shape: any → the same.
/// - Units: none.
/// - Throws: nothing.
/// - Source: PyTorch's functions of the same names.
public enum Activation: String, LeafPlan, Hashable, Codable, CaseIterable {
  case relu, relu6, gelu, silu, mish, hardSwish, leakyRelu, elu, tanh, sigmoid, hardSigmoid, identity

  public var kind: LayerKind { .activation }
  public func output(of shape: [Int]) -> [Int] { shape }
  public func make() -> any Layer { ActivationLayer(self) }

  func applied(to x: Tensor) throws -> Tensor {
    switch self {
    case .relu: try x.relu()
    case .relu6: try x.relu6()
    case .gelu: try x.gelu()
    case .silu: try x.silu()
    case .mish: try x.mish()
    case .hardSwish: try x.hardSwish()
    case .leakyRelu: try x.leakyRelu()
    case .elu: try x.elu()
    case .tanh: try x.tanh()
    case .sigmoid: try x.sigmoid()
    case .hardSigmoid: try x.hardSigmoid()
    case .identity: x
    }
  }
}

extension Activation {
  /// The same as the end of a norm or convolution; nil where the engine has no such operation.
  var curve: Tensor.Curve? {
    switch self {
    case .identity: Tensor.Curve.none
    case .relu: .relu
    case .relu6: .relu6
    case .silu: .silu
    case .hardSwish: .hardSwish
    case .gelu: .gelu
    default: nil
    }
  }
}

final class ActivationLayer: Layer {
  let activation: Activation
  init(_ activation: Activation) { self.activation = activation }
  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try activation.applied(to: x) }
  func visit(_ visitor: inout Visitor) {}
}

/// A picture's numbers as one vector.
///
/// - Shape: `[N, C, H, W]` → `[N, C·H·W]`.
/// - Units: none.
/// - Throws: nothing.
/// - Source: `.channelsLast` as Keras (row, column, channel), `.channelsFirst` as PyTorch.
public enum Flatten: LeafPlan, Hashable {
  case channelsLast, channelsFirst

  public var kind: LayerKind { .flatten }
  public func output(of shape: [Int]) -> [Int] { [shape.reduce(1, *)] }
  public func make() -> any Layer { FlattenLayer(self) }
}

final class FlattenLayer: Layer {
  let order: Flatten
  init(_ order: Flatten) { self.order = order }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let ordered = order == .channelsLast && x.rank == 4 ? try x.permute([0, 2, 3, 1]) : x
    return try ordered.reshape([x.shape[0], x.shape.dropFirst().reduce(1, *)])
  }

  func visit(_ visitor: inout Visitor) {}
}
