/// What a study knows, read from its journal.
struct StudyState {
  /// A training's place in the study.
  struct Place: Hashable {
    var repetition: Int
    var fold: Int
  }

  var plan: StudyPlan
  private(set) var costs: [String: CostRecord] = [:]
  private(set) var trials: [String: [Place: TrialRecord]] = [:]
  private(set) var stops: [String: String] = [:]
  private(set) var looks: [LookRecord] = []
  var elapsed = 0.0
  /// Repetitions that the choice of combinations is based on; nil while arms are still measured alone.
  private(set) var chosenOn: Int?
  private(set) var final: FinalRecord?
  /// Hits by picture of each repetition that an arm has finished.
  private var hits: [String: [Int: [Double]]] = [:]
  /// Mean negative log-likelihood of each repetition that an arm has finished.
  private var losses: [String: [Int: Double]] = [:]

  init(plan: StudyPlan, entries: [Journal.Entry] = []) {
    self.plan = plan
    for entry in entries { absorb(entry) }
  }

  mutating func absorb(_ entry: Journal.Entry) {
    switch entry {
    case .plan: break
    case .cost(let record):
      costs[record.arm] = record
      elapsed = max(elapsed, record.elapsed)
    case .trial(let record):
      trials[record.arm, default: [:]][Place(repetition: record.repetition, fold: record.fold)] = record
      elapsed = max(elapsed, record.elapsed)
      complete(record.arm, record.repetition)
    case .stopped(let record): stops[record.arm] = record.reason
    case .alone(let record): chosenOn = record.repetitions
    case .look(let record): looks.append(record)
    case .final(let record):
      final = record
      elapsed = max(elapsed, record.elapsed)
    }
  }

  /// Notes the hits of a repetition once its last fold is in.
  private mutating func complete(_ arm: String, _ repetition: Int) {
    let records = (0..<plan.foldCount).compactMap { trials[arm]?[Place(repetition: repetition, fold: $0)] }
    guard records.count == plan.foldCount else { return }
    var byPicture: [Int: Double] = [:]
    for record in records {
      for (index, hit) in zip(record.indices, record.hits) { byPicture[index] = hit ? 1 : 0 }
    }
    losses[arm, default: [:]][repetition] = predictions(arm, repetition: repetition).negativeLogLikelihood
    hits[arm, default: [:]][repetition] = tested(repetition).map { byPicture[$0] ?? 0 }
  }

  /// The pictures that a repetition tests, in the order of the pool.
  private func tested(_ repetition: Int) -> [Int] {
    switch plan.evidence {
    case .folds: plan.pool
    case .split: plan.scored(repetition: repetition, fold: 0)
    }
  }

  func isComplete(_ arm: String, _ repetition: Int) -> Bool { hits[arm]?[repetition] != nil }

  /// The repetitions that an arm has finished.
  func repetitions(of arm: String) -> [Int] { (hits[arm] ?? [:]).keys.sorted() }

  /// Mean accuracy over pictures and the given repetitions.
  func accuracy(_ arm: String, over repetitions: [Int]) -> Double {
    let values = repetitions.compactMap { hits[arm]?[$0] }.map { Moments($0).mean }
    return Moments(values).mean
  }

  func merit(_ arm: String, over repetitions: [Int]) -> Merit {
    Merit(
      accuracy: accuracy(arm, over: repetitions), logLoss: Moments(repetitions.compactMap { losses[arm]?[$0] }).mean)
  }

  func accuracy(_ arm: String) -> Double { accuracy(arm, over: repetitions(of: arm)) }

  /// Two arms on the repetitions that both have finished.
  func runs(_ arm: String, against other: String) -> PairedRuns {
    let common = repetitions(of: arm).filter { isComplete(other, $0) }
    let scores = common.map { repetition in
      zip(hits[arm]?[repetition] ?? [], hits[other]?[repetition] ?? []).map { $0 - $1 }
    }
    switch plan.evidence {
    case .folds(let count):
      return PairedRuns(scores: scores, folds: common.map { plan.folds[$0] }, foldCount: count)
    case .split:
      return PairedRuns(scores: scores, folds: scores.map { $0.map { _ in 0 } }, foldCount: 1)
    }
  }

  /// The difference between two arms with its uncertainty, by the plan's kind of evidence.
  func difference(_ arm: String, against other: String) -> Difference {
    let runs = runs(arm, against: other)
    switch plan.evidence {
    case .folds: return runs.corrected()
    case .split: return runs.bootstrapped(seed: plan.seed)
    }
  }

  /// Seconds that a training of the arm takes: the mean of those done, else what was measured before.
  func seconds(_ arm: String) -> Double? {
    let done = (trials[arm] ?? [:]).values.map(\.seconds)
    if !done.isEmpty { return Moments(done).mean }
    return costs[arm].flatMap { record in record.recipe.map { record.cost.seconds(epochs: $0.epochs) } }
  }

  func has(_ arm: String, _ repetition: Int, _ fold: Int) -> Bool {
    trials[arm]?[Place(repetition: repetition, fold: fold)] != nil
  }
}

/// How good an arm looked, for choosing: accuracy first, and where few pictures leave it tied, how sure its answers were.
///
/// - Units: a fraction of pictures, or a difference of two; mean negative log-likelihood.
struct Merit: Comparable {
  var accuracy: Double
  var logLoss: Double

  static func < (a: Merit, b: Merit) -> Bool {
    a.accuracy == b.accuracy ? a.logLoss > b.logLoss : a.accuracy < b.accuracy
  }
}
