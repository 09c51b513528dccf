import Foundation
import Hone
import HoneAugment
import HoneTensor
import HoneTesting
import Testing

/// Studies of real pictures, seen through a frozen MobileNetV2 whose features are computed once.
///
/// Every training fits the last layer to a bootstrap sample of its training pictures, so that trainings have luck of
/// their own. The placebo differs by luck alone; the other arm learns from labels of which a fifth are shuffled. What each
/// is worth is known from hundreds of further trainings.
@Suite(.needsData, .serialized) struct RealStudyTests {
  static let studies = TestData.runsSlowTests ? 40 : 4

  @Test func `a placebo is rarely called anything, shuffled labels are found to hurt, and intervals hold the truth`()
    async throws
  {
    let found = try await Engine.run { try Self.all() }
    let summary =
      "of \(found.count) studies: placebo called something in \(found.count { $0.placebo.verdict != .indistinguishable }), "
      + "shuffled labels found harmful in \(found.count { $0.shuffled.verdict == .hurts }), truth within the interval in "
      + "\(found.count(where: \.placeboHolds)) and \(found.count(where: \.shuffledHolds))"
    print(summary)
    let n = Double(found.count)
    // One study more than the rates asked for, so small a number of studies being what it is.
    #expect(Double(found.count { $0.placebo.verdict != .indistinguishable }) <= 0.07 * n + 1, "\(summary)")
    #expect(Double(found.count { $0.shuffled.verdict == .hurts }) >= 0.9 * n - 1, "\(summary)")
    #expect(
      Double(found.count(where: \.placeboHolds) + found.count(where: \.shuffledHolds)) >= 0.92 * 2 * n - 1, "\(summary)"
    )
  }

  struct Found: Sendable {
    var placebo: Finding
    var shuffled: Finding
    var placeboHolds: Bool
    var shuffledHolds: Bool
  }

  private static func all() throws -> [Found] {
    let world = try FeatureWorld()
    let truth = try world.truth(trainings: TestData.runsSlowTests ? 200 : 60)
    return try (0..<studies).map { number in
      let result = try world.study(UInt64(number))
      let arms = Dictionary(uniqueKeysWithValues: result.alone.map { ($0.arm.name, $0) })
      let placebo = try #require(arms["placebo"])
      let shuffled = try #require(arms["shuffled labels"])
      return Found(
        placebo: placebo, shuffled: shuffled, placeboHolds: placebo.interval.contains(0),
        shuffledHolds: shuffled.interval.contains(truth))
    }
  }
}

/// Features of real pictures, and trainings on them.
private final class FeatureWorld: TrialRunner {
  private let labels: [Int]
  private let classes: [String]
  private let features: Tensor
  private static let pool = 200

  init() throws {
    let dataset = try Self.flowers()
    var recipe = Recipe(
      model: ModelChoice(
        "mobilenet-v2", head: .linear,
        backbone: TestData.path("weights/imagenet/mobilenet_v2_imagenet_torchpad.pth")),
      transfer: TransferChoice(frozenEpochs: nil, fitsHead: true))
    recipe.precision = .fixed(.float32)
    let model = try recipe.makeModel(classes: dataset.classes)
    let table = try FeatureTable(
      recipe, model: model, dataset: dataset, pictures: Array(dataset.samples.indices), cache: nil, augments: false)
    // A tenth of the features: thousands of trainings in minutes.
    features = try table.learnt[0].narrow(1, start: 0, length: 128).contiguous()
    labels = dataset.labels
    classes = dataset.classes
  }

  /// The pictures of both folders as one data set.
  private static func flowers() throws -> Dataset {
    let parts = try ["train", "test"].map { try Dataset(at: TestData.path("flowers/" + $0)) }
    return Dataset(
      name: "flowers", root: TestData.path("flowers"), classes: parts[0].classes, samples: parts.flatMap(\.samples))
  }

  private var clock = 0.0

  func cost(of recipe: Recipe, pictures: Int) -> TrialCost { TrialCost(fixed: 0.1, perEpoch: 0) }

  func run(_ trial: Trial) throws -> TrialOutcome {
    clock += 0.1
    let rows = try predictions(
      arm: trial.arm, seed: trial.recipe.seed, train: trial.train, scored: trial.scored)
    return TrialOutcome(
      predictions: Predictions(
        classes: classes, indices: trial.scored, labels: trial.scored.map { labels[$0] }, probabilities: rows),
      seconds: 0.1)
  }

  private func predictions(arm: String, seed: UInt64, train: [Int], scored: [Int]) throws -> [[Float]] {
    var luck = RandomStream(seed: seed, name: "luck of " + arm)
    let drawn = train.map { _ in train[Int(luck.next(upperBound: UInt64(train.count)))] }
    var taught = drawn.map { labels[$0] }
    if arm == "shuffled labels" {
      let chosen = taught.indices.filter { _ in luck.chance(0.2) }
      let order = luck.permutation(chosen.count)
      let old = taught
      for (index, other) in zip(chosen, order) { taught[index] = old[chosen[other]] }
    }
    let targets = taught.flatMap { label in classes.indices.map { $0 == label ? 1.0 : 0 } }
    let probe = try LogisticProbe(
      features: features.indexSelect(0, Tensor(drawn)), targets: Tensor(targets, shape: [drawn.count, classes.count]),
      groups: drawn, penalty: 0.01, seed: seed)
    return try probe.probabilities(features.indexSelect(0, Tensor(scored)))
  }

  /// A study of some of the pictures.
  func study(_ number: UInt64) throws -> StudyResult {
    var stream = RandomStream(seed: number, name: "pictures of a study")
    let order = stream.permutation(labels.count)
    let pool = order.prefix(Self.pool).sorted()
    let poolLabels = pool.map { labels[$0] }
    let techniques = ["placebo", "shuffled labels"].map { Technique($0, .regularization, "A control.") { _ in } }
    let baseline = Arm.baseline(Recipe())
    let plan = StudyPlan(
      budget: 14, seed: number, classes: classes, evidence: .folds(5), pool: pool, poolLabels: poolLabels,
      test: Array(order.suffix(5)),
      folds: (0..<3).map { StratifiedFolds.dealt(labels: poolLabels, folds: 5, seed: number, repetition: $0) },
      repetitions: 3,
      arms: [baseline] + techniques.map { .combining([$0.name], of: techniques, on: baseline.recipe) })
    clock = 0
    let study = try Study(
      plan: plan, techniques: techniques, journal: Journal(), runner: self, clock: { self.clock })
    return try study.run()
  }

  /// What shuffled labels cost: the mean over many trainings on as many pictures as a study's, asked about all others.
  func truth(trainings: Int) throws -> Double {
    var sum = 0.0
    for number in 0..<trainings {
      var stream = RandomStream(seed: UInt64(number), name: "truth")
      let order = stream.permutation(labels.count)
      let train = Array(order.prefix(Self.pool * 4 / 5))
      let scored = Array(order.dropFirst(Self.pool))
      func accuracy(_ arm: String) throws -> Double {
        let rows = try predictions(arm: arm, seed: UInt64(number), train: train, scored: scored)
        return Predictions(
          classes: classes, indices: scored, labels: scored.map { labels[$0] }, probabilities: rows
        ).accuracy
      }
      sum += try accuracy("shuffled labels") - accuracy(Arm.baselineName)
    }
    return sum / Double(trainings)
  }
}
