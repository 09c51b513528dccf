import Foundation
import Hone
import Synchronization

/// Shows a training as it happens: a moving line on a terminal, one line for each epoch everywhere.
final class TrainingDisplay: Sendable {
  let line = StatusLine()
  private let state = Mutex(State())

  private struct State {
    var began = Date()
    /// The part of the run that was done before this process began.
    var before = 0.0
    var epochs = 1
  }

  @Sendable func show(_ event: TrainingEvent) {
    switch event {
    case .started(let start): begin(start)
    case .step(let step): line.show(text(step))
    case .epoch(let metrics): line.say(text(metrics))
    case .warning(let words): line.say("note: \(words)")
    case .saved: break
    case .finished: line.clear()
    }
  }

  private func begin(_ start: TrainingEvent.Start) {
    let recipe = start.recipe
    state.withLock {
      $0 = State(before: Double(start.epochsDone) / Double(max(1, recipe.epochs)), epochs: recipe.epochs)
    }
    let words = [
      recipe.model.structure, "\(Figures.count(start.parameters)) parameters",
      "\(start.trainingPictures) pictures to train, \(start.validationPictures) to validate",
    ]
    line.say(words.joined(separator: " · "))
    if start.epochsDone > 0 { line.say("going on after epoch \(start.epochsDone)") }
  }

  private func text(_ step: TrainingEvent.StepProgress) -> ProgressText {
    let done =
      (Double(step.epoch - 1) + Double(step.batch) / Double(max(1, step.batches))) / Double(max(1, step.epochs))
    return ProgressText(
      title: "epoch \(step.epoch)/\(step.epochs)", fraction: done, rate: "\(Int(step.imagesPerSecond)) pictures/s",
      secondsLeft: secondsLeft(done), note: "loss " + Figures.decimal(step.loss))
  }

  private func secondsLeft(_ done: Double) -> Double? {
    state.withLock { state in
      let here = done - state.before
      guard here > 0 else { return nil }
      return Date().timeIntervalSince(state.began) * (1 - done) / here
    }
  }

  private func text(_ epoch: EpochMetrics) -> String {
    let total = state.withLock { $0.epochs }
    let validation = epoch.validationLoss.map { loss in
      "validation loss \(Figures.decimal(loss)) accuracy \(epoch.validationAccuracy.map(Figures.percent) ?? "–")"
    }
    let words = [
      "epoch \(epoch.epoch)/\(total)", "loss \(Figures.decimal(epoch.trainLoss))",
      "accuracy \(Figures.percent(epoch.trainAccuracy))", validation, "\(Int(epoch.imagesPerSecond)) pictures/s",
    ]
    return words.compactMap(\.self).joined(separator: "  ")
  }
}
