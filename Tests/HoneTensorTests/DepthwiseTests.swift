import HoneTensor
import Testing

@Suite struct `Depthwise convolutions` {
  struct Window: CustomTestStringConvertible, Sendable {
    var channels: Int
    var kernel: Int
    var stride = 1
    var padding = 0
    var height = 11
    var width = 9
    var hasBias = true

    var testDescription: String {
      "\(channels) channels, \(kernel)×\(kernel)/\(stride), \(padding) zeros, \(height)×\(width)"
    }

    /// The output and the gradients of picture, weight and bias, as the numbers' type computes them.
    func run(in dtype: DType, autocast: DType? = nil) throws -> [[Double]] {
      let shapes = [[2, channels, height, width], [channels, 1, kernel, kernel]] + (hasBias ? [[channels]] : [])
      let leaves = try shapes.enumerated().map {
        try Tensor.normal($1, seed: UInt64($0)).to(dtype).requiresGradient(true)
      }
      let y = try withAutocast(autocast) {
        try leaves[0].conv2d(
          leaves[1], bias: leaves.dropFirst(2).first, stride: Pair(stride), padding: Pair(padding), groups: channels)
      }
      try y.backward(Tensor.normal(y.shape, seed: 9).to(y.dtype))
      return try [y.doubles()] + leaves.map { try #require($0.gradient).doubles() }
    }
  }

  static let windows = [
    Window(channels: 16, kernel: 3, padding: 1), Window(channels: 40, kernel: 7, padding: 3),
    Window(channels: 24, kernel: 5, padding: 2, hasBias: false), Window(channels: 17, kernel: 3, stride: 2, padding: 1),
    Window(channels: 32, kernel: 5, stride: 2, padding: 2, height: 10),
    Window(channels: 16, kernel: 7, stride: 2, padding: 3),
    Window(channels: 33, kernel: 3, width: 25), Window(channels: 16, kernel: 3, padding: 2, height: 3, width: 1),
    Window(channels: 16, kernel: 7, padding: 0, height: 7, width: 7),
    Window(channels: 48, kernel: 5, padding: 0, width: 40),
    Window(channels: 8, kernel: 3, padding: 1), Window(channels: 16, kernel: 9, padding: 4),  // left to libtorch
  ]

  @Test(arguments: windows) func `and their gradients equal libtorch's in float64`(window: Window) async throws {
    try await Engine.run {
      for (found, wanted) in zip(try window.run(in: .float32), try window.run(in: .float64)) {
        #expect(found.count == wanted.count && relativeError(found, wanted) < 1e-5)
      }
    }
  }

  @Test(arguments: windows) func `are as near to it in bfloat16 as rounding allows`(window: Window) async throws {
    try await Engine.run {
      let wanted = try window.run(in: .float64)
      for (found, wanted) in zip(try window.run(in: .float32, autocast: .bfloat16), wanted) {
        #expect(relativeError(found, wanted) < 0.01)
      }
    }
  }

  @Test func `are the same for one thread and for two`() async throws {
    try await Engine.run {
      let threads = Engine.threads
      defer { Engine.setThreads(threads) }
      let runs = try [1, 2].map { count in
        Engine.setThreads(count)
        return try Self.windows[1].run(in: .float32)
      }
      #expect(runs[0] == runs[1])
    }
  }
}
