import HoneTensor
import Testing

/// A dense layer large enough for the engine's own loops (where the processor has them), beside what it means.
@Suite struct DenseTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var pictures: Int
    var inputs: Int
    var outputs: Int
    var hasBias = true
    var testDescription: String { "\(pictures) × \(inputs) → \(outputs)" }
  }
  static let cases = [
    Case(pictures: 32, inputs: 5152, outputs: 256), Case(pictures: 15, inputs: 1056, outputs: 1000),
    Case(pictures: 1, inputs: 8192, outputs: 130, hasBias: false), Case(pictures: 40, inputs: 2048, outputs: 514),
    Case(pictures: 102, inputs: 2080, outputs: 512),
  ]

  /// The output and the gradients of input, weight and bias, for leaves that bfloat16 holds exactly.
  static func run(_ example: Case, dtype: DType?) throws -> [[Double]] {
    let (inputs, outputs) = (example.inputs, example.outputs)
    let leaves = try [
      Tensor.normal([example.pictures, inputs], seed: 1), Tensor.normal([outputs, inputs], std: 0.05, seed: 2),
      Tensor.normal([outputs], seed: 3),
    ].map { try $0.to(.bfloat16).to(.float32).requiresGradient(true) }
    let y = try withAutocast(dtype) { try leaves[0].linear(leaves[1], bias: example.hasBias ? leaves[2] : nil) }
    try y.backward(Tensor.normal(y.shape, seed: 4).to(.bfloat16).to(y.dtype))
    #expect(y.dtype == dtype ?? .float32)
    return try [y.doubles()] + leaves.prefix(example.hasBias ? 3 : 2).map { try #require($0.gradient).doubles() }
  }

  @Test(arguments: cases)
  func `under autocast a large dense layer is as exact as bfloat16 allows, its weight's gradient more so`(
    _ example: Case
  ) async throws {
    try await Engine.run {
      let (exact, fast) = (try Self.run(example, dtype: nil), try Self.run(example, dtype: .bfloat16))
      let rounding = 3e-3  // root mean square of rounding to bfloat16
      for (x, y) in zip(fast, exact) { #expect(relativeError(x, y) < rounding) }
      if Engine.hasFastBFloat16 { #expect(relativeError(fast[2], exact[2]) < 1e-6) }
    }
  }

  @Test func `one thread and two give the same bits`() async throws {
    try await Engine.run {
      let before = Engine.threads
      defer { Engine.setThreads(before) }
      let results = try [1, 2].map { threads in
        Engine.setThreads(threads)
        return try Self.run(Self.cases[0], dtype: .bfloat16)
      }
      #expect(results[0] == results[1])
    }
  }
}
