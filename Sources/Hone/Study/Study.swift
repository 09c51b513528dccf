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
  private let runner: any TrialRunner
  private let clock: () -> Double
  private let director: Director
  private var state: StudyState
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

  private var elapsed: Double { clock() - origin }

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

  private func note(_ entry: Journal.Entry) throws {
    try journal.append(entry)
    state.absorb(entry)
  }

  // MARK: One step

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

  // MARK: The end

  /// Trains what was found on the whole pool and looks at the test pictures once; not again when that was done before.
  private func finish(modelPath: String?, progress: (Progress) -> Void) throws {
    guard let winner = director.winner(state) else {
      throw HoneError(
        .overBudget,
        "the budget of \(Int(plan.budget)) s ended before the baseline was measured once; give a longer one")
    }
    if let final = state.final, final.winner == winner { return }
    let candidates = director.candidates(winner, state)
    let purpose = "the winner, the baseline and each family's best, chosen before"
    try note(.look(LookRecord(purpose: purpose, pictures: plan.test.count, at: Date())))
    var papers = candidates.map { FinalRecord.Paper(arm: $0, answers: [], seconds: 0) }
    var history: [EpochMetrics] = []
    for seed in 0..<max(1, plan.folds.count) {
      // Further seeds are for all alike, or for none.
      let round = papers.reduce(0) { $0 + $1.seconds }
      guard seed < max(1, plan.repetitions) || elapsed + round <= plan.budget else { break }
      for index in papers.indices {
        // The winner and the baseline come first and once for certain; the others while there is time.
        let cost = papers[index].answers.isEmpty ? lastSeconds(papers[index].arm) : papers[index].seconds
        guard seed == 0 && index < 2 || elapsed + cost <= plan.budget else { continue }
        guard papers[index].answers.count == seed else { continue }
        progress(
          Progress(arm: papers[index].arm.name, trainings: state.trainings, elapsed: elapsed, budget: plan.budget))
        let isKept = seed == 0 && index == 0
        let outcome = try runner.run(last(papers[index].arm, seed: seed, modelPath: isKept ? modelPath : nil))
        papers[index].answers.append(outcome.predictions)
        papers[index].seconds = outcome.seconds
        papers[index].peakBytes = outcome.peakBytes
        if isKept { history = outcome.history }
      }
    }
    try note(.final(FinalRecord(winner: winner, papers: papers, history: history, elapsed: elapsed)))
  }

  /// What a training on the whole pool is expected to take.
  private func lastSeconds(_ arm: Arm) -> Double {
    (state.seconds(arm.name) ?? 0) * Double(plan.pool.count) / Double(max(1, plan.trainCount))
  }

  /// The training on the whole pool, with all the recipe's epochs where there is time.
  private func last(_ arm: Arm, seed: Int, modelPath: String? = nil) -> Trial {
    let left = max(1, 1.05 * plan.budget - elapsed)
    let growth = Double(plan.pool.count) / Double(max(1, plan.trainCount))
    var recipe = state.costs[arm.name]?.recipe ?? arm.recipe
    recipe.seed = plan.seed(repetition: seed, fold: -1)
    if let cost = state.costs[arm.name]?.cost, cost.perEpoch > 0 {
      let possible = Int((0.15 * left / growth - cost.fixed) / cost.perEpoch)
      recipe.epochs = max(recipe.epochs, min(arm.recipe.epochs, possible))
    }
    return Trial(
      arm: arm.name, recipe: recipe, repetition: -1, fold: -1, train: plan.pool, scored: plan.test, limit: left,
      modelPath: modelPath)
  }

  // MARK: What was found

  /// What the journal says so far.
  public func result() throws -> StudyResult {
    guard let winner = state.final?.winner ?? director.winner(state) else {
      throw HoneError(.overBudget, "the study has not measured its baseline yet; give it a longer budget")
    }
    let alone = Array(plan.arms.dropFirst())
    let combined = director.path(state).arms
    var findings = state.findings(alone + combined)
    for index in findings.indices {
      let techniques = Set(findings[index].arm.techniques)
      findings[index].isInWinner =
        index < alone.count
        ? techniques.isSubset(of: winner.techniques) : findings[index].arm.name == winner.name
    }
    return StudyResult(
      classes: plan.classes, evidence: plan.evidence, poolPictures: plan.pool.count,
      baselineAccuracy: state.accuracy(Arm.baselineName),
      seeds: state.repetitions(of: Arm.baselineName).count, alone: Array(findings.prefix(alone.count)),
      together: Array(findings.dropFirst(alone.count)), winner: winner, winnerAccuracy: state.accuracy(winner.name),
      test: state.final.flatMap(TestScore.init), looks: state.looks.count,
      budget: plan.budget, elapsed: elapsed, trainings: state.trainings)
  }

  /// The winner's out-of-fold predictions in the first repetition: every picture of the pool judged by a model that did
  /// not learn from it.
  public func outOfFold() -> Predictions? {
    guard let winner = director.winner(state) else { return nil }
    return state.predictions(winner.name, repetition: 0)
  }

  /// The winner's predictions on the test pictures.
  public var testPredictions: Predictions? { state.final?.papers.first?.answers.first }
  public var winnerHistory: [EpochMetrics] { state.final?.history ?? [] }
  public var baselineHistory: [EpochMetrics] { state.history(Arm.baselineName) }
  /// The winner's training on the first fold, validated on what it did not learn from.
  public var winnerFoldHistory: [EpochMetrics] { director.winner(state).map { state.history($0.name) } ?? [] }
}

extension StudyState {
  var trainings: Int { trials.values.reduce(0) { $0 + $1.count } }

  mutating func spend(_ seconds: Double) { elapsed = max(elapsed, seconds) }

  /// The predictions of all folds of one repetition, in the order of the folds.
  func predictions(_ arm: String, repetition: Int) -> Predictions {
    var all = Predictions(classes: plan.classes)
    for fold in 0..<plan.foldCount {
      guard let record = trials[arm]?[Place(repetition: repetition, fold: fold)] else { continue }
      all.append(record.predictions(classes: plan.classes))
    }
    return all
  }

  func history(_ arm: String) -> [EpochMetrics] {
    trials[arm]?[Place(repetition: 0, fold: 0)]?.history ?? []
  }
}
