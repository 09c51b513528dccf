extension Study {
  /// What the journal says so far.
  public func result() throws -> StudyResult {
    guard let winner = state.final?.winner ?? director.winner(state) else {
      throw HoneError(.overBudget, "the study has not measured its baseline yet; give it a longer budget")
    }
    let alone = plan.arms.dropFirst().filter { $0.techniques.count == 1 }
    let combined = plan.arms.filter { $0.techniques.count > 1 } + director.path(state).arms
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
