public import Foundation

/// A study: measures what each technique is worth on these pictures, within a budget, and keeps what helps.
///
/// Everything it does is decided by a plan and by what its journal holds; started again with the same journal, it goes on
/// where it was stopped and spends what is left of the budget.
public final class Study {
  /// What a study tells while it works.
  public struct Progress: Sendable, Hashable {
    public var arm: String
    public var trainings: Int
    public var elapsed: Double
    public var budget: Double
  }

  public let plan: StudyPlan
  let journal: Journal
  let techniques: [Technique]
  let runner: any TrialRunner
  private let clock: () -> Double
  let director: Director
  private(set) var state: StudyState
  /// What the clock showed when this session began, less what earlier sessions spent.
  private let origin: Double

  /// - Parameters:
  ///   - clock: seconds from any fixed moment; simulated in tests.
  ///   - began: what the clock showed when work for this study began; nil means now.
  /// - Throws: `HoneError` `.conflict` when the journal is about other pictures.
  public init(
    plan: StudyPlan, techniques: [Technique], journal: Journal, runner: any TrialRunner,
    clock: @escaping () -> Double = { Date().timeIntervalSinceReferenceDate }, began: Double? = nil
  ) throws {
    self.plan = try Self.continued(plan, journal: journal)
    self.techniques = techniques
    self.journal = journal
    self.runner = runner
    self.clock = clock
    director = Director(techniques: techniques)
    state = StudyState(plan: self.plan, entries: journal.entries)
    origin = (began ?? clock()) - state.elapsed
    if journal.entries.isEmpty { try journal.append(.plan(plan)) }
  }

  /// The plan in the journal with the new budget; the new plan when the journal is empty.
  private static func continued(_ plan: StudyPlan, journal: Journal) throws -> StudyPlan {
    guard case .plan(var begun)? = journal.entries.first else { return plan }
    guard begun.isAboutSamePictures(as: plan) else {
      throw HoneError(
        .conflict,
        "the folder holds a study of other pictures, or with another seed; give another --out, or delete the folder")
    }
    begun.budget = plan.budget
    return begun
  }

  var elapsed: Double { clock() - origin }

  /// Runs the study to its end and returns what it found; also when all was done before.
  ///
  /// - Parameter modelPath: where the winner's model is written.
  /// - Throws: what the runner throws; the journal keeps all that was finished.
  public func run(modelPath: String? = nil, progress: (Progress) -> Void = { _ in }) throws -> StudyResult {
    while true {
      state.spend(elapsed)
      switch director.next(state) {
      case .measure(let arm): try measure(arm)
      case .train(let trial):
        progress(
          Progress(arm: trial.arm, trainings: state.trainings, elapsed: elapsed, budget: plan.budget))
        try train(trial)
      case .stop(let record): try note(.stopped(record))
      case .combine(let repetitions): try note(.alone(AloneRecord(repetitions: repetitions)))
      case .finish:
        try finish(modelPath: modelPath, progress: progress)
        return try result()
      }
    }
  }

  func note(_ entry: Journal.Entry) throws {
    try journal.append(entry)
    state.absorb(entry)
  }

  private func measure(_ arm: Arm) throws {
    do {
      let cost = try runner.cost(of: arm.recipe, pictures: plan.trainCount)
      let recipe = fitted(arm, cost: cost)
      try note(.cost(CostRecord(arm: arm.name, cost: cost, recipe: recipe, elapsed: elapsed)))
    } catch let error as HoneError where [.inputTooSmall, .conflict, .unsupported, .outOfMemory].contains(error.code) {
      try fail(arm.name, error)
    }
  }

  /// An arm that cannot run here is left out and named; the study goes on.
  private func fail(_ arm: String, _ error: HoneError) throws {
    guard arm != Arm.baselineName else { throw error }
    try note(.stopped(StopRecord(arm: arm, reason: error.message)))
    try note(.cost(CostRecord(arm: arm, cost: TrialCost(fixed: 0, perEpoch: 0), recipe: nil, elapsed: elapsed)))
  }

  /// The recipe with as many epochs as its share of the time allows: all, at least half, or nil when it must stay out.
  private func fitted(_ arm: Arm, cost: TrialCost) -> Recipe? {
    var recipe = arm.recipe
    let limit = plan.trialSeconds
    let ideal = limit / Double(max(1, plan.repetitions))
    let half = max(1, (recipe.epochs + 1) / 2)
    func epochs(in seconds: Double) -> Int {
      cost.perEpoch > 0 ? Int((max(0, seconds - cost.fixed) / cost.perEpoch).rounded(.down)) : recipe.epochs
    }
    recipe.epochs = min(recipe.epochs, max(half, epochs(in: ideal)))
    return cost.seconds(epochs: recipe.epochs) <= mostSeconds(arm) ? recipe : nil
  }

  /// What one training of an arm may cost at all. One costly arm may take what cheap ones leave: four shares, or half of
  /// the time left, which a short budget needs to measure anything; the baseline, without which nothing is known, most of
  /// the time; a combination what is left.
  private func mostSeconds(_ arm: Arm) -> Double {
    let folds = Double(plan.foldCount)
    if arm.name == Arm.baselineName { return 0.8 * plan.budget * plan.aloneShare / folds }
    guard let repetitions = state.chosenOn else {
      return max(4 * plan.trialSeconds, (plan.budget * plan.aloneShare - elapsed) / (2 * folds))
    }
    return (plan.budget * plan.studyShare - elapsed) / (folds * Double(max(1, repetitions)))
  }

  private func train(_ trial: Trial) throws {
    do {
      let outcome = try runner.run(trial)
      try note(.trial(record(trial, outcome)))
    } catch let error as HoneError where [.diverged, .inputTooSmall, .conflict, .outOfMemory].contains(error.code) {
      try fail(trial.arm, error)
    }
  }

  private func record(_ trial: Trial, _ outcome: TrialOutcome) throws -> TrialRecord {
    TrialRecord(
      arm: trial.arm, repetition: trial.repetition, fold: trial.fold, recipe: try Digest.of(trial.recipe),
      classes: plan.classes.count, indices: outcome.predictions.indices, labels: outcome.predictions.labels,
      probabilities: outcome.predictions.probabilities.packed, seconds: outcome.seconds, peakBytes: outcome.peakBytes,
      history: outcome.history, elapsed: elapsed)
  }
}
