import Foundation
import HoneAugment
import HoneImage
import HoneTensor

/// Does a study's trainings on real pictures, on the engine's thread.
///
/// What several trainings share is computed once: decoded pictures, and the features that a frozen backbone gives.
final class PictureRunner: TrialRunner {
  let dataset: Dataset
  /// Every picture that the study may ask for.
  private let pictures: [Int]
  private let cache = PictureCache(byteLimit: 1 << 30)
  private var features: [FeatureKey: FeatureTable] = [:]

  init(dataset: Dataset, pictures: [Int]) {
    self.dataset = dataset
    self.pictures = pictures
  }

  // MARK: Cost

  func cost(of recipe: Recipe, pictures count: Int) throws -> TrialCost {
    if recipe.isProbe { return try probeCost(of: recipe, pictures: count) }
    let sample = sample(min(count, 64))
    let began = Date()
    var short = recipe
    short.epochs = 2
    short.earlyStopping = nil
    let trainer = try trainer(short, train: sample, validation: [], dataset: dataset, limit: nil)
    let result = try trainer.fit()
    let all = Date().timeIntervalSince(began)
    // The first epoch warms up; the second shows the pace.
    let pace = (result.history.last?.seconds ?? all) / Double(sample.count)
    let fixed = max(0, all - result.history.reduce(0) { $0 + $1.seconds }) + 0.4 * pace * Double(count) / 4
    return TrialCost(fixed: fixed, perEpoch: pace * Double(count))
  }

  /// The features are computed once for all trainings; a fit is quick enough to be done once more.
  private func probeCost(of recipe: Recipe, pictures count: Int) throws -> TrialCost {
    _ = try table(recipe)
    let began = Date()
    _ = try probe(recipe, train: sample(count), labels: dataset.labels)
    return TrialCost(fixed: Date().timeIntervalSince(began), perEpoch: 0)
  }

  private func sample(_ count: Int) -> [Int] {
    dataset.spread(pictures, count: count)
  }

  // MARK: Trials

  func run(_ trial: Trial) throws -> TrialOutcome {
    let began = Date()
    let device = try trial.recipe.resolved(for: .here(pictures: trial.train.count, input: InputSpec()))
      .availableDevice()
    device.resetPeak()
    let dataset = trial.shuffledLabels > 0 ? shuffled(trial) : dataset
    let (model, history, answers) =
      trial.recipe.isProbe ? try runProbe(trial, dataset) : try runTraining(trial, dataset)
    if let path = trial.modelPath { try ModelFile.save(model(), recipe: trial.recipe.description, to: path) }
    let truth = Predictions(
      classes: answers.classes, indices: answers.indices,
      labels: answers.indices.map { self.dataset.samples[$0].label },
      probabilities: answers.probabilities)
    return TrialOutcome(
      predictions: truth, history: history, seconds: Date().timeIntervalSince(began), peakBytes: device.peakBytes)
  }

  private typealias Work = (model: () throws -> Model, history: [EpochMetrics], predictions: Predictions)

  /// The data set with a share of the training labels drawn anew among themselves.
  private func shuffled(_ trial: Trial) -> Dataset {
    var stream = RandomStream(seed: trial.recipe.seed, name: "shuffled labels")
    let chosen = trial.train.filter { _ in stream.chance(trial.shuffledLabels) }
    let order = stream.permutation(chosen.count)
    var samples = dataset.samples
    for (index, other) in zip(chosen, order) { samples[index].label = dataset.samples[chosen[other]].label }
    return Dataset(name: dataset.name, root: dataset.root, classes: dataset.classes, samples: samples)
  }

  // MARK: Training

  private func runTraining(_ trial: Trial, _ dataset: Dataset) throws -> Work {
    let (recipe, split) = try watched(trial, dataset)
    let trainer = try trainer(
      recipe, train: split.train, validation: split.validation, dataset: dataset, limit: trial.limit)
    let result = try trainer.fit()
    let pictures = try Pictures(recipe: trainer.recipe, model: trainer.model, dataset: dataset, cache: cache)
      .evaluation(trial.scored)
    let predictions = try Evaluation(
      network: trainer.model.callAsFunction, objective: trainer.objective,
      precision: trainer.recipe.precision.value ?? .float32, flips: recipe.flipsWhenTesting
    ).predictions(from: pictures, classes: dataset.classes)
    return ({ trainer.model }, result.history, predictions)
  }

  /// Early stopping needs pictures of its own, taken from the training pictures; too few of those train to the end.
  private func watched(_ trial: Trial, _ dataset: Dataset) throws -> (Recipe, Split) {
    var recipe = trial.recipe
    if recipe.earlyStopping != nil, trial.train.count >= 20 * dataset.classes.count {
      let inner = try Folds(dataset, among: trial.train, k: 8, seed: recipe.seed).splits[0]
      return (recipe, inner)
    }
    recipe.earlyStopping = nil
    // The first fold's curves are for looking at; nothing is chosen by them.
    let isShown = trial.repetition == 0 && trial.fold == 0
    return (recipe, Split(train: trial.train, validation: isShown ? trial.scored : []))
  }

  private func trainer(
    _ recipe: Recipe, train: [Int], validation: [Int], dataset: Dataset, limit: Double?
  ) throws -> Trainer {
    var model: Model?
    if recipe.transfer?.fitsHead ?? false {
      model = try withHead(probe(recipe, train: train, labels: dataset.labels), recipe)
    }
    return try Trainer(
      recipe, model: model, dataset: dataset, split: Split(train: train, validation: validation), cache: cache,
      saving: .never, timeLimit: limit)
  }

  // MARK: Frozen features

  private struct FeatureKey: Hashable {
    var model: ModelChoice
    var augmentation: Pipeline?
    var flips: Bool
  }

  private func runProbe(_ trial: Trial, _ dataset: Dataset) throws -> Work {
    let recipe = trial.recipe
    let probe = try probe(recipe, train: trial.train, labels: dataset.labels)
    let table = try table(recipe)
    let scored = trial.scored.filter { table.row[$0] != nil }
    let predictions = Predictions(
      classes: dataset.classes, indices: scored, labels: scored.map { dataset.samples[$0].label },
      probabilities: try table.probabilities(probe, of: scored))
    return ({ try self.withHead(probe, recipe) }, [], predictions)
  }

  private func probe(_ recipe: Recipe, train: [Int], labels: [Int]) throws -> LogisticProbe {
    try table(recipe).probe(recipe, train: train, labels: labels, classes: dataset.classes.count)
  }

  /// The recipe's backbone under the fitted layer.
  private func withHead(_ probe: LogisticProbe, _ recipe: Recipe) throws -> Model {
    let model = try recipe.makeModel(classes: dataset.classes)
    try model.useHead(probe)
    return model
  }

  private func table(_ recipe: Recipe) throws -> FeatureTable {
    let key = FeatureKey(
      model: recipe.model, augmentation: recipe.isProbe ? recipe.augmentation : nil, flips: recipe.flipsWhenTesting)
    if let known = features[key] { return known }
    let model = try recipe.makeModel(classes: dataset.classes)
    let resolved = recipe.resolved(for: .here(pictures: pictures.count, input: model.structure.input))
    Engine.setThreads(resolved.threads.value ?? 1)
    try model.move(to: resolved.availableDevice())
    let made = try FeatureTable(
      resolved, model: model, dataset: dataset, pictures: pictures, cache: cache, augments: recipe.isProbe)
    features[key] = made
    return made
  }
}
