import HoneTensor

/// Keeps the largest or the mean number of each window, or of everything.
///
/// - Shape: `[N, C, H, W]` → `[N, C, H', W']`; `.global` → `[N, C]`, also of tokens `[N, L, C]`, as `.firstToken`.
/// - Units: windows, strides and padding in pixels; `ceiling` keeps a window that reaches over the edge, where a mean
///   counts only what is there.
/// - Throws: `HoneError` when no window fits.
/// - Source: PyTorch's `MaxPool2d`, `AvgPool2d`, `AdaptiveAvgPool2d`.
public enum Pool: LeafPlan, Hashable {
  case max(_ window: Int, stride: Int, padding: Int = 0, ceiling: Bool = false)
  case average(_ window: Int, stride: Int, ceiling: Bool = false)
  /// The mean over windows chosen so that the result has this side.
  case adaptiveAverage(_ side: Int)
  /// The mean over the whole picture, or over all tokens, as a vector.
  case global
  /// The first of the tokens, as a vector.
  case firstToken

  public var kind: LayerKind { .pool }

  public func output(of shape: [Int]) throws -> [Int] {
    if shape.count == 2, self == .global || self == .firstToken { return [shape[1]] }
    guard shape.count == 3, self != .firstToken else {
      throw misfit(shape, self == .firstToken ? "tokens" : "a picture")
    }
    switch self {
    case .max(let side, let stride, let padding, let ceiling):
      return [shape[0]] + (try shape[1...].map { try Hone.window($0, side, stride, padding, ceiling: ceiling) })
    case .average(let side, let stride, let ceiling):
      return [shape[0]] + (try shape[1...].map { try Hone.window($0, side, stride, 0, ceiling: ceiling) })
    case .adaptiveAverage(let side): return [shape[0], side, side]
    case .global, .firstToken: return [shape[0]]
    }
  }

  public func make() -> any Layer { PoolLayer(self) }
}

final class PoolLayer: Layer {
  let pool: Pool
  init(_ pool: Pool) { self.pool = pool }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    switch pool {
    case .max(let side, let stride, let padding, let ceiling):
      try x.maxPool2d(Pair(side), stride: Pair(stride), padding: Pair(padding), ceiling: ceiling)
    case .average(let side, let stride, let ceiling):
      try x.avgPool2d(Pair(side), stride: Pair(stride), ceiling: ceiling, countsPadding: false)
    case .adaptiveAverage(let side): try x.adaptiveAvgPool2d(Pair(side))
    case .global: try x.mean(x.rank == 4 ? [2, 3] : [1])
    case .firstToken: try x.select(1, 0)
    }
  }

  func visit(_ visitor: inout Visitor) {}
}
