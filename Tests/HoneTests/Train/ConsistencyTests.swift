import Hone
import HoneAugment
import HoneTensor
import Testing

/// Losses over several answers about one picture, beside the papers' own formulas.
@Suite struct ConsistencyTests {
  struct Expected: Decodable {
    struct Case: Decodable {
      let settings: String
      let views: Int
      let learnsFromFirst: Bool
      let logits: [Float]
      let teacher: [Float]?
      let loss: Double
      let gradient: [Double]
    }
    let labels: [Int]
    let cases: [Case]
  }

  @Test func `values and gradients equal the papers'`() async throws {
    let golden = try Golden("consistency.json", as: Expected.self).content
    for expected in golden.cases {
      var text = "loss: \(expected.settings)"
      if expected.teacher != nil { text += "\nema: {}" }
      if expected.views > 2 { text += "\n\(expected.learnsFromFirst ? "views" : "repeats"): 3\nbatchSize: 12" }
      let choice = try Recipe(text: text).loss
      let (loss, gradient) = try await Engine.run {
        let logits = try Parameter(Tensor(expected.logits, shape: [4 * expected.views, 5]))
        let rows = golden.labels.flatMap { Array(repeating: $0, count: expected.views) }
        let targets = try Tensor(rows).oneHot(5).to(.float32)
        let teacher = try expected.teacher.map { try Tensor($0, shape: [4, 5]) }
        let loss = try Objective(choice, outputs: 5, counts: [1, 1, 1, 1, 1])
          .loss(
            logits.value, targets, answers: expected.views, learnsFromFirst: expected.learnsFromFirst, teacher: teacher)
        try loss.backward()
        return (try loss.item(), try #require(logits.gradient).doubles())
      }
      #expect(abs(loss - expected.loss) < 2e-6 * expected.loss, "\(expected.settings)")
      for (mine, theirs) in zip(gradient, expected.gradient) {
        #expect(abs(mine - theirs) < 4e-6, "\(expected.settings)")
      }
    }
  }

  @Test func `the symmetric measure of three answers is the mean over their pairs`() async throws {
    try await Engine.run { () throws -> Void in
      let logits = try Tensor.normal([6, 4], seed: 3)
      let symmetric = Consistency(weight: 1)
      func pair(_ a: Int, _ b: Int) throws -> Double {
        let rows = try Tensor([a, b, 3 + a, 3 + b])
        return try symmetric.price(logits.indexSelect(0, rows), answers: 2).item()
      }
      let mean = try (pair(0, 1) + pair(0, 2) + pair(1, 2)) / 3
      #expect(abs(try symmetric.price(logits, answers: 3).item() - mean) < 1e-6)
      #expect(
        abs(try symmetric.price(.cat([logits, logits.narrow(0, start: 0, length: 2)]), answers: 3).item() - mean) < 1e-6
      )
    }
  }

  @Test func `three views that are the same picture teach what the picture teaches`() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 2)
      recipe.regularization.dropout = nil
      recipe.augmentation = Pipeline { Flip(.horizontal).applied(0.5) }
      let split = ToyData.split(64, validation: 16)
      let (_, alone) = try await TrainerTests.run(recipe, on: data, split: split)
      recipe.views = 3
      recipe.loss.consistency = Consistency(weight: 12, measure: .jensenShannon)
      let (_, together) = try await TrainerTests.run(recipe, on: data, split: split)
      for (one, three) in zip(alone.history, together.history) {
        #expect(abs(one.trainLoss - three.trainLoss) < 1e-4)
        #expect(abs((one.validationLoss ?? 0) - (three.validationLoss ?? 1)) < 1e-4)
      }
      recipe.augmentation = Pipeline { AugMix() }
      let (_, mixed) = try await TrainerTests.run(recipe, on: data, split: split)
      #expect(abs(mixed.history[0].trainLoss - alone.history[0].trainLoss) > 1e-3)
    }
  }

  @Test(
    "What cannot work together is refused",
    arguments: [
      ("loss: {consistency: {weight: 1}}", "loss.consistency.passes"),
      ("loss: {distillation: {weight: 0.5}}", "loss.distillation"),
      ("loss: {consistency: {weight: 1}}\nrepeats: 2\nbatchSize: 8\nmixing: {mixUp: 1}", "mixing"),
      ("views: 3", "loss.consistency"),
      ("views: 3\nrepeats: 2\nloss: {consistency: {weight: 1}}", "views"),
      ("views: 3\nloss: {consistency: {weight: 1}}\nmixing: {mixUp: 1}", "mixing"),
      ("ema: {}\nswa: {}", "swa"),
      ("precision: bfloat16\nregularization: {gradientPenalty: 1}", "precision"),
      ("optimizer: {rule: adagrad}\nschedules: {momentum: {}}", "schedules.momentum"),
    ])
  func refused(_ text: String, _ key: String) throws {
    let error = try #require(throws: HoneError.self) { try Recipe(text: text) }
    #expect(error.context["key"] == key)
  }
}
