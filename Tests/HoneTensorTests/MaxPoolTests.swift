import HoneTensor
import Testing

@Suite struct `Max-pool in training` {
  struct Layer: CustomTestStringConvertible, Sendable {
    var shape: [Int]
    var kernel = Pair(2)
    var stride = Pair(2)
    var padding = Pair(0)
    var dtype = DType.float32

    var testDescription: String { "\(shape), \(kernel)/\(stride), \(padding) around, \(dtype)" }

    /// The output and the input's gradient. Few different numbers: windows have several that are largest.
    func run(channelsLast: Bool) throws -> [[Double]] {
      let numbers = try Tensor.normal(shape, seed: 1).mul(2).to(.int64).to(dtype)
      let x = try (channelsLast ? numbers.channelsLast() : numbers).requiresGradient(true)
      let y = try x.maxPool2d(kernel, stride: stride, padding: padding)
      try y.backward(Tensor.normal(y.shape, seed: 2).to(dtype))
      return try [y.doubles(), #require(x.gradient).doubles()]
    }
  }

  static let layers = [
    Layer(shape: [2, 16, 8, 6]),
    Layer(shape: [3, 32, 9, 7]),
    Layer(shape: [2, 64, 11, 14], kernel: Pair(3), padding: Pair(1)),
    Layer(shape: [1, 16, 7, 9], kernel: Pair(3, 2), stride: Pair(1, 3), padding: Pair(0, 1)),
    Layer(shape: [1, 16, 3, 3], kernel: Pair(3), stride: Pair(5)),
    Layer(shape: [2, 48, 10, 10], kernel: Pair(3), padding: Pair(1), dtype: .bfloat16),
  ]

  @Test(arguments: layers) func `is libtorch's, which serves what is not channels-last`(layer: Layer) async throws {
    try await Engine.run {
      let (found, wanted) = (try layer.run(channelsLast: true), try layer.run(channelsLast: false))
      #expect(found[0] == wanted[0])
      #expect(relativeError(found[1], wanted[1]) < (layer.dtype == .bfloat16 ? 0.005 : 1e-6))
    }
  }

  @Test func `does not lose a number that is none`() async throws {
    try await Engine.run {
      var numbers = [Float](repeating: 1, count: 16 * 4 * 4)
      numbers[5] = .nan
      let x = try Tensor(numbers, shape: [1, 16, 4, 4]).channelsLast().requiresGradient(true)
      let found = try x.maxPool2d(2).doubles()
      #expect(found[0].isNaN && found.dropFirst().allSatisfy { $0 == 1 })
    }
  }
}
