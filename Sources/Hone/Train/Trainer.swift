internal import Foundation
internal import HoneTensor

/// Trains one model by one recipe, on the engine's thread, and can take up where a killed run stopped.
///
/// Everything random is drawn from the recipe's seed by epoch and position, so the same recipe, data and machine give the
/// same weights, to the bit, whether the run was interrupted or not.
public final class Trainer {
  /// When checkpoints are written, given a run folder.
  public enum Saving: Sendable, Hashable {
    /// At ends of epochs and now and then in between, so that it costs at most a twentieth of the time.
    case automatic
    /// After every so many optimizer steps.
    case steps(Int)
    case never
  }

  /// What is followed, every `auto` resolved.
  public let recipe: Recipe
  public let model: Model
  public let dataset: Dataset
  public let split: Split

  let folder: RunFolder?
  let saving: Saving
  let stop: StopFlag
  let deadline: Double?
  let cache: PictureCache?
  let report: @Sendable (TrainingEvent) -> Void
  let objective: Objective
  let phases: [Phase]
  let began = Date()

  var state = TrainingState()
  var work: PhaseWork
  var best: [String: Tensor]?
  /// The predictions that belong to `best`, where this process made them.
  var bestPredictions: Predictions?
  /// The predictions of the epoch just ended.
  var latest: Predictions?
  /// The batches of the step at hand, where it passes through them twice.
  var gathered: [(batch: TensorBatch, pass: Pass)] = []
  var lastSave = Date()
  var saveSeconds = 0.0
  var validationSeconds = 0.0

  /// Prepares a run: makes the model, opens the data, and takes up the folder's checkpoint if it has one.
  ///
  /// - Parameters:
  ///   - model: what to train; nil makes the recipe's.
  ///   - folder: where the run is kept; nil keeps nothing.
  ///   - timeLimit: seconds after which training ends in good order.
  /// - Throws: `HoneError`; `.conflict` when the folder holds a run of another recipe or of other data.
  public init(
    _ recipe: Recipe, model: Model? = nil, dataset: Dataset, split: Split, folder: String? = nil,
    cache: PictureCache? = nil, saving: Saving = .automatic, timeLimit: Double? = nil, stop: StopFlag = StopFlag(),
    progress: @escaping @Sendable (TrainingEvent) -> Void = { _ in }
  ) throws {
    try recipe.check()
    self.dataset = dataset
    self.split = split
    self.cache = cache
    self.saving = saving
    self.stop = stop
    self.deadline = timeLimit
    self.report = progress
    self.folder = try folder.map(RunFolder.init)
    let checkpoint = try self.folder.flatMap { $0.hasCheckpoint ? try Checkpoint(contentsOf: $0.checkpoint) : nil }
    let known = checkpoint.map { recipe.takingChoices(of: $0.header.recipe) } ?? recipe
    let made = try model ?? known.makeModel(classes: dataset.classes)
    self.model = made
    self.recipe = known.resolved(for: .here(pictures: split.train.count, input: made.structure.input))
    Engine.setThreads(self.recipe.threads.value ?? 1)
    try made.move(to: self.recipe.availableDevice())
    if model == nil, checkpoint == nil {
      try made.fitPrincipalPatches(self.recipe, dataset: dataset, pictures: split.train, cache: cache)
      try made.fitHead(self.recipe, dataset: dataset, pictures: split.train, cache: cache)
    }
    objective = try Objective(
      self.recipe.loss, outputs: made.structure.outputs, counts: dataset.subset(split.train).counts)
    phases = Phase.all(of: self.recipe)
    work = try PhaseWork(
      phases[0], from: 0, of: self.recipe, model: made, objective: objective, dataset: dataset, split: split,
      cache: cache)
    state.lossScale = LossScale(for: self.recipe.precision.value)
    if let checkpoint { try resume(from: checkpoint) }
    try self.folder?.begin(self.recipe, history: state.history)
  }

  /// Trains to the end of the recipe, or until it is stopped, and leaves the model with its final weights.
  ///
  /// - Throws: `HoneError`; `.diverged` and `.outOfMemory` say what to lower.
  public func fit() throws -> FitResult { try sayingWhatToLower(train) }

  private func train() throws -> FitResult {
    report(.started(start))
    var reason = StopReason.finished
    while state.phase < phases.count {
      let end = try trainPhase()
      guard end == .finished || end == .earlyStopping else {
        reason = end
        break
      }
      if end == .earlyStopping { reason = end }
      try finishPhase()
    }
    if reason == .interrupted { try save() } else if reason == .timeLimit { try takeBest() }
    return try conclude(reason)
  }

  private var start: TrainingEvent.Start {
    TrainingEvent.Start(
      recipe: recipe, parameters: model.parameterCount, trainingPictures: split.train.count,
      validationPictures: split.validation.count, epochsDone: state.epoch)
  }

  /// Epochs of the phase at hand until its end.
  private func trainPhase() throws -> StopReason {
    while state.phaseEpoch < work.phase.epochs {
      if let reason = try trainEpoch() { return reason }
      let metrics = try finishEpoch()
      try keepModel()
      let verdict = try judge(metrics)
      try saveIfDue(epochEnded: true)
      if verdict { return .earlyStopping }
      if isLate { return .timeLimit }
    }
    return .finished
  }

  /// The next phase begins with the best weights of this one.
  private func finishPhase() throws {
    try takeBest()
    state.phase += 1
    guard state.phase < phases.count else { return }
    state.phaseEpoch = 0
    state.step = 0
    state.lossScale = LossScale(for: recipe.precision.value)
    state.averaged = 0
    state.stopping.waited = 0
    try beginPhase()
  }

  func beginPhase() throws {
    work = try PhaseWork(
      phases[state.phase], from: state.epoch - state.phaseEpoch, of: recipe, model: model, objective: objective,
      dataset: dataset, split: split, cache: cache)
  }

  /// Gives the model the weights that training ends with: the best, else the average, else the last.
  private func takeBest() throws {
    if let best {
      try model.load(best)
    } else {
      try work.settle()
      state.bestEpoch = state.epoch
      bestPredictions = latest
    }
  }

  private func conclude(_ reason: StopReason) throws -> FitResult {
    if reason != .interrupted, bestPredictions == nil { bestPredictions = try work.validation.map(predictions) }
    let result = FitResult(
      recipe: recipe, history: state.history, bestEpoch: state.bestEpoch, validation: bestPredictions, seconds: seconds,
      peakBytes: model.device.peakBytes, stop: reason, problems: work.problems, sparsity: try work.penalties.sparsity())
    if reason != .interrupted { try folder?.conclude(result, model: model) }
    report(.finished(result))
    return result
  }

  /// Training time of all processes together.
  var seconds: Double { state.seconds + Date().timeIntervalSince(began) }

  /// Whether one more validation would overrun the time that was given.
  var isLate: Bool {
    guard let deadline else { return false }
    return Date().timeIntervalSince(began) + validationSeconds >= deadline
  }
}
