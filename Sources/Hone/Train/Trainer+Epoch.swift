internal import Foundation
internal import HoneAugment
internal import HoneTensor

extension Trainer {
  /// Trains from the batch at hand to the end of the epoch.
  ///
  /// - Returns: why it ended before, or nil. When time runs out the epoch ends early, and counts.
  func trainEpoch() throws -> StopReason? {
    let next = work.training.epoch(state.epoch, from: state.batch)
    var clock = Date()
    while let batch = try next() {
      try gather(batch)
      guard isStepDue else { continue }
      try step()
      let now = Date()
      state.tally.seconds += now.timeIntervalSince(clock)
      clock = now
      report(.step(progress))
      if stop.isRaised { return .interrupted }
      try saveIfDue(epochEnded: false)
      if isLate { return state.batch < batches ? cutShort() : nil }
    }
    return nil
  }

  /// Adds the gradients of one batch.
  private func gather(_ batch: TensorBatch) throws {
    let pass = Pass(training: true, seed: key("pass"), strength: moment.strength)
    let (logits, value) = try addGradients(batch, pass)
    if let obstacle = work.lesson.recorder?.takeObstacle() {
      report(.warning("cudaGraphs has no effect: \(obstacle)"))
    }
    if recipe.optimizer.sharpness != nil { gathered.append((batch, pass)) }
    state.tally.pictures += batch.indices.count
    state.tally.loss += value * Double(batch.indices.count)
    state.tally.hits += try withoutGradients { try objective.hits(logits, batch.targets) }
    state.batch += 1
  }

  /// One batch forwards and backwards.
  private func addGradients(_ batch: TensorBatch, _ pass: Pass) throws -> (logits: Tensor, loss: Double) {
    let progress = Double(state.epoch) / Double(max(1, recipe.epochs))
    let (logits, loss) = try work.lesson.learn(
      from: batch, pass, progress: progress, share: moment.share, scale: state.lossScale?.factor ?? 1,
      parts: groupSize)
    guard loss.isFinite else { throw diverged(loss) }
    return (logits, loss)
  }

  /// Replaces the gradients by those of the same batches at the worst point nearby; statistics stay as they are.
  private func sharpen(_ sharpness: Sharpness) throws {
    try work.optimizer.atWorst(sharpness) {
      for (batch, pass) in gathered { _ = try addGradients(batch, pass.again()) }
    }
  }

  /// Batches whose gradients make the step at hand: fewer at the end of an epoch.
  private var groupSize: Int {
    let first = (state.batch - gathered.count) / recipe.accumulation * recipe.accumulation
    return min(recipe.accumulation, batches - first)
  }

  /// Batches of the epoch at hand.
  private var batches: Int { work.training.batches(in: state.epoch) }

  private var isStepDue: Bool {
    state.batch % recipe.accumulation == 0 || state.batch >= batches
  }

  /// One optimizer step with the gradients gathered, unless they are beyond what float16 can hold.
  private func step() throws {
    let moment = self.moment
    if try prepareGradients() {
      try pricePenalties()
      try work.step(moment, clipping: recipe.clipping, seed: key("gradientNoise"))
    } else {
      work.dropGradients()
    }
    gathered = []
    state.tally.rate = moment.pace.rate
    state.step += 1
  }

  /// Gradients as the step takes them: those of the worst point nearby where that is wanted, and in their own size.
  private func prepareGradients() throws -> Bool {
    guard try unscaleGradients() else { return false }
    guard let sharpness = recipe.optimizer.sharpness else { return true }
    try sharpen(sharpness)
    return try unscaleGradients()
  }

  private func pricePenalties() throws {
    guard state.step % Self.penaltySampling == 0, !work.penalties.isEmpty else { return }
    state.tally.penalty += try work.penalties.value()
    state.tally.penalties += 1
  }

  /// Where the schedules stand at the step at hand.
  private var moment: Moment {
    work.moment(
      at: state.step,
      losses: state.history.suffix(state.phaseEpoch).map { $0.validationLoss ?? $0.trainLoss })
  }

  /// What draws at the batch at hand come from.
  private func key(_ name: String) -> UInt64 {
    RandomStream.key(seed: recipe.seed, epoch: state.epoch, index: state.batch, name: name)
  }

  /// Penalties are priced at every so many steps: pricing reads all weights.
  private static let penaltySampling = 10

  private var progress: TrainingEvent.StepProgress {
    TrainingEvent.StepProgress(
      epoch: state.epoch + 1, epochs: recipe.epochs, batch: state.batch, batches: batches,
      loss: state.tally.meanLoss, imagesPerSecond: state.tally.speed)
  }

  /// Ends the epoch at the batch at hand.
  private func cutShort() -> StopReason? {
    report(
      .warning("time is up: epoch \(state.epoch + 1) ends after \(state.batch) of \(batches) batches"))
    return nil
  }

  private func diverged(_ loss: Double) -> HoneError {
    HoneError(
      .diverged,
      """
      the loss became \(loss) in epoch \(state.epoch + 1), batch \(state.batch + 1), at a learning rate of \
      \(moment.pace.rate); lower optimizer.rate (try a tenth), add a schedule.warmup, or set clipping.norm to 1
      """,
      context: ["epoch": "\(state.epoch + 1)", "batch": "\(state.batch + 1)"])
  }
}
