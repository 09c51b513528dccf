internal import Foundation
internal import HoneTensor

extension Trainer {
  /// Validates, and writes down what the epoch brought.
  func finishEpoch() throws -> EpochMetrics {
    let before = Date()
    let predictions = try validate()
    validationSeconds = Date().timeIntervalSince(before)
    let tally = state.tally
    let metrics = EpochMetrics(
      epoch: state.epoch + 1, trainLoss: tally.meanLoss, trainAccuracy: tally.accuracy,
      validationLoss: predictions?.negativeLogLikelihood, validationAccuracy: predictions?.accuracy,
      penalty: tally.meanPenalty, learningRate: tally.rate, seconds: tally.seconds + validationSeconds,
      imagesPerSecond: tally.speed)
    state.epoch += 1
    state.phaseEpoch += 1
    state.batch = 0
    state.tally = .init()
    state.history.append(metrics)
    latest = predictions
    try folder?.record(metrics, history: state.history)
    report(.epoch(metrics))
    return metrics
  }

  /// Keeps the model of the epoch just ended, where the recipe wants it.
  func keepModel() throws {
    guard let folder, let keeping = recipe.keeping else { return }
    let bytes = model.state().values.reduce(0) { $0 + $1.count * $1.dtype.size }
    let chosen = keeping.chosen(from: state.history, bytesOfModel: bytes)
    try work.settled { try folder.keep(model, of: state.epoch, chosen: chosen, recipe: recipe) }
  }

  /// Keeps the weights aside if they are the best so far; true when training should end.
  func judge(_ metrics: EpochMetrics) throws -> Bool {
    guard let rule = recipe.earlyStopping else { return false }
    let verdict = rule.judge(metrics, &state.stopping)
    if verdict.improved, rule.restoresBest {
      best = try work.settled { try model.copiedState() }
      bestPredictions = latest
      state.bestEpoch = metrics.epoch
    }
    return verdict.stops
  }

  private func validate() throws -> Predictions? {
    guard let validation = work.validation else { return nil }
    return try work.settled { try predictions(from: validation) }
  }

  func predictions(from source: any BatchSource) throws -> Predictions {
    try Evaluation(
      network: work.evaluated, objective: objective, precision: recipe.precision.value ?? .float32,
      flips: recipe.flipsWhenTesting && !work.hasFeatures
    ).predictions(from: source, classes: dataset.classes)
  }
}
