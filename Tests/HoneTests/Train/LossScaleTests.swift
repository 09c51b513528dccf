import Hone
import HoneTensor
import Testing

/// float16 as training takes it: by losses scaled so that gradients neither vanish nor overflow.
@Suite struct LossScaleTests {
  @Test func `the factor is halved by gradients that overflow, and doubled after 2000 that do not`() throws {
    var scale = LossScale()
    try scale.judge(isFinite: false)
    #expect(scale.factor == 32768 && scale.skipped == 1)
    for _ in 0..<1999 { try scale.judge(isFinite: true) }
    #expect(scale.factor == 32768)
    try scale.judge(isFinite: true)
    #expect(scale.factor == 65536)
    for _ in 0..<1999 { try scale.judge(isFinite: true) }
    try scale.judge(isFinite: false)
    try scale.judge(isFinite: true)
    #expect(scale.factor == 32768 && scale.skipped == 2)
  }

  @Test func `gradients that overflow unscaled end the training with advice`() throws {
    let error = try #require(throws: HoneError.self) {
      var scale = LossScale()
      for _ in 0..<20 { try scale.judge(isFinite: false) }
    }
    #expect(error.code == .diverged && error.message.contains("bfloat16"))
  }

  @Test func `a training in float16 ends where one in float32 does`() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 4)
      recipe.optimizer = .sgd(rate: 0.02, momentum: 0.9)
      var losses: [Double] = []
      for precision in [Precision.float32, .float16] {
        recipe.precision = .fixed(precision)
        let (_, result) = try await TrainerTests.run(recipe, on: data, split: ToyData.split(64, validation: 16))
        losses.append(try #require(result.history.last?.validationLoss))
      }
      #expect(losses[0] != losses[1] && abs(losses[0] - losses[1]) < 0.02, "\(losses)")
    }
  }

  @Test func `steps whose gradients overflow leave the weights alone, until a smaller factor lets them pass`()
    async throws
  {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 1)
      recipe.precision = .fixed(.float16)
      recipe.loss.kind = .init(LDAM(margin: 0, scale: 300))
      recipe.optimizer = .sgd(rate: 1e-5)
      let start = recipe
      let weights = try await Engine.run {
        try start.makeModel(classes: data.classes).state().mapValues { try $0.bytes() }
      }
      let split = Split(train: Array(0..<8), validation: [])
      #expect(try await TrainerTests.run(recipe, on: data, split: split).0.weights == weights)
      recipe.epochs = 12
      let (trained, result) = try await TrainerTests.run(recipe, on: data, split: split)
      #expect(trained.weights != weights)
      #expect(result.history.allSatisfy { $0.trainLoss.isFinite })
    }
  }
}
