import HoneAugment

/// Which pictures a study learns and chooses from, and which it spends at the end.
struct StudySplit {
  let pool: [Int]
  let test: [Int]
  let grouping: Grouping
  /// What the look at all pictures found, in sentences.
  let remarks: [String]
  /// What cannot be used, and why.
  let problems: [DataProblem]

  init(_ dataset: Dataset, options: ImproveOptions) throws {
    let report = DataReport(dataset)
    remarks = report.remarks
    problems = report.problems
    grouping = Grouping(dataset, duplicates: report.duplicates.map(\.samples))
    let split = try Split(
      dataset, validation: 0, test: options.test, grouping: grouping, usable: report.usable(),
      seed: RandomStream.key(seed: options.seed, name: "test")
    )
    pool = (split.train + split.validation).sorted()
    test = split.test
  }

  /// Whether a fifth of the pool is enough to choose by.
  private var isLarge: Bool { pool.count / 5 >= 2000 }

  /// Folds that the smallest class can fill.
  func foldCount(_ dataset: Dataset, wanted: Int) throws -> Int {
    let labels = pool.map { dataset.samples[$0].label }
    let least = dataset.classes.indices.map { label in labels.count { $0 == label } }.min() ?? 0
    guard least >= 2 else {
      throw HoneError(
        .badData,
        "every class needs at least 2 pictures to learn and be tested from, and one has \(least); add pictures")
    }
    return max(2, min(wanted, least))
  }

  /// Pictures of the pool's largest class for each one of its smallest.
  func imbalance(_ dataset: Dataset) -> Double {
    let counts = dataset.subset(pool).counts
    return Double(counts.max() ?? 1) / Double(max(1, counts.min() ?? 1))
  }

  func trainCount(_ dataset: Dataset, folds: Int) -> Int { pool.count - pool.count / folds }

  func plan(
    _ dataset: Dataset, setting: StudySetting, techniques: [Technique], options: ImproveOptions
  ) throws -> StudyPlan {
    let count = try foldCount(dataset, wanted: options.folds)
    let most = isLarge ? options.seeds : max(options.seeds, 10)
    let splits = try Folds(
      dataset, among: pool, k: count, repeats: isLarge ? 1 : most, grouping: grouping, seed: options.seed
    ).splits
    var recipe = Recipe.baseline(setting)
    if let threads = options.threads { recipe.threads = .fixed(threads) }
    if let device = options.device { recipe.device = .fixed(device) }
    let baseline = Arm.baseline(recipe)
    let company = Technique.usualCompany(setting)
    var plan = StudyPlan(
      budget: options.budget, seed: options.seed, classes: dataset.classes, evidence: isLarge ? .split : .folds(count),
      pool: pool, poolLabels: pool.map { dataset.samples[$0].label }, test: test,
      folds: (0..<most).map { assignment(Array(splits[(isLarge ? 0 : $0) * count..<(isLarge ? 1 : $0 + 1) * count])) },
      repetitions: options.seeds,
      arms: [baseline]
        + (company.isEmpty ? [] : [.combining(company, of: techniques, on: baseline.recipe)])
        + techniques.filter { $0.needs.isEmpty }.map {
          .combining([$0.name], of: techniques, on: baseline.recipe)
        })
    if !setting.backbones.isEmpty { plan.aloneShare = 0.4 }
    return plan
  }

  /// The fold of each picture of the pool; pictures that are never validated always train.
  private func assignment(_ splits: [Split]) -> [Int] {
    var fold = Dictionary(uniqueKeysWithValues: pool.map { ($0, splits.count) })
    for (number, split) in splits.enumerated() { for index in split.validation { fold[index] = number } }
    return pool.map { fold[$0] ?? splits.count }
  }
}
