import HoneTensor
import Testing

/// A norm, what is added to it and the curve behind it: as one operation it must do what its parts do.
struct NormCase: Sendable, CustomTestStringConvertible {
  var shape: [Int]
  var curve = Tensor.Curve.relu
  var adds = false
  /// Of the input; large ones lose digits where sums of squares are taken carelessly.
  var mean = 0.5

  var testDescription: String { "\(shape), mean \(mean), \(curve)\(adds ? ", adding" : "")" }

  /// Input, weight, bias and addend.
  func leaves(_ dtype: DType = .float32) throws -> [Tensor] {
    let pictures = try [Tensor.normal(shape, mean: mean, std: 2, seed: 1), Tensor.normal(shape, seed: 4)]
    let numbers = try [Tensor.normal([shape[1]], mean: 1, seed: 2), Tensor.normal([shape[1]], mean: 1, seed: 3)]
    let (x, addend) = (try pictures[0].to(dtype).channelsLast(), try pictures[1].to(dtype).channelsLast())
    return try [x, numbers[0], numbers[1], addend].map { try $0.requiresGradient(true) }
  }

  func fused(_ x: [Tensor], _ mean: Buffer, _ variance: Buffer) throws -> Tensor {
    try x[0].batchNorm(
      weight: x[1], bias: x[2], mean: mean, variance: variance, training: true, adding: adds ? x[3] : nil, then: curve)
  }

  /// In libtorch's operations, which serve numbers that are not channels-last.
  func parts(_ x: [Tensor], _ mean: Buffer, _ variance: Buffer) throws -> Tensor {
    let norm = try x[0].contiguous().batchNorm(weight: x[1], bias: x[2], mean: mean, variance: variance, training: true)
    let sum = adds ? try norm.add(x[3]) : norm
    return switch curve {
    case .none: sum
    case .relu: try sum.relu()
    case .relu6: try sum.relu6()
    case .silu: try sum.silu()
    case .hardSwish: try sum.hardSwish()
    case .gelu: try sum.gelu()
    }
  }

  /// The output, the running statistics, and the gradients of all leaves.
  func run(
    _ body: ([Tensor], Buffer, Buffer) throws -> Tensor, _ dtype: DType = .float32
  ) throws -> [[Double]] {
    let x = try leaves(dtype)
    let (mean, variance) = (try Buffer(.zeros([shape[1]])), try Buffer(.ones([shape[1]])))
    let y = try body(x, mean, variance)
    try y.backward(Tensor.normal(y.shape, seed: 5).to(y.dtype).channelsLast())
    let gradients = try x.dropLast(adds ? 0 : 1).map { try #require($0.gradient).doubles() }
    return try [y, mean.value, variance.value].map { try $0.doubles() } + gradients
  }
}

@Suite struct NormTests {
  static let shapes = [[2, 3, 5, 7], [4, 16, 8, 8], [2, 24, 14, 14], [3, 130, 9, 9], [2, 600, 3, 3]]
  static let cases =
    shapes.flatMap { shape in
      [Tensor.Curve.none, .relu, .relu6].flatMap { curve in
        [false, true].map { NormCase(shape: shape, curve: curve, adds: $0) }
      }
    } + [NormCase(shape: [8, 5, 33, 31], mean: 1000)]

  @Test(arguments: cases)
  func `norm, sum and curve in one equal their parts, gradients and running statistics too`(
    _ example: NormCase
  ) async throws {
    try await Engine.run {
      let (fused, parts) = (try example.run(example.fused), try example.run(example.parts))
      // In float32 the parts themselves lose digits of a large mean.
      for (x, y) in zip(fused, parts) { #expect(relativeError(x, y) < 2e-5 + 1e-6 * example.mean) }
    }
  }

  @Test(arguments: cases.dropLast())
  func `in bfloat16 it is as near to float32 as its parts are`(_ example: NormCase) async throws {
    try await Engine.run {
      let exact = try example.run(example.parts)
      let fast = try example.run(example.fused, .bfloat16)
      let parts = try example.run(example.parts, .bfloat16)
      // Rounding puts a few numbers on the other side of a curve's bend, here or there.
      for (index, reference) in exact.enumerated() {
        #expect(relativeError(fast[index], reference) < max(0.03, 1.5 * relativeError(parts[index], reference)))
      }
    }
  }

  @Test func `one thread and two give the same bits`() async throws {
    try await Engine.run {
      let before = Engine.threads
      defer { Engine.setThreads(before) }
      let example = NormCase(shape: [8, 24, 33, 31], adds: true)
      let results = try [1, 2].map { threads in
        Engine.setThreads(threads)
        return try example.run(example.fused, .bfloat16)
      }
      #expect(results[0] == results[1])
    }
  }

  @Test func `a NaN is never lost on the way`() async throws {
    try await Engine.run {
      let x = try Tensor([Float](repeating: 1, count: 31) + [.nan], shape: [2, 4, 2, 2]).channelsLast()
      let (weight, bias) = (try Tensor.ones([4]), try Tensor.zeros([4]))
      let y = try x.batchNorm(weight: weight, bias: bias, mean: nil, variance: nil, training: true, then: .relu6)
      #expect(try y.floats().count { $0.isNaN } == 8)
    }
  }

  @Test func `an addend of another shape is an error`() async throws {
    let error = await #expect(throws: EngineError.self) {
      try await Engine.run {
        let (ones, x) = (try Tensor.ones([3]), try Tensor.ones([2, 3, 4, 4]).channelsLast())
        _ = try x.batchNorm(
          weight: ones, bias: ones, mean: nil, variance: nil, training: true, adding: .ones([2, 5, 4, 4]))
      }
    }
    #expect(error?.operation == "batch_norm" && error?.code == .shape)
  }
}
