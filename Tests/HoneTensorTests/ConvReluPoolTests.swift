import HoneTensor
import Testing

/// The fused operation against the four that it stands for.
@Suite struct ConvReluPoolTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var channels: Int
    var filters: Int
    var height: Int
    var width: Int
    var padding: Int
    var testDescription: String { "\(channels) → \(filters) channels, \(height)×\(width), padding \(padding)" }
  }

  static let cases = [
    Case(channels: 3, filters: 32, height: 11, width: 13, padding: 0),
    Case(channels: 1, filters: 16, height: 8, width: 9, padding: 1),
    Case(channels: 16, filters: 16, height: 9, width: 40, padding: 0),
    Case(channels: 32, filters: 64, height: 12, width: 11, padding: 1),
    Case(channels: 64, filters: 128, height: 10, width: 38, padding: 0),
    Case(channels: 128, filters: 80, height: 6, width: 6, padding: 0),
    Case(channels: 24, filters: 20, height: 7, width: 7, padding: 0),  // not taken by the kernel
  ]

  @Test("The fused layer gives the numbers and gradients of the four operations", arguments: cases, [1, 3])
  func equalsTheFour(_ size: Case, pictures: Int) async throws {
    let worst = try await Engine.run { () throws -> [Double] in
      let x = try Tensor.normal([pictures, size.channels, size.height, size.width], seed: 1).channelsLast()
        .requiresGradient(true)
      let weight = try Tensor.normal([size.filters, size.channels, 3, 3], std: 0.1, seed: 2)
        .requiresGradient(true)
      let bias = try Tensor.normal([size.filters], seed: 3).requiresGradient(true)
      let fused = try x.convReluPool(weight, bias: bias, padding: Pair(size.padding))
      let plain = try x.conv2d(weight, bias: bias, padding: Pair(size.padding)).relu().maxPool2d(2)
      let upstream = try Tensor.normal(plain.shape, seed: 4)
      func gradients(_ y: Tensor) throws -> [Tensor] {
        try Tensor.gradients(of: try y.mul(upstream).sum(), wrt: [x, weight, bias]).compactMap { $0 }
      }
      let pairs = try zip([fused] + gradients(fused), [plain] + gradients(plain))
      return try pairs.map { try $0.sub($1).abs().max().item() / max(1, $1.abs().max().item()) }
    }
    #expect(worst.count == 4)
    for difference in worst { #expect(difference < 1e-5) }
  }

  @Test("Under bfloat16 the fused gradients stay within bfloat16's rounding of the float32 ones")
  func bfloat16() async throws {
    let worst = try await Engine.run { () throws -> [Double] in
      let x = try Tensor.normal([4, 32, 20, 20], seed: 1).channelsLast().requiresGradient(true)
      let weight = try Tensor.normal([64, 32, 3, 3], std: 0.1, seed: 2).requiresGradient(true)
      let bias = try Tensor.zeros([64]).requiresGradient(true)
      func gradients(_ dtype: DType?) throws -> [Tensor] {
        let y = try withAutocast(dtype) { try x.convReluPool(weight, bias: bias) }
        return try Tensor.gradients(of: try y.to(.float32).pow(2).sum(), wrt: [x, weight, bias]).compactMap { $0 }
      }
      return try zip(gradients(.bfloat16), gradients(nil)).map {
        try $0.sub($1).norm().item() / $1.norm().item()
      }
    }
    #expect(worst.count == 3)
    for difference in worst { #expect(difference < 0.05) }
  }
}
