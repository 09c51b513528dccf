import HoneTensor

/// Every token looks at every other and takes from each as much as it fits: the middle of self-attention.
///
/// What comes in are queries, keys and values side by side; each head works on its own part of them.
///
/// - Shape: `[N, L, 3·C]` → `[N, L, C]`.
/// - Units: `heads` is how many heads share the C numbers; `dropout` is the chance that a token overlooks another in
///   training.
/// - Throws: `HoneError` when they cannot be shared evenly.
/// - Source: Vaswani et al., 2017, arXiv:1706.03762; PyTorch's `scaled_dot_product_attention`.
public struct SelfAttention: LeafPlan, Hashable {
  public var heads: Int
  public var dropout: Double
  public init(heads: Int, dropout: Double = 0) {
    self.heads = heads
    self.dropout = dropout
  }

  public var kind: LayerKind { .attention }
  public func output(of shape: [Int]) throws -> [Int] {
    guard shape.count == 2, heads > 0, shape[1] % (3 * heads) == 0 else {
      throw misfit(shape, "tokens whose queries, keys and values make \(heads) equal heads")
    }
    return [shape[0], shape[1] / 3]
  }
  public func multiplyAdds(from input: [Int], to output: [Int]) -> Int { 2 * output[0] * output.reduce(1, *) }
  public func make() -> any Layer { SelfAttentionLayer(self) }
}

private final class SelfAttentionLayer: Drawing {
  private let plan: SelfAttention
  var name = ""
  init(_ plan: SelfAttention) { self.plan = plan }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let (count, length, width) = (x.shape[0], x.shape[1], x.shape[2] / 3)
    let parts = try x.reshape([count, length, 3, plan.heads, width / plan.heads]).permute([2, 0, 3, 1, 4])
    let mixed = try attended(parts.select(0, 0), parts.select(0, 1), parts.select(0, 2), pass)
    return try mixed.transpose(1, 2).reshape([count, length, width])
  }

  private func attended(_ queries: Tensor, _ keys: Tensor, _ values: Tensor, _ pass: Pass) throws -> Tensor {
    let chance = pass.training ? plan.dropout * pass.strength.noise : 0
    guard chance > 0 else { return try queries.scaledDotProductAttention(key: keys, value: values) }
    let scores = try queries.matmul(keys.transpose(-2, -1)).div(Double(keys.shape[3]).squareRoot())
    return try scores.softmax(-1).dropout(chance, seed: pass.seed(for: name + ".attention")).matmul(values)
  }

  func visit(_ visitor: inout Visitor) {}
}

/// A token that stands for the whole picture, put before the others.
///
/// - Shape: `[N, L, C]` → `[N, L + 1, C]`.
/// - Units: none.
/// - Throws: `HoneError` when the width does not fit.
/// - Source: Dosovitskiy et al., 2020, arXiv:2010.11929.
public struct ClassToken: LeafPlan, Hashable {
  public var width: Int
  public init(_ width: Int) { self.width = width }

  public var kind: LayerKind { .embedding }
  public var parameters: [ParameterPlan] {
    [ParameterPlan("cls_token", [1, 1, width], .embedding, .normal(deviation: 1e-6))]
  }
  public func output(of shape: [Int]) throws -> [Int] {
    guard shape.count == 2, shape[1] == width else { throw misfit(shape, "tokens of \(width) numbers") }
    return [shape[0] + 1, width]
  }
  public func make() throws -> any Layer {
    let width = width
    return try ParameterLayer(parameters[0], .embedding) { x, token in
      try .cat([token.to(x.dtype).expand([x.shape[0], 1, width]), x], axis: 1)
    }
  }
}

/// Adds to each token what says where it lies.
///
/// - Shape: `[N, L, C]` → the same.
/// - Units: none.
/// - Throws: `HoneError` when there are more or fewer tokens than places.
/// - Source: Dosovitskiy et al., 2020, arXiv:2010.11929.
public struct PositionEmbedding: LeafPlan, Hashable {
  public var count: Int
  public var width: Int

  public init(_ count: Int, _ width: Int) {
    self.count = count
    self.width = width
  }

  public var kind: LayerKind { .embedding }
  public var parameters: [ParameterPlan] {
    [ParameterPlan("pos_embed", [1, count, width], .embedding, .normal(deviation: 0.02))]
  }
  public func output(of shape: [Int]) throws -> [Int] {
    guard shape == [count, width] else { throw misfit(shape, "\(count) tokens of \(width) numbers") }
    return shape
  }
  public func make() throws -> any Layer {
    try ParameterLayer(parameters[0], .embedding) { try $0.add($1.to($0.dtype)) }
  }
}

