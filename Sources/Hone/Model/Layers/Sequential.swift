import HoneTensor

/// Layers one after the other, each with its name. A part with an empty name keeps the names of what it holds.
///
/// - Shape: what the first takes → what the last gives.
/// - Units: none.
/// - Throws: what its parts throw.
/// - Source: PyTorch's `Sequential`.
public struct Sequential: LayerPlan {
  public var parts: [(name: String, plan: any LayerPlan)]

  public init(_ parts: [(name: String, plan: any LayerPlan)]) { self.parts = parts }

  /// Parts named `0`, `1`, … as PyTorch names them.
  public init(_ plans: [any LayerPlan]) { self.init(plans.enumerated().map { (String($0.offset), $0.element) }) }

  public func trace(_ shape: [Int], _ trace: inout Trace) throws -> [Int] {
    try parts.reduce(shape) { shape, part in try trace.within(part.name) { try part.plan.trace(shape, &$0) } }
  }

  public func make() throws -> any Layer { try SequentialLayer(self) }

  /// The same up to the part of this name, such as `layer2` or `features.13`, and with it; nil when there is none.
  func cut(after path: String) -> Sequential? {
    for (index, part) in parts.enumerated() {
      if part.name == path { return Sequential(Array(parts[...index])) }
      guard path.hasPrefix(part.name + "."), let inner = part.plan as? Sequential,
        let rest = inner.cut(after: String(path.dropFirst(part.name.count + 1)))
      else { continue }
      return Sequential(parts[..<index] + [(part.name, rest)])
    }
    return nil
  }

  /// The names of the places where it may be cut: its parts, or those of the one part that it has.
  var places: [String] {
    guard parts.count == 1, let only = parts.first, let inner = only.plan as? Sequential else {
      return parts.map(\.name)
    }
    return inner.parts.map { "\(only.name).\($0.name)" }
  }
}

final class SequentialLayer: Layer {
  private(set) var parts: [(name: String, layer: any Layer)]
  /// The same work in fewer steps, where several parts can be done as one.
  private var steps: [any Layer] = []

  init(_ plan: Sequential) throws {
    parts = try plan.parts.map { ($0.name, try $0.plan.make()) }
    steps = Self.fused(parts.map(\.layer))
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try steps.reduce(x) { try $1($0, pass) } }

  /// All parts, then the sum with `addend`, then the activation: with a norm that comes last, where there is one.
  func callAsFunction(_ x: Tensor, _ pass: Pass, adding addend: Tensor, then activation: Activation) throws -> Tensor {
    let before = try steps.dropLast().reduce(x) { try $1($0, pass) }
    switch steps.last {
    case let norm as BatchNormLayer where activation.curve != nil:
      return try norm(before, pass, adding: addend, then: activation.curve ?? .none)
    case let inner as SequentialLayer: return try inner(before, pass, adding: addend, then: activation)
    case let last: return try activation.applied(to: (last?(before, pass) ?? before).add(addend))
    }
  }

  private static func fused(_ layers: [any Layer]) -> [any Layer] {
    var steps: [any Layer] = []
    var rest = layers[...]
    while let layer = rest.popFirst() {
      if let block: any Block = ConvolutionReLU(layer, rest.prefix(2)) ?? NormCurve(layer, rest.first) {
        steps.append(block)
        rest = rest.dropFirst(block.count - 1)
      } else {
        steps.append(layer)
      }
    }
    return steps
  }

  func visit(_ visitor: inout Visitor) {
    for (name, layer) in parts {
      if name.isEmpty { visitor.part(layer) } else { visitor.child(name, layer) }
    }
  }

  /// Lets each convolution absorb the norm that follows it, for inference.
  func foldNorms() throws {
    var kept: [(name: String, layer: any Layer)] = []
    for part in parts {
      if let norm = part.layer as? BatchNormLayer, let convolution = kept.last?.layer as? ConvolutionLayer {
        let (scale, shift) = try norm.affine()
        try convolution.absorb(scale: scale, shift: shift)
      } else {
        kept.append(part)
      }
    }
    parts = kept
    steps = Self.fused(parts.map(\.layer))
  }
}

/// Layers that the engine does as one operation; it holds nothing of its own.
private protocol Block: Layer {
  /// How many layers it stands for.
  var count: Int { get }
}

/// A norm and the ReLU or ReLU6 that follows.
private final class NormCurve: Block {
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

/// A convolution with bias, ReLU, and 2×2 max-pool where one follows.
private final class ConvolutionReLU: Block {
  private let convolution: ConvolutionLayer
  private let bias: HeldParameter
  private let zeros: Int
  private let pools: Bool

