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

/// An inverted residual for inference: a convolution, 1×1 or the stem, a depthwise one and a 1×1 one, with their
/// activations.
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
    guard layers.count >= 5, let expand = layers[0] as? ConvolutionLayer, let expanded = Self.curve(of: layers[1]),
      let depthwise = layers[2] as? ConvolutionLayer, let slid = Self.curve(of: layers[3]),
      let project = layers[4] as? ConvolutionLayer, [expand, depthwise, project].allSatisfy(\.isPacked),
      expand.plan.isDense, depthwise.plan.isDepthwise, project.plan.isPointwise
    else { return nil }
    (self.expand, self.depthwise, self.project) = (expand, depthwise, project)
    (self.expanded, self.slid) = (expanded, slid)
    last = layers.count > 5 ? Self.curve(of: layers[5]) : nil
  }

  private static func curve(of layer: any Layer) -> Tensor.Curve? { (layer as? ActivationLayer)?.activation.curve }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try inference(x, adding: nil, then: last ?? .none) }

  func inference(_ x: Tensor, adding addend: Tensor?, then curve: Tensor.Curve) throws -> Tensor {
    try expand.engine().bottleneck(
      x, then: expanded, depthwise: depthwise.engine(), then: slid, project: project.engine(), adding: addend,
      then: curve)
  }

  func visit(_ visitor: inout Visitor) {}
}

extension Convolution {
  fileprivate var isDense: Bool { groups == 1 && evenZeros != nil }
  fileprivate var isPointwise: Bool { isDense && kernel == 1 && stride == 1 && evenZeros == 0 }
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
