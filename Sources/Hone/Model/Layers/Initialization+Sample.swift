import HoneTensor

extension Initialization {
  /// - Shape: a dense weight `[outputs, inputs]` or a filter bank `[filters, channels, height, width]`.
  func sample(_ shape: [Int], seed: UInt64) throws -> Tensor {
    let window = shape.dropFirst(2).reduce(1, *)
    let fanIn = Double(shape.dropFirst().reduce(1, *))
    let fanOut = Double((shape.first ?? 1) * window)
    func uniform(_ bound: Double) throws -> Tensor { try .uniform(shape, in: -bound...bound, seed: seed) }
    switch self {
    case .zeros: return try .zeros(shape)
    case .ones: return try .ones(shape)
    case .constant(let value): return try .full(shape, value)
    case .glorotUniform: return try uniform((6 / (fanIn + fanOut)).squareRoot())
    case .heUniform: return try uniform((6 / fanIn).squareRoot())
    case .heNormal(let out): return try .normal(shape, std: (2 / (out ? fanOut : fanIn)).squareRoot(), seed: seed)
    case .normal(let deviation): return try .normal(shape, std: deviation, seed: seed)
    case .uniform(let bound): return try uniform(bound)
    case .principalPatches: return try uniform(1 / fanIn.squareRoot())
    case .partlyIdentity: return try Self.partlyIdentity(uniform(1 / fanIn.squareRoot()))
    }
  }

  /// A filter bank whose filter `c` passes channel `c` through, for as many as there are of both.
  private static func partlyIdentity(_ filters: Tensor) throws -> Tensor {
    let (shape, window) = (filters.shape, filters.shape.dropFirst(2).reduce(1, *))
    let width = shape[1] * window
    var numbers = try filters.floats()
    for filter in 0..<min(shape[0], shape[1]) {
      for place in 0..<width { numbers[filter * width + place] = place == filter * window + window / 2 ? 1 : 0 }
    }
    return try Tensor(numbers, shape: shape)
  }
}
