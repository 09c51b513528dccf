/// Decides what a study does next. A pure function of what the journal holds, so a study continues where it was stopped.
///
/// First every arm of the plan, one repetition of all arms at a time; then combinations: all that helped together, then one
/// more technique at a time; then what had no time before and further repetitions while there is time; then the end.
struct Director {
  enum Step: Hashable {
    /// Find out what the arm costs and fit its recipe to the time.
    case measure(Arm)
    case train(Trial)
    case stop(StopRecord)
    /// The arms alone are measured on so many repetitions; combinations come next.
    case combine(repetitions: Int)
    case finish
  }

  let techniques: [Technique]
  /// An arm this much worse, its interval below zero, gets no further repetitions.
  var hopeless = -0.1

  func next(_ state: StudyState) -> Step {
    if state.chosenOn == nil { return alone(state) }
    return together(state) ?? extended(state) ?? .finish
  }

  // MARK: Alone

  private func alone(_ state: StudyState) -> Step {
    let end = state.plan.budget * state.plan.aloneShare
    for repetition in 0..<state.plan.repetitions {
      if let step = sweep(state.plan.arms, repetition, until: end, state) { return step }
      if !state.isComplete(Arm.baselineName, repetition) { break }
      if let step = hopelessArm(state) { return .stop(step) }
    }
    return .combine(repetitions: state.repetitions(of: Arm.baselineName).count)
  }

  /// One repetition of all arms that still run; begun only when the whole of it fits, so that all have the same seeds.
  private func sweep(_ arms: [Arm], _ repetition: Int, until end: Double, _ state: StudyState) -> Step? {
    let live = arms.filter { state.stops[$0.name] == nil }
    let begun = live.contains { arm in (0..<state.plan.foldCount).contains { state.has(arm.name, repetition, $0) } }
    if repetition > 0, !begun {
      let expected = live.reduce(0) { $0 + blockSeconds($1, state) }
      guard state.elapsed + expected <= end else { return nil }
    }
    // What has begun is finished even a little late, so that all arms are measured on the same seeds.
    let grace = begun && repetition > 0 ? state.plan.budget * state.plan.studyShare : end
    for arm in live {
      if let step = block(arm, repetition, until: grace, state) { return step }
    }
    return nil
  }

  private func hopelessArm(_ state: StudyState) -> StopRecord? {
    for arm in state.plan.arms.dropFirst() where state.stops[arm.name] == nil {
      guard state.isComplete(arm.name, 0) else { continue }
      let difference = state.runs(arm.name, against: Arm.baselineName).corrected()
      if difference.mean < hopeless, difference.interval().upper < 0 {
        return StopRecord(arm: arm.name, reason: "clearly worse than the baseline, so no further seeds")
      }
    }
    return nil
  }

  // MARK: One block: all folds of one repetition of one arm

  private func blockSeconds(_ arm: Arm, _ state: StudyState) -> Double {
    (state.seconds(arm.name) ?? 0) * Double(state.plan.foldCount)
  }

  private func block(_ arm: Arm, _ repetition: Int, until end: Double, _ state: StudyState) -> Step? {
    guard !state.isComplete(arm.name, repetition) else { return nil }
    guard let cost = state.costs[arm.name] else { return .measure(arm) }
    guard let recipe = cost.recipe, let seconds = state.seconds(arm.name) else { return nil }
    let missing = (0..<state.plan.foldCount).filter { !state.has(arm.name, repetition, $0) }
    guard let fold = missing.first, state.elapsed + seconds * Double(missing.count) <= end else { return nil }
    return .train(trial(arm.name, recipe, repetition, fold, seconds: seconds, state))
  }

  private func trial(
    _ arm: String, _ recipe: Recipe, _ repetition: Int, _ fold: Int, seconds: Double, _ state: StudyState
  ) -> Trial {
    var recipe = recipe
    recipe.seed = state.plan.seed(repetition: repetition, fold: fold)
    return Trial(
      arm: arm, recipe: recipe, repetition: repetition, fold: fold,
      train: state.plan.trained(repetition: repetition, fold: fold),
      scored: state.plan.scored(repetition: repetition, fold: fold),
      limit: min(max(3 * seconds, 5), max(1, state.plan.budget - state.elapsed)))
  }

  // MARK: Together

  private func together(_ state: StudyState) -> Step? {
    path(state).pending
  }

