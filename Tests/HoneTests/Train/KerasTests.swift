import Foundation
import Hone
import HoneTensor
import Testing

@Suite struct KerasTests {
  struct Expected: Decodable {
    let plain, l2, fullPlain, fullL2: [Double]
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

  @Test(
    "20 Adam steps of a narrow classic CNN give Keras's losses, plain and with l2(0.001)", arguments: [false, true])
  func narrowTwentySteps(_ decays: Bool) async throws {
    let golden = try Golden("keras.json", as: Expected.self).content
    let losses = try await Engine.run {
      let arrays = try WeightFile.read(Golden<Expected>.path("keras.safetensors"))
      return try Self.losses(of: Self.classic(arrays), on: Self.batches(arrays), decays: decays)
    }
    expectClose(losses, decays ? golden.l2 : golden.plain)
  }

  @Test(
    "20 Adam steps of the classic CNN at 224×224 give Keras's losses, plain and with l2(0.001)",
    arguments: [false, true])
  func classicTwentySteps(_ decays: Bool) async throws {
    let golden = try Golden("keras.json", as: Expected.self).content
    let losses = try await Engine.run {
      let model = try Model.make(Structure("classic-cnn", classes: 2, head: .own.binary), seed: 1)
      #expect(model.parameters.reduce(0) { $0 + $1.parameter.shape.reduce(1, *) } == 44_396_609)
      try Self.setByFormula(model) { fanIn, fanOut in (6 / (fanIn + fanOut)).squareRoot() }
      return try Self.losses(of: model, on: (0..<4).map(Self.fullBatch), decays: decays)
    }
    expectClose(losses, decays ? golden.fullL2 : golden.fullPlain)
  }

  /// The losses of 20 Adam steps over the batches in turn.
  private static func losses(of model: Model, on batches: [(Tensor, Tensor)], decays: Bool) throws -> [Double] {
    let recipe = Recipe(
      optimizer: .adam(rate: 1e-3), regularization: decays ? .l2(0.001, on: .convolutionKernels) : Regularization())
    let objective = try Objective(recipe.loss, outputs: 1, counts: [1, 1])
    let optimizer = try Optimizer(recipe.optimizer, for: model.parameters)
    let penalties = Penalties(recipe.regularization.penalties, for: model.parameters)
    return try (0..<20).map { step in
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

  private func expectClose(_ mine: [Double], _ theirs: [Double]) {
    #expect(mine.count == theirs.count)
    for (step, (mine, theirs)) in zip(mine, theirs).enumerated() {
      #expect(abs(mine - theirs) < 1e-3, "step \(step): \(mine), Keras \(theirs)")
    }
  }

  @Test("VGG16 with the classic head gives Keras's loss, logits and gradients at 224×224")
  func vgg() async throws {
    let golden = try Golden("keras.json", as: Expected.self).content.vgg
    let (loss, logits, norms) = try await Engine.run {
      let model = try Model.make(Structure("vgg16", classes: 2, head: .classic.binary), seed: 1)
      #expect(model.parameters.reduce(0) { $0 + $1.parameter.shape.reduce(1, *) } == 27_560_769)
      try Self.setByFormula(model) { fanIn, _ in (6 / fanIn).squareRoot() }
      let (x, y) = try Self.fullBatch(0)
      let logits = try model(x, .evaluation)
      let loss = try Objective(LossChoice(), outputs: 1, counts: [1, 1]).loss(logits, y)
      try loss.backward()
      let norms = try model.parameters.map { try #require($0.parameter.gradient).norm().item() }
      return (try loss.item(), try logits.doubles(), norms)
    }
    #expect(abs(loss - golden.loss) < 1e-4)
    for (mine, theirs) in zip(logits, golden.logits) { #expect(abs(mine - theirs) < 1e-4) }
    #expect(norms.count == golden.gradientNorms.count)
    for (mine, theirs) in zip(norms, golden.gradientNorms) { #expect(abs(mine - theirs) < 1e-3 * theirs) }
  }

  // MARK: What the golden's script makes by formula

  /// Numbers from 0 to 1 that look random.
  private static func wave(_ count: Int, _ phase: Double) throws -> Tensor {
    let angle = try Tensor.range(0, Double(count), dtype: .float64).mul(12.9898).add(phase)
    let wave = try angle.sin().mul(43758.5453)
    return try wave.sub(wave.floor())
  }

  private static func setByFormula(_ model: Model, bound: (_ fanIn: Double, _ fanOut: Double) -> Double) throws {
    for (number, member) in model.parameters.enumerated() {
      let shape = member.parameter.shape
      guard shape.count > 1 else {
        try member.parameter.load(.zeros(shape))
        continue
      }
      let window = shape.dropFirst(2).reduce(1, *)
      let limit = bound(Double(shape[1] * window), Double(shape[0] * window))
      let numbers = try wave(shape.reduce(1, *), Double(number)).mul(2).sub(1).mul(limit)
      try member.parameter.load(numbers.reshape(shape).to(.float32))
    }
  }

  /// Eight dark pictures of 224×224 whose upper halves are darker still where the label, 0 and 1 in turn, is 1.
  private static func fullBatch(_ number: Int) throws -> (Tensor, Tensor) {
    let labels = (0..<8).map { $0 % 2 }
    let shades = labels.flatMap { label -> [Double] in [label == 1 ? 0.05 : 0.1, 0.1] }
    let pixels = try wave(8 * 3 * 224 * 224, Double(1000 + number)).reshape([8, 3, 2, 112, 224])
    return (
      try pixels.mul(Tensor(shades, shape: [8, 1, 2, 1, 1])).reshape([8, 3, 224, 224]).to(.float32).channelsLast(),
      try Tensor(labels).oneHot(2).to(.float32)
    )
  }
}
