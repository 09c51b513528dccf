import HoneAugment

/// Everything that a study decides before it does anything.
///
/// The pictures are split once: `test` is spent at the end, `pool` is for training and choosing. Every arm sees the same
/// folds and seeds.
///
/// - Shape: `folds[repetition][i]` is the fold that picture `pool[i]` is tested in.
/// - Units: `budget` in seconds; the shares are parts of it.
public struct StudyPlan: Sendable, Hashable, Codable {
  /// Where the evidence comes from.
  public enum Evidence: Sendable, Hashable, Codable {
    /// Every picture of the pool is tested in one of this many folds, in every repetition.
    case folds(Int)
    /// The pictures of fold 0 are the validation split; the repetitions differ by seed only.
    case split
  }

  public var formatVersion = 1
  public var budget: Double
  public var seed: UInt64
  public var classes: [String]
  public var evidence: Evidence
  public var pool: [Int]
  public var poolLabels: [Int]
  public var test: [Int]
  public var folds: [[Int]]
  /// Repetitions to begin with; more, up to `folds.count`, while there is time.
  public var repetitions: Int
  /// The arms that are measured first: the baseline, then techniques alone and what is commonly used together.
  public var arms: [Arm]
  /// The end of measuring arms alone, and the end of measuring at all, as parts of the budget.
  public var aloneShare = 0.5
  public var studyShare = 0.72

  public init(
    budget: Double, seed: UInt64, classes: [String], evidence: Evidence, pool: [Int], poolLabels: [Int], test: [Int],
    folds: [[Int]], repetitions: Int, arms: [Arm]
  ) {
    self.budget = budget
    self.seed = seed
    self.classes = classes
    self.evidence = evidence
    self.pool = pool
    self.poolLabels = poolLabels
    self.test = test
    self.folds = folds
    self.repetitions = min(repetitions, folds.count)
    self.arms = arms
  }

  /// Trainings that one repetition of one arm takes.
  public var foldCount: Int {
    switch evidence {
    case .folds(let count): count
    case .split: 1
    }
  }

  /// The seed of a repetition's fold: weights, order and augmentation of every arm begin from it.
  public func seed(repetition: Int, fold: Int) -> UInt64 {
    RandomStream.key(seed: seed, epoch: repetition, index: fold, name: "trial")
  }

  /// The pictures that are tested in a fold; all others of the pool are learnt from.
  public func scored(repetition: Int, fold: Int) -> [Int] {
    zip(pool, folds[repetition]).filter { $0.1 == fold }.map(\.0)
  }

  public func trained(repetition: Int, fold: Int) -> [Int] {
    zip(pool, folds[repetition]).filter { $0.1 != fold }.map(\.0)
  }

  /// Pictures that the smallest training of the study learns from.
  public var trainCount: Int {
    (0..<foldCount).map { fold in folds.first.map { $0.count { $0 != fold } } ?? 0 }.min() ?? 0
  }

  /// Seconds that one training may take so that every arm is measured at least once.
  public var trialSeconds: Double { budget * aloneShare / Double(max(1, arms.count * foldCount)) }

  /// Whether another plan is about the same pictures, so that a journal may be continued.
  public func isAboutSamePictures(as other: StudyPlan) -> Bool {
    classes == other.classes && pool == other.pool && poolLabels == other.poolLabels && test == other.test
      && seed == other.seed
  }
}

/// Stratified folds of labelled pictures.
public enum StratifiedFolds {
  /// The fold of each picture: every class is dealt out evenly, in an order drawn from the seed.
  ///
  /// - Randomness: one permutation per class, keyed by (seed, repetition, class).
  public static func dealt(labels: [Int], folds: Int, seed: UInt64, repetition: Int) -> [Int] {
    var result = [Int](repeating: 0, count: labels.count)
    var next = 0
    for label in Set(labels).sorted() {
      let members = labels.indices.filter { labels[$0] == label }
      var stream = RandomStream(seed: seed, epoch: repetition, index: label, name: "folds")
      for position in stream.permutation(members.count) {
        result[members[position]] = next % folds
        next += 1
      }
    }
    return result
  }
}
