import Hone
import HoneTensor
import Testing

@Suite struct PredictionsTests {
  struct Expected: Decodable {
    let labels: [Int]
    let probabilities: [[Float]]
    let accuracy, top2, nll, ece, macroF1, balanced: Double
    let confusion: [[Int]]
    let precision, recall, f1, wilson: [Double]
    let support: [Int]
  }

  let golden: Expected
  let predictions: Predictions

  init() throws {
    golden = try Golden("metrics.json").content
    predictions = Predictions(
      classes: ["a", "b", "c", "d", "e"], indices: Array(golden.labels.indices), labels: golden.labels,
      probabilities: golden.probabilities)
  }

  @Test("Metrics equal scikit-learn's")
  func equalsSklearn() {
    #expect(abs(predictions.accuracy - golden.accuracy) < 1e-12)
    #expect(abs(predictions.topAccuracy(2) - golden.top2) < 1e-12)
    #expect(predictions.topAccuracy(1) == predictions.accuracy)
    #expect(abs(predictions.negativeLogLikelihood - golden.nll) < 1e-9)
    #expect(abs(predictions.calibrationError() - golden.ece) < 1e-7)
    #expect(predictions.confusion == golden.confusion)
    #expect(abs(predictions.macroF1 - golden.macroF1) < 1e-12)
    #expect(abs(predictions.balancedAccuracy - golden.balanced) < 1e-12)
    for (score, index) in zip(predictions.perClass, 0...) {
      #expect(score.support == golden.support[index])
      #expect(abs(score.precision - golden.precision[index]) < 1e-12)
      #expect(abs(score.recall - golden.recall[index]) < 1e-12)
      #expect(abs(score.f1 - golden.f1[index]) < 1e-12)
    }
  }

  @Test("The interval is Wilson's")
  func wilson() {
    let interval = predictions.accuracyInterval()
    #expect(abs(interval.lower - golden.wilson[0]) < 1e-9)
    #expect(abs(interval.upper - golden.wilson[1]) < 1e-9)
  }

  @Test("Without pictures nothing is divided by zero")
  func empty() {
    let none = Predictions(classes: ["a", "b"])
    #expect(none.accuracy == 0 && none.topAccuracy(1) == 0 && none.calibrationError() == 0)
    #expect(none.negativeLogLikelihood == 0 && none.macroF1 == 0 && none.balancedAccuracy == 0)
  }
}

@Suite struct `Mirrored answers` {
  @Test func `a model that was trained to answer so does it from its file too, unless told otherwise`() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 1)
      recipe.flipsWhenTesting = true
      let path = folder + "/model.safetensors"
      try await Engine.run { [recipe] in
        let trainer = try Trainer(recipe, dataset: data, split: ToyData.split(64, validation: 0))
        _ = try trainer.fit()
        try ModelFile.save(trainer.model, to: path)
      }
      func answers(_ flips: Bool?) async throws -> [[Float]] {
        try await evaluate(modelAt: path, on: data, options: AskingOptions(flips: flips)).probabilities
      }
      let own = try await answers(nil)
      #expect(try await answers(true) == own)
      #expect(try await answers(false) != own)
    }
  }
}
