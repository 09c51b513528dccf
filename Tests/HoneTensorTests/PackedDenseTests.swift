import HoneTensor
import Testing

@Suite struct `Dense layers for inference` {
  struct Layer: CustomTestStringConvertible, Sendable {
    var inputs: Int
    var outputs: Int
    var rows: [Int]
    var hasBias = true

    var testDescription: String { "\(rows) of \(inputs) to \(outputs)" }
  }

  static let layers = [
    Layer(inputs: 1280, outputs: 1000, rows: [1]), Layer(inputs: 30, outputs: 2, rows: [33]),
    Layer(inputs: 192, outputs: 576, rows: [3, 50]), Layer(inputs: 7, outputs: 49, rows: [2, 3, 5], hasBias: false),
    Layer(inputs: 4608, outputs: 70, rows: [9]),  // in three runs
    Layer(inputs: 1543, outputs: 20, rows: [4]),  // a prime number, in one
  ]

  @Test(arguments: layers) func `are the same as any`(_ layer: Layer) async throws {
    try await Engine.run {
      let weight = try Tensor.normal([layer.outputs, layer.inputs], std: 0.1, seed: 1)
      let bias = layer.hasBias ? try Tensor.normal([layer.outputs], seed: 2) : nil
      let packed = try PackedDense(weight: weight, bias: bias)
      let x = try Tensor.normal(layer.rows + [layer.inputs], seed: 3)
      let wanted = try x.to(.float64).linear(weight.to(.float64), bias: bias?.to(.float64))
      let largest = try wanted.abs().max().item()
      #expect(try packed(x).shape == layer.rows + [layer.outputs])
      #expect(try worst(packed(x), wanted) < 2e-6 * largest)
      let turned = try x.transpose(0, 1).contiguous().transpose(0, 1)
      #expect(try worst(packed(turned), wanted) < 2e-6 * largest)
      let rounded = try withAutocast(.bfloat16) { try packed(x) }
      #expect(rounded.dtype == .bfloat16)
      #expect(try worst(rounded, wanted) < 0.02 * largest)
    }
  }

  @Test func `say what does not fit`() async throws {
    try await Engine.run {
      let packed = try PackedDense(weight: .ones([3, 4]), bias: nil)
      #expect(throws: EngineError.self) { try packed(.ones([2, 5])) }
      #expect(throws: EngineError.self) { try PackedDense(weight: .ones([3, 4, 1]), bias: nil) }
      #expect(try packed(.ones([0, 4])).shape == [0, 3])
    }
  }

  private func worst(_ x: Tensor, _ y: Tensor) throws -> Double {
    try x.to(.float64).sub(y).abs().max().item()
  }
}
