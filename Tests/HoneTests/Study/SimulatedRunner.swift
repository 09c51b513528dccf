import Foundation
import Hone
import HoneAugment

/// A world in which a study can be run without an engine: pictures have difficulties, techniques have known worths, and
/// time is a number.
final class SimulatedRunner: TrialRunner {
  var labels: [Int]
  var classes: [String]
  /// What each technique adds to a picture's logit; those not named are placebos.
  var worth: [String: Double]
  /// Seconds per epoch of an arm: the product over its techniques.
  var slowness: [String: Double] = [:]
  var world: UInt64
  var now = 0.0
  var runs = 0
  /// Ends the process, so to speak, before this many trainings.
  var diesAfter: Int?
  var failing: [String: HoneError] = [:]
  private(set) var tested: [[Int]] = []

  init(labels: [Int], classes: [String], worth: [String: Double] = [:], world: UInt64 = 1) {
    self.labels = labels
    self.classes = classes
    self.worth = worth
    self.world = world
  }

  private func names(_ arm: String) -> [String] { arm == Arm.baselineName ? [] : arm.components(separatedBy: " + ") }

  private func perEpoch(_ recipe: Recipe) -> Double { 0.05 * Double(recipe.accumulation) }

  func cost(of recipe: Recipe, pictures: Int) throws -> TrialCost {
    now += 0.1
    return TrialCost(fixed: 0.05, perEpoch: perEpoch(recipe))
  }

  func run(_ trial: Trial) throws -> TrialOutcome {
    if let diesAfter, runs >= diesAfter { throw Died() }
    if let error = failing[trial.arm] { throw error }
    runs += 1
    let seconds = 0.05 + perEpoch(trial.recipe) * Double(trial.recipe.epochs)
    now += seconds
    if trial.fold < 0 { tested.append(trial.scored) }
    let luck = RandomStream.key(seed: world &+ trial.recipe.seed, name: "luck of " + trial.arm)
    var stream = RandomStream(seed: luck, name: "model")
    let model = 0.25 * stream.normal() + names(trial.arm).reduce(0) { $0 + (worth[$1] ?? 0) }
    let rows = trial.scored.map { index -> [Float] in
      var picture = RandomStream(seed: world, index: index, name: "picture")
      let logit = 1.2 + 1.5 * picture.normal() + model
      let right = stream.chance(1 / (1 + exp(-logit)))
      let guess = right ? labels[index] : (labels[index] + 1) % classes.count
      return classes.indices.map { $0 == guess ? 0.8 : 0.2 / Float(classes.count - 1) }
    }
    return TrialOutcome(
      predictions: Predictions(
        classes: classes, indices: trial.scored, labels: trial.scored.map { labels[$0] }, probabilities: rows),
      seconds: seconds)
  }

  struct Died: Error {}
}

/// A study of 60 simulated pictures, with 200 more for the test.
struct SimulatedWorld {
  var pictures = 60
  var tests = 200
  var classes = ["a", "b", "c"]
  var techniques: [Technique]
  var budget = 600.0
  var seed: UInt64 = 5
  var repetitions = 3
  var most = 4

  static let usual: [Technique] = [
    Technique("backbone", .transfer, "Begins from what was learnt elsewhere.", slot: "model") { $0.epochs = 10 },
    Technique("crops", .augmentation, "Shows parts of pictures.") { $0.flipsWhenTesting = true },
    Technique("placebo", .regularization, "Does nothing.") { _ in },
    Technique("noise", .augmentation, "Ruins pictures.") { _ in },
    Technique("slow", .optimization, "Takes long.", slot: "model") { $0.accumulation = 8 },
  ]

  var labels: [Int] { (0..<(pictures + tests)).map { $0 % classes.count } }

  func plan() -> StudyPlan {
    let pool = Array(0..<pictures)
    let poolLabels = pool.map { labels[$0] }
    let baseline = Arm.baseline(Recipe())
    return StudyPlan(
      budget: budget, seed: seed, classes: classes, evidence: .folds(5), pool: pool, poolLabels: poolLabels,
      test: Array(pictures..<(pictures + tests)),
      folds: (0..<most).map { StratifiedFolds.dealt(labels: poolLabels, folds: 5, seed: seed, repetition: $0) },
      repetitions: repetitions,
      arms: [baseline]
        + techniques.filter { $0.needs.isEmpty }.map {
          .combining([$0.name], of: techniques, on: baseline.recipe)
        })
  }

  func runner(_ worth: [String: Double], world: UInt64 = 1) -> SimulatedRunner {
    SimulatedRunner(labels: labels, classes: classes, worth: worth, world: world)
  }

  func study(_ runner: SimulatedRunner, journal: Journal = Journal()) throws -> Study {
    try Study(plan: plan(), techniques: techniques, journal: journal, runner: runner, clock: { runner.now })
  }
}