/// Leaves a random share of the tokens out in training; the first, which stands for the picture, stays.
///
/// Besides regularizing, it makes the steps that much cheaper.
///
/// - Shape: `[N, L, C]` → in training `[N, fewer, C]`, else the same.
/// - Units: `chance` is the share left out.
/// - Randomness: one draw per token.
/// - Throws: `HoneError` when they are no tokens.
/// - Source: Liu et al., 2022, arXiv:2208.07220; timm's `PatchDropout`.
public struct TokenDropout: LeafPlan, Hashable {
  public var chance: Double
  public init(_ chance: Double) { self.chance = chance }

  public var kind: LayerKind { .dropout }
  public func output(of shape: [Int]) throws -> [Int] {
    guard shape.count == 2 else { throw misfit(shape, "tokens") }
    return shape
  }
  public func make() -> any Layer { TokenDropoutLayer(chance) }
}

private final class TokenDropoutLayer: Drawing {
  private let chance: Double
  var name = ""
  init(_ chance: Double) { self.chance = chance }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let chance = pass.training ? chance * pass.strength.noise : 0
    guard chance > 0 else { return x }
    let (count, others, width) = (x.shape[0], x.shape[1] - 1, x.shape[2])
    let kept = max(1, Int(Double(others) * (1 - chance)))
    let chosen = try Tensor.uniform([count, others], seed: pass.seed(for: name), device: x.device).topk(kept).indices
    let tokens = try x.narrow(1, start: 1, length: others)
      .gather(1, chosen.reshape([count, kept, 1]).expand([count, kept, width]))
    return try .cat([x.narrow(1, start: 0, length: 1), tokens], axis: 1)
  }

  func visit(_ visitor: inout Visitor) {}
}

/// The same numbers in another order of axes.
///
/// - Shape: `.tokens`: `[N, C, H, W]` → `[N, H·W, C]`; `.transposed`: `[N, L, C]` → `[N, C, L]`; `.channelsLast`:
///   `[N, C, H, W]` → `[N, H, W, C]`; `.channelsFirst`: back; `.shuffled`: the same, the channels of the groups in turn.
/// - Units: none.
/// - Throws: `HoneError` when there are too few axes, or the channels make no such groups.
/// - Source: PyTorch's `permute`; the shuffle is Zhang et al., 2017, arXiv:1707.01083.
public enum Rearrange: LeafPlan, Hashable {
  case tokens, transposed, channelsLast, channelsFirst
  case shuffled(groups: Int)

  public var kind: LayerKind { .flatten }

  public func output(of shape: [Int]) throws -> [Int] {
    guard shape.count == (self == .transposed ? 2 : 3) else { throw misfit(shape, "other axes") }
    switch self {
    case .tokens: return [shape[1] * shape[2], shape[0]]
    case .transposed: return [shape[1], shape[0]]
    case .channelsLast: return [shape[1], shape[2], shape[0]]
    case .channelsFirst: return [shape[2], shape[0], shape[1]]
    case .shuffled(let groups):
      guard groups > 0, shape[0] % groups == 0 else { throw misfit(shape, "channels in \(groups) equal groups") }
      return shape
    }
  }

  public func make() -> any Layer {
    let order = self
    return FunctionLayer { try order.applied(to: $0) }
  }

  private func applied(to x: Tensor) throws -> Tensor {
    switch self {
    case .tokens: return try x.flatten(from: 2).transpose(1, 2)
    case .transposed: return try x.transpose(1, 2)
    case .channelsLast: return try x.permute([0, 2, 3, 1])
    case .channelsFirst: return try x.permute([0, 3, 1, 2])
    case .shuffled(let groups):
      let shape = x.shape
      let grouped = try x.reshape([shape[0], groups, shape[1] / groups, shape[2], shape[3]])
      return try grouped.transpose(1, 2).reshape(shape)
    }
  }
}

/// The channels of one range.
///
/// - Shape: `[N, C, H, W]` → `[N, range, H, W]`.
/// - Units: none.
/// - Throws: `HoneError` when there are fewer channels.
/// - Source: none: PyTorch's `chunk` and `narrow`.
public struct Slice: LeafPlan, Hashable {
  public var channels: Range<Int>
  public init(_ channels: Range<Int>) { self.channels = channels }

  public var kind: LayerKind { .shortcut }
  public func output(of shape: [Int]) throws -> [Int] {
    guard shape.count == 3, channels.upperBound <= shape[0] else { throw misfit(shape, "channels \(channels)") }
    return [channels.count] + shape[1...]
  }
  public func make() -> any Layer {
    let channels = channels
    return FunctionLayer { try $0.narrow(1, start: channels.lowerBound, length: channels.count) }
  }
}

/// A layer that holds nothing.
final class FunctionLayer: Layer {
  private let apply: (Tensor) throws -> Tensor
  init(_ apply: @escaping (Tensor) throws -> Tensor) { self.apply = apply }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try apply(x) }

  func visit(_ visitor: inout Visitor) {}
}
