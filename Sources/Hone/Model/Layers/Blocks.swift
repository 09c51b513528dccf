import HoneTensor

/// Layers that the engine does as one operation; it holds nothing of its own.
protocol Block: Layer {
  /// How many layers it stands for.
  var count: Int { get }
}

/// A norm and the ReLU or ReLU6 that follows.
final class NormCurve: Block {
  private let norm: BatchNormLayer
  private let curve: Tensor.Curve
  let count = 2

  /// Nil when the layers are something else.
  init?(_ first: any Layer, _ next: (any Layer)?) {
    guard let norm = first as? BatchNormLayer, let curve = (next as? ActivationLayer)?.activation.curve else {
      return nil
    }
    (self.norm, self.curve) = (norm, curve)
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try norm(x, pass, adding: nil, then: curve) }

  func visit(_ visitor: inout Visitor) {}
}

/// What takes up a sum and a curve at its end, once it is for inference only.
protocol Packed: Layer {
  var isPacked: Bool { get }
  func inference(_ x: Tensor, adding addend: Tensor?, then curve: Tensor.Curve) throws -> Tensor
}

/// A convolution for inference and the activation that follows.
final class PackedCurve: Block {
  private let convolution: ConvolutionLayer
  private let curve: Tensor.Curve
  let count = 2

  /// Nil when the layers are something else.
  init?(_ first: any Layer, _ next: (any Layer)?) {
    guard let convolution = first as? ConvolutionLayer, convolution.isPacked,
      let curve = (next as? ActivationLayer)?.activation.curve
    else { return nil }
    (self.convolution, self.curve) = (convolution, curve)
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try convolution.inference(x, then: curve) }

  func visit(_ visitor: inout Visitor) {}
}

/// An inverted residual for inference: a 1×1 convolution, a depthwise one and another 1×1 one, with their activations.
final class PackedBottleneck: Block, Packed {
  private let expand, depthwise, project: ConvolutionLayer
  private let expanded, slid: Tensor.Curve
  /// What follows the last convolution already.
  private let last: Tensor.Curve?

  var count: Int { last == nil ? 5 : 6 }
  var isPacked: Bool { last == nil }

  /// Nil when the layers are something else.
  init?(_ first: any Layer, _ next: ArraySlice<any Layer>) {
    let layers = [first] + next
    let convolutions = layers.indices.compactMap { $0 % 2 == 0 ? layers[$0] as? ConvolutionLayer : nil }
    let curves = layers.indices.compactMap { $0 % 2 == 1 ? (layers[$0] as? ActivationLayer)?.activation.curve : nil }
    guard convolutions.count == 3, curves.count >= 2, convolutions.allSatisfy(\.isPacked),
      convolutions[0].plan.isPointwise, convolutions[1].plan.isDepthwise, convolutions[2].plan.isPointwise
    else { return nil }
    (expand, depthwise, project) = (convolutions[0], convolutions[1], convolutions[2])
    (expanded, slid, last) = (curves[0], curves[1], curves.dropFirst(2).first)
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try inference(x, adding: nil, then: last ?? .none) }

  func inference(_ x: Tensor, adding addend: Tensor?, then curve: Tensor.Curve) throws -> Tensor {
    try expand.engine().bottleneck(
      x, then: expanded, depthwise: depthwise.engine(), then: slid, project: project.engine(), adding: addend,
      then: curve)
  }

  func visit(_ visitor: inout Visitor) {}
}

extension Convolution {
  fileprivate var isPointwise: Bool { kernel == 1 && stride == 1 && groups == 1 && evenZeros == 0 }
  fileprivate var isDepthwise: Bool { groups == channels && filters == channels && evenZeros != nil }
}

/// A convolution with bias, ReLU, and 2×2 max-pool where one follows.
final class ConvolutionReLU: Block {
  private let convolution: ConvolutionLayer
  private let bias: HeldParameter
  private let zeros: Int
  private let pools: Bool

  var count: Int { pools ? 3 : 2 }

  /// Nil when the layers are something else.
  init?(_ first: any Layer, _ next: ArraySlice<any Layer>) {
    guard let convolution = first as? ConvolutionLayer, let bias = convolution.bias, convolution.plan.noise == nil,
      case .pixels(let zeros) = convolution.plan.padding, convolution.plan.groups == 1,
      (next.first as? ActivationLayer)?.activation == .relu
    else { return nil }
    self.convolution = convolution
    self.bias = bias
    self.zeros = zeros
    pools = (next.dropFirst().first as? PoolLayer)?.pool == .max(2, stride: 2)
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let (weight, stride) = (convolution.weight.value, Pair(convolution.plan.stride))
    return pools
      ? try x.convReluPool(weight, bias: bias.value, stride: stride, padding: Pair(zeros))
      : try x.convRelu(weight, bias: bias.value, stride: stride, padding: Pair(zeros))
  }

  func visit(_ visitor: inout Visitor) {}
}
