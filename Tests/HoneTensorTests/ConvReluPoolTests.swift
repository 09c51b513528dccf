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

  static let stems = [1, 2, 3, 4].flatMap { channels in
    [(16, 4, 4, 1), (32, 11, 13, 0), (48, 9, 40, 1), (64, 8, 7, 0)].map {
      Case(channels: channels, filters: $0.0, height: $0.1, width: $0.2, padding: $0.3)
    }
  }

  /// The output and the gradients of weight and bias for whole numbers, of which bfloat16's sums are exact; the picture
  /// asks for no gradient, as in a first layer.
  static func stem(_ size: Case, dtype: DType?, fused: Bool) throws -> [[Double]] {
    func whole(_ shape: [Int], seed: UInt64) throws -> Tensor { try Tensor.normal(shape, std: 2, seed: seed).round() }
    let x = try whole([3, size.channels, size.height, size.width], seed: 1).channelsLast()
    let weight = try whole([size.filters, size.channels, 3, 3], seed: 2).requiresGradient(true)
    let bias = try whole([size.filters], seed: 3).mul(8).requiresGradient(true)
    let y = try withAutocast(dtype) {
      if fused { return try x.convReluPool(weight, bias: bias, padding: Pair(size.padding)) }
      return try x.conv2d(weight, bias: bias, padding: Pair(size.padding)).relu().maxPool2d(2)
    }
    try y.backward(whole(y.shape, seed: 4).to(y.dtype))
    return try [y.to(.bfloat16), #require(weight.gradient), #require(bias.gradient)].map { try $0.doubles() }
  }

  @Test("A first layer of few channels is exact where numbers are whole: ties, ReLU, odd sizes", arguments: stems)
  func fewChannels(_ size: Case) async throws {
    try await Engine.run {
      let plain = try Self.stem(size, dtype: nil, fused: false)
      for dtype in [DType.bfloat16, nil] { #expect(try Self.stem(size, dtype: dtype, fused: true) == plain) }
    }
  }

  @Test("A first layer gives the same bits with one thread and two")
  func stemThreads() async throws {
    try await Engine.run {
      let before = Engine.threads
      defer { Engine.setThreads(before) }
      let results = try [1, 2].map { threads in
        Engine.setThreads(threads)
        let x = try Tensor.normal([5, 3, 30, 31], seed: 1).channelsLast()
        let weight = try Tensor.normal([32, 3, 3, 3], seed: 2).requiresGradient(true)
        let bias = try Tensor.zeros([32]).requiresGradient(true)
        let y = try withAutocast(.bfloat16) { try x.convReluPool(weight, bias: bias) }
        try y.to(.float32).pow(2).sum().backward()
        return try [y.doubles(), #require(weight.gradient).doubles(), #require(bias.gradient).doubles()]
      }
      #expect(results[0] == results[1])
    }
  }

  @Test("A first layer never loses a NaN, and none spreads beyond its window")
  func stemNaN() async throws {
    try await Engine.run {
      var pixels = [Float](repeating: 1, count: 3 * 12 * 12)
      pixels[5 * 12 + 6] = .nan  // row 5, column 6 of the first channel
      let x = try Tensor(pixels, shape: [1, 3, 12, 12]).channelsLast()
      let weight = try Tensor.normal([16, 3, 3, 3], seed: 2).requiresGradient(true)
      let y = try withAutocast(.bfloat16) { try x.convReluPool(weight, bias: Tensor.zeros([16])) }
      let values = try y.select(1, 0).doubles()
      // Of 5×5: rows 3 to 5 and columns 4 to 6 of the convolution hold it.
      let lost = values.indices.filter { values[$0].isNaN }
      #expect(lost == [7, 8, 12, 13])
    }
  }
}
