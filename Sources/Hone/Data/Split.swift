/// Which samples train, which choose (validation), and which judge once at the end (test): indices, each in rising order.
public struct Split: Sendable, Hashable, Codable {
  public var train: [Int]
  public var validation: [Int]
  public var test: [Int]

  public init(train: [Int], validation: [Int] = [], test: [Int] = []) {
    self.train = train
    self.validation = validation
    self.test = test
  }
}

extension Split {
  /// Parts of a data set: the ones it came with, the others held out from its training pictures.
  ///
  /// - Held-out parts are stratified: each class gives its share, within one picture where units are single pictures.
  ///   Units of `grouping` are never divided. The same arguments give the same split on every machine.
  /// - A predefined part is taken as it is, even where duplicates straddle it; see `withoutLeaks(_:)`.
  /// - Units: `validation` and `test` are fractions of the pictures that the data set itself assigns to neither.
  /// - Parameter usable: the samples to split; nil means all.
  /// - Throws: `HoneError`, `invalidValue` for fractions that leave nothing to train on, `badData` when there are too few
  ///   pictures for the parts asked for.
  public init(
    _ dataset: Dataset, validation: Double, test: Double = 0, grouping: Grouping? = nil, usable: [Int]? = nil,
    seed: UInt64
  ) throws(HoneError) {
    guard validation >= 0, test >= 0, validation + test < 1 else {
      throw HoneError(
        .invalidValue,
        "validation \(validation) and test \(test) leave nothing to train on; they are fractions and sum to less than 1"
      )
    }
    let usable = usable ?? Array(dataset.samples.indices)
    let parts = dataset.parts
    let given = { (part: Dataset.Part) in usable.filter { parts[$0] == part } }
    let (givenValidation, givenTest) = (given(.validation), given(.test))
    let pool = usable.filter { parts[$0] == nil || parts[$0] == .train }
    let shares = [givenValidation.isEmpty ? validation : 0, givenTest.isEmpty ? test : 0]
    let dealt = Stratifier(dataset, grouping: grouping).holdout(pool, shares: shares, seed: seed)
    self.init(
      train: dealt[0], validation: givenValidation.isEmpty ? dealt[1] : givenValidation,
      test: givenTest.isEmpty ? dealt[2] : givenTest)
    guard !train.isEmpty, shares[0] == 0 || !self.validation.isEmpty, shares[1] == 0 || !self.test.isEmpty else {
      throw HoneError(
        .badData,
        "\(pool.count) pictures are too few to hold out \(validation) for validation and \(test) for test; "
          + "add pictures, or ask for larger fractions")
    }
  }

  /// The split without the training and validation pictures that a test picture duplicates, and without the training
  /// pictures that a validation picture duplicates. Only predefined parts can hold such.
  public func withoutLeaks(_ grouping: Grouping) -> Split {
    let judged = Set(test.map { grouping.units[$0] })
    let validation = validation.filter { !judged.contains(grouping.units[$0]) }
    let chosen = judged.union(validation.map { grouping.units[$0] })
    return Split(
      train: train.filter { !chosen.contains(grouping.units[$0]) }, validation: validation, test: test)
  }
}

/// Repeated stratified K-fold: each repeat deals the pictures into `k` folds anew, and each fold is validated once.
///
/// - Each class is spread over the folds as evenly as its units allow: within one picture where all units are single.
///   The fold sizes then differ by at most one picture too.
/// - Units of `grouping` are never divided. A class that has a single unit always trains and is never validated.
/// - A repeat's deal depends on the seed and the repeat's number only, so more repeats leave the first ones unchanged.
/// - Source: Kohavi, 1995, IJCAI, "A study of cross-validation and bootstrap for accuracy estimation".
public struct Folds: Sendable, Hashable, Codable {
  public let k: Int
  public let repeats: Int
  /// `repeats × k` splits without a test part, the folds of the first repeat first.
  public let splits: [Split]

  /// - Parameter among: the samples to deal; nil means all.
  /// - Throws: `HoneError`, `invalidValue` for fewer than two folds, `badData` for more folds than units.
  public init(
    _ dataset: Dataset, among indices: [Int]? = nil, k: Int, repeats: Int = 1, grouping: Grouping? = nil, seed: UInt64
  ) throws(HoneError) {
    guard k >= 2, repeats >= 1 else {
      throw HoneError(.invalidValue, "\(repeats) × \(k) folds make no sense; use at least 1 × 2")
    }
    let indices = indices ?? Array(dataset.samples.indices)
    let stratifier = Stratifier(dataset, grouping: grouping)
    guard stratifier.unitCount(indices) >= k else {
      throw HoneError(
        .badData,
        "\(indices.count) pictures in \(stratifier.unitCount(indices)) groups cannot be dealt into \(k) folds; "
          + "use fewer folds")
    }
    self.k = k
    self.repeats = repeats
    splits = (0..<repeats).flatMap { stratifier.folds(indices, k: k, repetition: $0, seed: seed) }
  }
}
