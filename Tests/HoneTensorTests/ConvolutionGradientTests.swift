import HoneTensor
import Testing

@Suite struct `Convolutions in training` {
  struct Layer: CustomTestStringConvertible, Sendable {
    var shape: [Int]
    var filters: Int
    var kernel: Int
    var stride = 2
    var padding: Int
    var hasBias = false

    var testDescription: String { "\(shape) → \(filters), \(kernel)×\(kernel)/\(stride), \(padding) zeros" }

    /// The output and the gradients of picture, weight and bias; all begin as bfloat16.
    func run(in dtype: DType, autocast: DType? = nil) throws -> [[Double]] {
      let shapes = [shape, [filters, shape[1], kernel, kernel]] + (hasBias ? [[filters]] : [])
      let leaves = try shapes.enumerated().map {
        try Tensor.normal($1, seed: UInt64($0)).to(.bfloat16).to(dtype).requiresGradient(true)
      }
      let y = try withAutocast(autocast) {
        try leaves[0].conv2d(
          leaves[1], bias: leaves.dropFirst(2).first, stride: Pair(stride), padding: Pair(padding))
      }
      try y.backward(Tensor.normal(y.shape, seed: 9).to(.bfloat16).to(y.dtype))
      return try [y.doubles()] + leaves.map { try #require($0.gradient).doubles() }
    }
  }

  static let layers = [
    Layer(shape: [3, 16, 9, 12], filters: 8, kernel: 3, padding: 1),
    Layer(shape: [2, 3, 21, 20], filters: 16, kernel: 7, padding: 3, hasBias: true),
    Layer(shape: [2, 5, 10, 10], filters: 4, kernel: 3, stride: 3, padding: 0),
    Layer(shape: [1, 2, 3, 3], filters: 3, kernel: 3, padding: 0),
    Layer(shape: [5, 64, 128, 128], filters: 4, kernel: 3, padding: 1),  // more than one group of pictures
    Layer(shape: [4, 32, 14, 14], filters: 24, kernel: 3, stride: 1, padding: 1),
    Layer(shape: [3, 20, 7, 9], filters: 12, kernel: 5, stride: 1, padding: 2, hasBias: true),  // an odd picture out
    Layer(shape: [2, 24, 8, 8], filters: 64, kernel: 2, stride: 1, padding: 0),
    Layer(shape: [1, 1, 6, 6], filters: 5, kernel: 3, stride: 1, padding: 2),
    Layer(shape: [6, 64, 40, 40], filters: 16, kernel: 3, stride: 1, padding: 1),  // more than a cache holds
    // Winograd's way: odd sizes, every width of a panel, every padding.
    Layer(shape: [5, 64, 9, 14], filters: 80, kernel: 3, stride: 1, padding: 1, hasBias: true),
    Layer(shape: [4, 80, 11, 10], filters: 112, kernel: 3, stride: 1, padding: 0),
    Layer(shape: [4, 96, 8, 8], filters: 64, kernel: 3, stride: 1, padding: 2),
    Layer(shape: [3, 128, 14, 14], filters: 96, kernel: 3, stride: 1, padding: 1, hasBias: true),
    Layer(shape: [5, 320, 7, 8], filters: 64, kernel: 3, stride: 1, padding: 1),
  ]

  @Test(arguments: layers) func `in bfloat16 have the gradients of float64, rounded`(layer: Layer) async throws {
    try await Engine.run {
      let wanted = try layer.run(in: .float64)
      for (found, wanted) in zip(try layer.run(in: .float32, autocast: .bfloat16), wanted) {
        #expect(found.count == wanted.count && relativeError(found, wanted) < 0.01)
      }
    }
  }

  @Test(arguments: layers.suffix(2)) func `one thread and two give the same bits`(layer: Layer) async throws {
    try await Engine.run {
      let before = Engine.threads
      defer { Engine.setThreads(before) }
      let results = try [1, 2].map { threads in
        Engine.setThreads(threads)
        return try layer.run(in: .float32, autocast: .bfloat16)
      }
      #expect(results[0] == results[1])
    }
  }
}
