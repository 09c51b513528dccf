import Hone
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