  var count: Int { pools ? 3 : 2 }

  /// Nil when the layers are something else.
  init?(_ first: any Layer, _ next: ArraySlice<any Layer>) {
    guard let convolution = first as? ConvolutionLayer, let bias = convolution.bias,
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

/// A picture processed by a body, and added to itself or to a shortcut of itself.
///
/// - Shape: `[N, C, H, W]` → what the body gives.
/// - Units: none.
/// - Throws: `HoneError` where body and shortcut end in different shapes.
/// - Source: He et al., 2015, arXiv:1512.03385.
public struct Residual: LayerPlan {
  /// Its parts are named as if they were the block's own.
  public var body: Sequential
  public var shortcut: (name: String, plan: any LayerPlan)?
  public var activation: Activation

  public init(
    _ body: Sequential, shortcut: (name: String, plan: any LayerPlan)? = nil, activation: Activation = .identity
  ) {
    self.body = body
    self.shortcut = shortcut
    self.activation = activation
  }

  public func trace(_ shape: [Int], _ trace: inout Trace) throws -> [Int] {
    let output = try body.trace(shape, &trace)
    let other = try shortcut.map { part in try trace.within(part.name) { try part.plan.trace(shape, &$0) } } ?? shape
    guard output == other else { throw misfit(other, "\(output), the body's shape,") }
    return output
  }

  public func make() throws -> any Layer { try ResidualLayer(self) }
}

final class ResidualLayer: Layer {
  let body: SequentialLayer
  let shortcut: (name: String, layer: any Layer)?
  let activation: Activation

  init(_ plan: Residual) throws {
    body = try SequentialLayer(plan.body)
    shortcut = try plan.shortcut.map { ($0.name, try $0.plan.make()) }
    activation = plan.activation
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try body(x, pass, adding: shortcut?.layer(x, pass) ?? x, then: activation)
  }

  func visit(_ visitor: inout Visitor) {
    visitor.part(body)
    if let shortcut { visitor.child(shortcut.name, shortcut.layer) }
  }
}

/// Several layers on the same picture, their channels put side by side.
///
/// - Shape: `[N, C, H, W]` → `[N, ΣC', H', W']`.
/// - Units: none.
/// - Throws: `HoneError` where the branches end in different sizes.
/// - Source: Szegedy et al., 2014, arXiv:1409.4842.
public struct Branches: LayerPlan {
  public var branches: [Sequential]
  public init(_ branches: [Sequential]) { self.branches = branches }

  public func trace(_ shape: [Int], _ trace: inout Trace) throws -> [Int] {
    let outputs = try branches.map { try $0.trace(shape, &trace) }
    guard let first = outputs.first, outputs.allSatisfy({ $0.dropFirst() == first.dropFirst() }) else {
      throw misfit(shape, "branches of one size")
    }
    return [outputs.map { $0[0] }.reduce(0, +)] + first.dropFirst()
  }

  public func make() throws -> any Layer { try BranchesLayer(self) }
}

final class BranchesLayer: Layer {
  let branches: [SequentialLayer]
  init(_ plan: Branches) throws { branches = try plan.branches.map(SequentialLayer.init) }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try .cat(branches.map { try $0(x, pass) }, axis: 1)
  }

  func visit(_ visitor: inout Visitor) {
    for branch in branches { visitor.part(branch) }
  }
}

/// The parameterless shortcut of the CIFAR networks: every second pixel, and channels of zeros on both sides.
///
/// - Shape: `[N, C, H, W]` → `[N, channels, ⌈H/2⌉, ⌈W/2⌉]`.
/// - Units: none.
/// - Throws: nothing.
/// - Source: He et al., 2015, arXiv:1512.03385, §3.3, option A.
public struct PaddedShortcut: LeafPlan, Hashable {
  public var channels: Int
  public init(channels: Int) { self.channels = channels }

  public var kind: LayerKind { .shortcut }
  public func output(of shape: [Int]) -> [Int] { [channels] + shape[1...].map { ($0 + 1) / 2 } }
  public func make() -> any Layer { PaddedShortcutLayer(channels) }
}

final class PaddedShortcutLayer: Layer {
  let channels: Int
  init(_ channels: Int) { self.channels = channels }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let missing = channels - x.shape[1]
    return try x.maxPool2d(1, stride: 2).pad([0, 0, 0, 0, missing / 2, missing - missing / 2])
  }

  func visit(_ visitor: inout Visitor) {}
}
