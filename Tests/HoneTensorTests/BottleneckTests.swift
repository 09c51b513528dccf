import HoneTensor
import Testing

@Suite struct `Inverted residuals for inference` {
  struct Shape: CustomTestStringConvertible, Sendable {
    var channels: Int
    var hidden: Int
    var filters: Int
    var kernel = 3
    var stride = 1
    var height = 37
    var width = 43
    /// The first convolution's.
    var window = 1
    var step = 1

    var testDescription: String {
      "\(channels)→\(hidden)→\(filters), \(window)×\(window)/\(step), \(kernel)×\(kernel)/\(stride) of \(height)×\(width)"
    }

    func convolution(_ from: Int, _ to: Int, _ kernel: Int = 1, stride: Int = 1, groups: Int = 1, seed: UInt64) throws
      -> (packed: PackedConvolution, plain: (Tensor) throws -> Tensor)
    {
      let weight = try Tensor.normal([to, from / groups, kernel, kernel], std: 0.2, seed: seed)
      let bias = try Tensor.normal([to], seed: seed + 1)
      let (strides, zeros) = (Pair(stride), Pair(kernel / 2))
      return (
        try PackedConvolution(weight: weight, bias: bias, stride: strides, padding: zeros, groups: groups),
        { try $0.conv2d(weight, bias: bias, stride: strides, padding: zeros, groups: groups) }
      )
    }
  }

  static let shapes = [
    Shape(channels: 16, hidden: 96, filters: 24), Shape(channels: 24, hidden: 96, filters: 16, stride: 2),
    Shape(channels: 24, hidden: 144, filters: 24, kernel: 5), Shape(channels: 10, hidden: 192, filters: 70, kernel: 7),
    Shape(channels: 16, hidden: 512, filters: 16, stride: 2, height: 16, width: 17),
    Shape(channels: 3, hidden: 96, filters: 16, height: 90, width: 101, window: 3, step: 2),
    Shape(channels: 1, hidden: 144, filters: 20, kernel: 5, stride: 2, window: 4, step: 1),
    Shape(channels: 8, hidden: 48, filters: 8, height: 9, width: 9),  // small enough to go one after the other
  ]

  @Test(arguments: shapes) func `are the same as their convolutions one after the other`(_ shape: Shape) async throws {
    try await Engine.run {
      let expand = try shape.convolution(
        shape.channels, shape.hidden, shape.window, stride: shape.step, seed: 1)
      let depthwise = try shape.convolution(
        shape.hidden, shape.hidden, shape.kernel, stride: shape.stride, groups: shape.hidden, seed: 3)
      let project = try shape.convolution(shape.hidden, shape.filters, seed: 5)
      let x = try Tensor.normal([3, shape.channels, shape.height, shape.width], seed: 7).channelsLast()
      let plain = try project.plain(depthwise.plain(expand.plain(x).relu6()).relu())
      let addend = try Tensor.normal(plain.shape, seed: 8)
      let tolerance = try 1e-5 * plain.abs().max().item()
      func fused(_ addend: Tensor?, _ curve: Tensor.Curve) throws -> Tensor {
        try expand.packed.bottleneck(
          x, then: .relu6, depthwise: depthwise.packed, then: .relu, project: project.packed, adding: addend,
          then: curve)
      }
      #expect(try worst(fused(nil, .none), plain) < tolerance)
      #expect(try worst(fused(addend, .relu), plain.add(addend).relu()) < tolerance)
      #expect(try worst(fused(nil, .silu), plain.silu()) < tolerance)
      let rounded = try withAutocast(.bfloat16) { try fused(addend, .none) }
      let isExact = rounded.dtype == .float32  // where bfloat16 would be no faster
      #expect(try worst(rounded, plain.add(addend)) < (isExact ? tolerance : 0.02 * plain.abs().max().item()))
    }
  }

  @Test func `say what does not fit`() async throws {
    try await Engine.run {
      let shape = Self.shapes[0]
      let expand = try shape.convolution(16, 96, seed: 1)
      let depthwise = try shape.convolution(96, 96, 3, groups: 96, seed: 3)
      let project = try shape.convolution(96, 24, seed: 5)
      let x = try Tensor.ones([1, 16, 40, 40])
      #expect(throws: EngineError.self) {
        try expand.packed.bottleneck(
          x, then: .relu6, depthwise: depthwise.packed, then: .relu6, project: project.packed,
          adding: .ones([1, 24, 20, 20]))
      }
    }
  }

  private func worst(_ x: Tensor, _ y: Tensor) throws -> Double {
    try x.to(.float32).sub(y.to(.float32)).abs().max().item()
  }
}
