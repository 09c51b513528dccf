import HoneTensor
import Testing

/// Layers of transformers and ConvNeXt that Hone computes in loops of its own.
@Suite struct `Layers of transformers` {
  /// The output and the gradients of all leaves, which are normal numbers of these shapes.
  static func run(
    _ shapes: [[Int]], in dtype: DType, spread: Double = 1, _ body: ([Tensor]) throws -> Tensor
  ) throws -> [[Double]] {
    // All begin as bfloat16, so that every type works on the same numbers.
    let leaves = try shapes.enumerated().map {
      try Tensor.normal($1, std: spread, seed: UInt64($0)).to(.bfloat16).to(dtype).requiresGradient(true)
    }
    let y = try body(leaves)
    try y.backward(Tensor.normal(y.shape, seed: 9).to(.bfloat16).to(y.dtype))
    return try [y.doubles()] + leaves.map { try #require($0.gradient).doubles() }
  }

  static func compare(_ found: [[Double]], _ wanted: [[Double]], within tolerance: Double) {
    for (found, wanted) in zip(found, wanted) {
      #expect(found.count == wanted.count && relativeError(found, wanted) < tolerance)
    }
  }

  @Test(arguments: [0.5, 3, 30]) func `GELU in bfloat16 is the float64 one, rounded`(spread: Double) async throws {
    try await Engine.run {
      let shapes = [[3, 37, 41]]
      let wanted = try Self.run(shapes, in: .float64, spread: spread) { try $0[0].gelu() }
      Self.compare(try Self.run(shapes, in: .bfloat16, spread: spread) { try $0[0].gelu() }, wanted, within: 0.004)
    }
  }

  @Test(arguments: [[4, 50, 192], [2, 7, 7, 40], [5, 1], [3, 1000]])
  func `layer norm in bfloat16 is the float64 one, rounded`(shape: [Int]) async throws {
    try await Engine.run {
      let channels = shape[shape.count - 1]
      func norm(_ x: Tensor, _ dtype: DType) throws -> [[Double]] {
        let (weight, bias) = (try Tensor.normal([channels], seed: 5), try Tensor.normal([channels], seed: 6))
        let leaves = try [weight, bias].map { try $0.to(dtype).requiresGradient(true) }
        let y = try x.layerNorm([channels], weight: leaves[0], bias: leaves[1], epsilon: 1e-6)
        try y.backward(Tensor.normal(shape, seed: 9).to(.bfloat16).to(y.dtype))
        return try [y.doubles()] + ([x] + leaves).map { try #require($0.gradient).doubles() }
      }
      let x = try Tensor.normal(shape, mean: 2, seed: 1).to(.bfloat16)
      let wanted = try norm(x.to(.float64).requiresGradient(true), .float64)
      let found = try norm(x.requiresGradient(true), .float32)
      // One number alone is its own mean: its gradient is nothing but rounding.
      for index in [0, 1, 2, 3] where !(channels == 1 && (index == 1 || index == 2)) {
        #expect(relativeError(found[index], wanted[index]) < 0.006, "\(index)")
      }
    }
  }

  @Test func `attention of few tokens equals libtorch's fused one`() async throws {
    try await Engine.run {
      let shapes = Array(repeating: [2, 3, 17, 8], count: 3)
      let mask = try Tensor.zeros([17, 17])
      let wanted = try Self.run(shapes, in: .float32) {
        try $0[0].scaledDotProductAttention(key: $0[1], value: $0[2], mask: mask)
      }
      let found = try Self.run(shapes, in: .float32) { try $0[0].scaledDotProductAttention(key: $0[1], value: $0[2]) }
      Self.compare(found, wanted, within: 1e-5)
    }
  }

  @Test(arguments: [(2, 12), (4, 16), (3, 11), (16, 32)])
  func `a convolution of windows side by side and its gradients are those of any convolution`(
    side: Int, size: Int
  ) async throws {
    try await Engine.run {
      let shapes = [[2, 5, size, size], [6, 5, side, side], [6]]
      func convolved(_ x: [Tensor]) throws -> Tensor { try x[0].conv2d(x[1], bias: x[2], stride: Pair(side)) }
      let found = try Self.run(shapes, in: .float32, convolved)
      // It is linear in each of its operands, so that a gradient says what any change does to the output.
      let leaves = try shapes.enumerated().map { try Tensor.normal($1, seed: UInt64($0)).to(.bfloat16).to(.float32) }
      let incoming = try Tensor.normal(convolved(leaves).shape, seed: 9).to(.bfloat16).to(.float32)
      #expect(relativeError(found[0], try convolved(leaves).doubles()) < 1e-5)
      for index in shapes.indices {
        var (changed, still) = (leaves, leaves)
        changed[index] = try Tensor.normal(shapes[index], seed: 20)
        still[index] = try Tensor.zeros(shapes[index])
        let wanted = try convolved(changed).sub(convolved(still)).mul(incoming).sum().item()
        let change = try changed[index].doubles()
        let predicted = zip(found[index + 1], change).map(*).reduce(0, +)
        #expect(abs(predicted - wanted) < 1e-3 * max(1, abs(wanted)), "\(index)")
      }
    }
  }

  @Test(arguments: [[2, 24, 5, 7], [3, 40, 4, 4], [2, 9, 16]])
  func `a factor for each channel and a sum are the same in one`(shape: [Int]) async throws {
    try await Engine.run {
      let channels = shape.count == 4 ? shape[1] : shape[2]
      func sum(_ dtype: DType) throws -> [[Double]] {
        try Self.run([shape, [channels], shape], in: dtype) { leaves in
          let x = try leaves.map { try $0.rank == 4 ? $0.channelsLast() : $0 }
          return try x[0].scaled(by: x[1].to(dtype == .bfloat16 ? .float32 : dtype), adding: x[2])
        }
      }
      let wanted = try sum(.float64)
      Self.compare(try sum(.float32), wanted, within: 1e-5)
      Self.compare(try sum(.bfloat16), wanted, within: 0.01)
    }
  }
}
