import Foundation
import Hone
import HoneTensor
import Testing

@Suite struct KerasTests {
  struct Expected: Decodable {
    let plain, l2: [Double]
    let vgg: VGG
    struct VGG: Decodable {
      let loss: Double
      let logits, gradientNorms: [Double]
    }
  }

  /// The narrow classic CNN with Keras's initial weights, and Keras's four batches.
  private static func classic(_ arrays: [String: Tensor]) throws -> Model {
    var structure = Structure("classic-cnn", input: InputSpec(side: 32), classes: 2, head: .own.binary)
    structure.options = StructureOptions(widths: [8, 16, 32], dense: 64)
    let model = try Model.make(structure, seed: 1)
    for (member, name) in zip(model.parameters, arrays.keys.filter { $0.hasPrefix("w") }.sorted()) {
      try member.parameter.load(#require(arrays[name]))
    }
    return model
  }

  private static func batches(_ arrays: [String: Tensor]) throws -> [(Tensor, Tensor)] {
    let pixels = try #require(arrays["pixels"])
    let labels = try #require(arrays["labels"])
    return try (0..<4).map {
      (try pixels.select(0, $0).to(.float32).div(255), try labels.select(0, $0).oneHot(2).to(.float32))
    }
  }

  @Test("20 Adam steps of the classic CNN give Keras's losses, plain and with l2(0.001)", arguments: [false, true])
  func classicTwentySteps(_ decays: Bool) async throws {
    let golden = try Golden("keras.json", as: Expected.self).content
    let expected = decays ? golden.l2 : golden.plain
    let losses = try await Engine.run {
      let arrays = try WeightFile.read(Golden<Expected>.path("keras.safetensors"))
      let model = try Self.classic(arrays)
      let batches = try Self.batches(arrays)
      let recipe = Recipe(
        optimizer: .adam(rate: 1e-3),
        regularization: decays ? .l2(0.001, on: .convolutionKernels) : Regularization())
      let objective = try Objective(recipe.loss, outputs: 1, counts: [1, 1])
      let optimizer = try Optimizer(recipe.optimizer, for: model.parameters)
      let penalties = Penalties(recipe.regularization.penalties, for: model.parameters)
      return try expected.indices.map { step in
        let (x, y) = batches[step % batches.count]
        let loss = try objective.loss(model(x, Pass(training: true)), y)
        let value = try loss.item() + penalties.value()
        try loss.backward()
        try penalties.addGradients()
        try optimizer.step(rate: recipe.optimizer.rate)
        for member in model.parameters { member.parameter.dropGradient() }
        return value
      }
    }
    for (step, (mine, theirs)) in zip(losses, expected).enumerated() {
      #expect(abs(mine - theirs) < 1e-3, "step \(step): \(mine), Keras \(theirs)")
    }
  }

  @Test("VGG16 with the classic head gives Keras's loss, logits and gradients")
  func vgg() async throws {
    let golden = try Golden("keras.json", as: Expected.self).content.vgg
    let (loss, logits, norms) = try await Engine.run {
      let arrays = try WeightFile.read(Golden<Expected>.path("keras.safetensors"))
      let structure = Structure("vgg16", input: InputSpec(side: 32), classes: 2, head: .classic.binary)
      let model = try Model.make(structure, seed: 1)
      for (number, member) in model.parameters.enumerated() {
        try member.parameter.load(Self.formula(number, member.parameter.shape))
      }
      let (x, y) = try Self.batches(arrays)[0]
      let logits = try model(x, .evaluation)
      let loss = try Objective(LossChoice(), outputs: 1, counts: [1, 1]).loss(logits, y)
      try loss.backward()
      let norms = try model.parameters.map { try #require($0.parameter.gradient).norm().item() }
      return (try loss.item(), try logits.doubles(), norms)
    }
    #expect(abs(loss - golden.loss) < 1e-3)
    for (mine, theirs) in zip(logits, golden.logits) { #expect(abs(mine - theirs) < 1e-3) }
    #expect(norms.count == golden.gradientNorms.count)
    for (mine, theirs) in zip(norms, golden.gradientNorms) { #expect(abs(mine - theirs) < 1e-3 * max(1, theirs)) }
  }

  /// The weights that the golden's script gives array number `number`.
  private static func formula(_ number: Int, _ shape: [Int]) throws -> Tensor {
    guard shape.count > 1 else { return try .zeros(shape) }
    let count = shape.reduce(1, *)
    let phase = try Tensor.range(0, Double(count), dtype: .float64).mul(12.9898).add(Double(number))
    let wave = try phase.sin().mul(43758.5453)
    let bound = (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
    return try wave.sub(wave.floor()).mul(2).sub(1).mul(bound).reshape(shape).to(.float32)
  }
}