  /// The path through the combinations, as far as it is measured, and the step that would take it further.
  ///
  /// All that helped alone comes first: when it is better than the best alone, one block has paid for many. Then one
  /// technique at a time is added to the best so far.
  func path(_ state: StudyState) -> (arms: [Arm], pending: Step?) {
    let repetitions = Array(0..<(state.chosenOn ?? 0))
    let end = state.plan.budget * state.plan.studyShare
    let measured = state.plan.arms.filter { arm in
      !repetitions.isEmpty && repetitions.allSatisfy { state.isComplete(arm.name, $0) }
    }
    func merit(_ arm: Arm) -> Merit { state.merit(arm.name, over: repetitions) }
    guard let baseline = measured.first, let best = measured.max(by: { merit($0) < merit($1) }),
      merit(best).accuracy > merit(baseline).accuracy
    else { return ([], nil) }
    let candidates = candidates(measured, above: merit(baseline).accuracy, merit: merit)
    var current = best
    var arms: [Arm] = []
    for proposal in [candidates] + candidates.map({ [$0] }) {
      let combination = proposal.reduce(current) { adding($1, to: $0, on: baseline.recipe) ?? $0 }
      guard combination != current, !(state.plan.arms + arms).contains(combination) else { continue }
      if state.stops[combination.name] == nil {
        for repetition in repetitions {
          if let step = block(combination, repetition, until: end, state) { return (arms, step) }
        }
      }
      guard repetitions.allSatisfy({ state.isComplete(combination.name, $0) }) else { continue }
      arms.append(combination)
      if merit(combination) > merit(current) { current = combination }
    }
    return (arms, nil)
  }

  /// Techniques worth adding: what helped alone, the best first, then those that mean something only beside others.
  private func candidates(_ measured: [Arm], above floor: Double, merit: (Arm) -> Merit) -> [Technique] {
    let singles = measured.filter { $0.techniques.count == 1 && merit($0).accuracy > floor }
      .sorted { merit($0) > merit($1) }
    let names = singles.flatMap(\.techniques)
    return names.compactMap { name in techniques.first { $0.name == name } } + techniques.filter { !$0.needs.isEmpty }
  }

  /// The arm with one more technique; nil when it has it, an alternative of it, lacks what it needs, or would train just as
  /// before.
  private func adding(_ technique: Technique, to arm: Arm, on base: Recipe) -> Arm? {
    let present = techniques.filter { arm.techniques.contains($0.name) }
    guard !present.contains(where: { $0.slot == technique.slot }) else { return nil }
    guard
      technique.needs.isEmpty
        || present.contains(where: { technique.needs.contains($0.name) || technique.needs.contains($0.slot) })
    else { return nil }
    let combination = Arm.combining(Set(arm.techniques + [technique.name]), of: techniques, on: base)
    return combination.recipe.effective == arm.recipe.effective ? nil : combination
  }

  // MARK: More seeds

  private func extended(_ state: StudyState) -> Step? {
    let end = state.plan.budget * state.plan.studyShare
    let chosenOn = state.chosenOn ?? 0
    for repetition in 0..<max(1, chosenOn) {
      if let step = sweep(state.plan.arms, repetition, until: end, state) { return step }
    }
    let arms = state.plan.arms.filter { state.isComplete($0.name, 0) } + path(state).arms
    for repetition in chosenOn..<max(chosenOn, state.plan.folds.count) {
      if let step = sweep(arms, repetition, until: end, state) { return step }
      if !arms.allSatisfy({ state.stops[$0.name] != nil || state.isComplete($0.name, repetition) }) { return nil }
    }
    return nil
  }

  // MARK: The winner

  /// The arm with the best mean difference to the baseline; of equals the surer, then the cheaper.
  func winner(_ state: StudyState) -> Arm? {
    let arms = state.plan.arms.prefix(1) + state.plan.arms.dropFirst() + path(state).arms
    let eligible = arms.filter { arm in
      (0..<(state.chosenOn ?? 0)).allSatisfy { state.isComplete(arm.name, $0) } && state.isComplete(arm.name, 0)
    }
    return eligible.max { first, second in
      let (a, b) = (gain(first, state), gain(second, state))
      return a == b ? (state.seconds(first.name) ?? 0) > (state.seconds(second.name) ?? 0) : a < b
    }
  }

  /// What the test pictures are spent on: the winner, the baseline, and the best arm of each family alone.
  func candidates(_ winner: Arm, _ state: StudyState) -> [Arm] {
    let measured = state.plan.arms.filter { state.isComplete($0.name, 0) }
    let best = Family.allCases.compactMap { family in
      measured.filter { $0.family == family }.max { gain($0, state) < gain($1, state) }
    }
    return [winner] + (measured.prefix(1) + best).filter { $0.name != winner.name }
  }

  private func gain(_ arm: Arm, _ state: StudyState) -> Merit {
    Merit(
      accuracy: state.difference(arm.name, against: Arm.baselineName).mean,
      logLoss: state.merit(arm.name, over: state.repetitions(of: arm.name)).logLoss)
  }
}
