import HoneTensor
import Testing

/// A block's input and parameters: the fused block must do what its parts do.
struct Block: Sendable, CustomTestStringConvertible {
  var shape: [Int]
  var filters = 5
  var kernel = 3
  var stride = 1
  var padding = 0
  var pools = true

  var testDescription: String { "\(shape) → \(filters), kernel \(kernel), stride \(stride), pools \(pools)" }

  func leaves() throws -> [Tensor] {
    try [
      Tensor.normal(shape, seed: 1), Tensor.normal([filters, shape[1], kernel, kernel], std: 0.2, seed: 2),
      Tensor.normal([filters], seed: 3),
    ].map { try $0.requiresGradient(true) }
  }

  func fused(_ x: [Tensor]) throws -> Tensor {
    try pools
      ? x[0].convReluPool(x[1], bias: x[2], stride: Pair(stride), padding: Pair(padding))
      : x[0].convRelu(x[1], bias: x[2], stride: Pair(stride), padding: Pair(padding))
  }

  func parts(_ x: [Tensor]) throws -> Tensor {
    let y = try x[0].conv2d(x[1], bias: x[2], stride: Pair(stride), padding: Pair(padding)).relu()
    return pools ? try y.maxPool2d(2) : y
  }

  /// The output and the gradients of all leaves.
  func run(_ body: ([Tensor]) throws -> Tensor) throws -> [[Double]] {
    let x = try leaves()
    let y = try body(x)
    try y.backward(Tensor.normal(y.shape, seed: 4).to(y.dtype))
    return try [y.doubles()] + x.map { try #require($0.gradient).doubles() }
  }
}

@Suite struct FusedLayerTests {
  static let blocks = [
    Block(shape: [2, 3, 8, 8]), Block(shape: [3, 2, 9, 12], padding: 1), Block(shape: [1, 4, 7, 5], filters: 32),
    Block(shape: [2, 3, 11, 10], kernel: 5, stride: 2, padding: 2), Block(shape: [2, 1, 3, 3], kernel: 1),
    Block(shape: [2, 3, 9, 8], padding: 1, pools: false), Block(shape: [2, 6, 7, 7], filters: 33, pools: false),
    Block(shape: [3, 1, 256, 258], filters: 32),  // one picture per group
  ]

  @Test(arguments: blocks)
  func `the fused block and its gradients equal its parts'`(block: Block) async throws {
    try await Engine.run {
      let (fused, parts) = (try block.run(block.fused), try block.run(block.parts))
      for (x, y) in zip(fused, parts) { #expect(x.count == y.count && relativeError(x, y) < 1e-5) }
      #expect(fused[0].contains(0) && fused[0].contains { $0 > 0 })
    }
  }

  @Test(arguments: blocks.prefix(7))
  func `under autocast it is bfloat16, and as near to float32 as its parts are`(block: Block) async throws {
    try await Engine.run {
      let exact = try block.run(block.parts)
      let fast = try block.run { x in try withAutocast(.bfloat16) { try block.fused(x) } }
      let parts = try block.run { x in try withAutocast(.bfloat16) { try block.parts(x) } }
      for (index, reference) in exact.enumerated() {
        #expect(relativeError(fast[index], reference) < 1.5 * relativeError(parts[index], reference) + 1e-3)
      }
      let y = try withAutocast(.bfloat16) { try block.fused(block.leaves()) }
      #expect(y.dtype == .bfloat16)
    }
  }

  @Test func `a NaN is never lost on the way`() async throws {
    try await Engine.run {
      let x = try Tensor([Float](repeating: 1, count: 15) + [.nan], shape: [1, 1, 4, 4])
      let (weight, bias) = (try Tensor.ones([2, 1, 1, 1]), try Tensor.zeros([2]))
      #expect(try x.convReluPool(weight, bias: bias).floats().count { $0.isNaN } == 2)
      #expect(try x.convRelu(weight, bias: bias).floats().count { $0.isNaN } == 2)
    }
  }

  @Test func `without gradients nothing is recorded, and a wrong shape is an error`() async throws {
    try await Engine.run {
      let block = Block(shape: [2, 3, 8, 8])
      let y = try withoutGradients { try block.fused(block.leaves()) }
      #expect(!y.requiresGradient)
    }
    let error = await #expect(throws: EngineError.self) {
      try await Engine.run {
        try Tensor.zeros([1, 4, 8, 8]).convReluPool(Tensor.zeros([2, 3, 3, 3]), bias: Tensor.zeros([2])).item()
      }
    }
    #expect(error?.operation == "conv_relu_pool" && error?.code == .shape)
  }
}

/// The root mean square of the difference, relative to the reference's.
func relativeError(_ x: [Double], _ reference: [Double]) -> Double {
  let squares = zip(x, reference).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
  return (squares / max(1e-12, reference.map { $0 * $0 }.reduce(0, +))).squareRoot()
}
