import HoneTensor
import Testing

@Suite struct `Convolutions for inference` {
  struct Layer: CustomTestStringConvertible, Sendable {
    var channels: Int
    var filters: Int
    var kernel: Int
    var stride = 1
    var groups = 1
    var hasBias = true

    var testDescription: String { "\(channels)→\(filters), \(kernel)×\(kernel)/\(stride), \(groups) groups" }

    func weight() throws -> Tensor {
      try .normal([filters, channels / groups, kernel, kernel], std: 0.2, seed: 3)
    }
    func bias() throws -> Tensor? { hasBias ? try .normal([filters], seed: 4) : nil }
    func packed() throws -> PackedConvolution {
      try PackedConvolution(
        weight: weight(), bias: bias(), stride: Pair(stride), padding: Pair(kernel / 2), groups: groups)
    }
    func plain(_ x: Tensor) throws -> Tensor {
      try x.conv2d(weight(), bias: bias(), stride: Pair(stride), padding: Pair(kernel / 2), groups: groups)
    }
  }

  static let layers = [
    Layer(channels: 3, filters: 16, kernel: 7, stride: 2), Layer(channels: 16, filters: 24, kernel: 1),
    Layer(channels: 16, filters: 16, kernel: 3, hasBias: false), Layer(channels: 16, filters: 8, kernel: 3, stride: 2),
    Layer(channels: 24, filters: 24, kernel: 3, groups: 24),
    Layer(channels: 24, filters: 24, kernel: 5, stride: 2, groups: 24),
    Layer(channels: 12, filters: 6, kernel: 3, groups: 3), Layer(channels: 20, filters: 75, kernel: 1),
    Layer(channels: 8, filters: 40, kernel: 1, stride: 2), Layer(channels: 32, filters: 48, kernel: 3),
    Layer(channels: 600, filters: 20, kernel: 3), Layer(channels: 64, filters: 80, kernel: 3),
    Layer(channels: 128, filters: 64, kernel: 3, hasBias: false),
  ]

  static func curved(_ x: Tensor, _ curve: Tensor.Curve) throws -> Tensor {
    switch curve {
    case .none: x
    case .relu: try x.relu()
    case .relu6: try x.relu6()
    case .silu: try x.silu()
    case .hardSwish: try x.hardSwish()
    case .gelu: try x.gelu()
    }
  }

  static func worst(_ x: Tensor, _ y: Tensor) throws -> Double {
    try x.to(.float32).sub(y.to(.float32)).abs().max().item()
  }

  @Test(arguments: layers) func `are the same as convolution, sum and curve one after the other`(_ layer: Layer)
    async throws
  {
    try await Engine.run {
      let packed = try layer.packed()
      for side in [17, 8, 17] {  // the weight is laid out for each size anew, and the first one is still known
        let x = try Tensor.normal([2, layer.channels, side, side], std: 2, seed: UInt64(side))
        let plain = try layer.plain(x)
        let addend = try Tensor.normal(plain.shape, seed: 5)
        let tolerance = try max(1e-4, 1e-5 * plain.abs().max().item())
        for curve in Tensor.Curve.allCases {
          #expect(try Self.worst(packed(x, then: curve), Self.curved(plain, curve)) < tolerance, "\(curve)")
          let sum = try Self.curved(plain.add(addend), curve)
          #expect(try Self.worst(packed(x, adding: addend, then: curve), sum) < tolerance, "\(curve), with a sum")
        }
      }
    }
  }

  @Test(arguments: layers) func `compute in the type that autocast asks for`(_ layer: Layer) async throws {
    try await Engine.run {
      let x = try Tensor.normal([2, layer.channels, 16, 16], seed: 1)
      let plain = try layer.plain(x)
      let addend = try Tensor.normal(plain.shape, seed: 5)
      let (found, sum) = try withAutocast(.bfloat16) {
        try (layer.packed()(x, then: .relu), layer.packed()(x, adding: addend.to(.bfloat16), then: .relu6))
      }
      #expect(found.dtype == .bfloat16 && sum.dtype == .bfloat16)
      let largest = try plain.abs().max().item()
      #expect(try Self.worst(found, plain.relu()) < 0.02 * largest)
      #expect(try Self.worst(sum, plain.add(addend).relu6()) < 0.02 * largest)
    }
  }

  @Test func `pass gradients on to their input where someone asks for them`() async throws {
    try await Engine.run {
      let layer = Self.layers[1]
      func gradient(_ body: (Tensor) throws -> Tensor) throws -> Tensor {
        let x = try Tensor.normal([1, 16, 5, 5], seed: 1).requiresGradient(true)
        return try #require(try Tensor.gradients(of: body(x).sum(), wrt: [x])[0])
      }
      let found = try gradient { try layer.packed()($0) }
      #expect(try Self.worst(found, gradient(layer.plain)) < 1e-5)
    }
  }

  @Test func `say what does not fit`() async throws {
    try await Engine.run {
      #expect(throws: EngineError.self) { try PackedConvolution(weight: .ones([4, 4]), bias: nil) }
      let packed = try Self.layers[1].packed()
      let error = #expect(throws: EngineError.self) { try packed(.ones([1, 5, 8, 8])) }
      #expect(error?.operation == "packed_conv2d")
    }
  }
}
