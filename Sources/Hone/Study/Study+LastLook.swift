internal import Foundation

extension Study {
  /// Trains what was found on the whole pool and looks at the test pictures once; not again when that was done before.
  func finish(modelPath: String?, progress: (Progress) -> Void) throws {
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
    for seed in 0..<max(1, plan.folds.count) where hasTime(for: papers, seed: seed) {
      for index in papers.indices where isDue(papers[index], at: index, seed: seed) {
        let arm = papers[index].arm
        progress(Progress(arm: arm.name, trainings: state.trainings, elapsed: elapsed, budget: plan.budget))
        let isKept = seed == 0 && index == 0
        let outcome = try runner.run(last(arm, seed: seed, modelPath: isKept ? modelPath : nil))
        papers[index].take(outcome)
        if isKept { history = outcome.history }
      }
    }
    try note(.final(FinalRecord(winner: winner, papers: papers, history: history, elapsed: elapsed)))
  }

  /// Whether there is time for one more seed: further ones are for all alike, or for none.
  private func hasTime(for papers: [FinalRecord.Paper], seed: Int) -> Bool {
    seed < max(1, plan.repetitions) || elapsed + papers.reduce(0) { $0 + $1.seconds } <= plan.budget
  }

  /// Whether an arm is trained with a seed: the winner and the baseline come first and once for certain, the others while
  /// there is time.
  private func isDue(_ paper: FinalRecord.Paper, at index: Int, seed: Int) -> Bool {
    guard paper.answers.count == seed else { return false }
    let cost = paper.answers.isEmpty ? lastSeconds(paper.arm) : paper.seconds
    return seed == 0 && index < 2 || elapsed + cost <= plan.budget
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
}

extension FinalRecord.Paper {
  fileprivate mutating func take(_ outcome: TrialOutcome) {
    answers.append(outcome.predictions)
    seconds = outcome.seconds
    peakBytes = outcome.peakBytes
  }
}
