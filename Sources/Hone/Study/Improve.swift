import Foundation
import HoneAugment
import HoneImage
import HoneTensor

/// What `hone improve` is asked for.
///
/// - Units: `budget` in seconds of wall clock; `test` is the part of the pictures set aside when none are given.
public struct ImproveOptions: Sendable, Hashable {
  public var budget: Double
  /// Repetitions of the whole comparison to begin with; more while there is time.
  public var seeds: Int
  /// Weight files that transfer may begin from.
  public var backbones: [String]
  /// Where journal, model, recipe, table and report are kept.
  public var folder: String
  public var seed: UInt64
  public var folds: Int
  public var test: Double
  /// Threads that compute; nil takes all cores.
  public var threads: Int?
  /// Further techniques to try.
  public var techniques: [Technique] { extra.techniques }
  private var extra = Extra()

  /// Techniques cannot be compared; their names can.
  private struct Extra: Sendable, Hashable {
    var techniques: [Technique] = []
    static func == (a: Self, b: Self) -> Bool { a.techniques.map(\.name) == b.techniques.map(\.name) }
    func hash(into hasher: inout Hasher) { hasher.combine(techniques.map(\.name)) }
  }

  public init(
    budget: Double = 600, seeds: Int = 3, backbones: [String] = [], folder: String, seed: UInt64 = 0, folds: Int = 5,
    test: Double = 0.2, threads: Int? = nil, techniques: [Technique] = []
  ) {
    self.budget = budget
    self.seeds = seeds
    self.backbones = backbones
    self.folder = folder
    self.seed = seed
    self.folds = folds
    self.test = test
    self.threads = threads
    extra.techniques = techniques
  }
}

/// What `hone improve` leaves behind.
public struct Improvement: Sendable, Hashable {
  public var result: StudyResult
  public var modelPath: String
  public var recipePath: String
  public var reportPath: String
  public var resultPath: String
  public var tablePath: String
}

extension Study {
  /// The best classifier for these pictures within a budget, and what each method was worth. On the engine's thread.
  ///
  /// Started again in the same folder, it continues and spends what is left.
  ///
  /// - Throws: `HoneError` `.badData` for too few pictures, `.overBudget` when the baseline does not fit the budget.
  public static func improve(
    _ dataset: Dataset, options: ImproveOptions, progress: (Progress) -> Void = { _ in }
  ) throws -> Improvement {
    let origin = Date().timeIntervalSinceReferenceDate
    let clock = { Date().timeIntervalSinceReferenceDate }
    try FileManager.default.createDirectory(atPath: options.folder, withIntermediateDirectories: true)
    let paths = { (name: String) in options.folder + "/" + name }
    let journal = try Journal(path: paths("study.jsonl"))
    let split = try StudySplit(dataset, options: options)
    let runner = PictureRunner(dataset: dataset, pictures: split.pool + split.test)
    let setting = try StudySetting(dataset, split: split, options: options, journal: journal, runner: runner)
    let techniques = Technique.catalogue(setting) + options.techniques
    let plan = try split.plan(dataset, setting: setting, techniques: techniques, options: options)
    let study = try Study(
      plan: plan, techniques: techniques, journal: journal, runner: runner, clock: clock, began: origin)
    let result = try study.run(modelPath: paths("model.safetensors"), progress: progress)
    let improvement = Improvement(
      result: result, modelPath: paths("model.safetensors"), recipePath: paths("recipe.yaml"),
      reportPath: paths("report.html"), resultPath: paths("study.json"), tablePath: paths("table.txt"))
    try study.write(improvement, dataset: dataset, split: split)
    return improvement
  }

  private func write(_ improvement: Improvement, dataset: Dataset, split: StudySplit) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(Array(encoder.encode(improvement.result)), to: improvement.resultPath)
    try improvement.result.winner.recipe.save(to: improvement.recipePath)
    var report = try report(on: dataset, modelPath: improvement.modelPath)
    report.extras.problems = split.problems
    report.extras.remarks = split.remarks
    try AtomicFile.write(Array(report.html.utf8), to: improvement.reportPath)
    try AtomicFile.write(Array((improvement.result.table + "\n").utf8), to: improvement.tablePath)
  }
}

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
    let baseline = Arm.baseline(recipe)
    var plan = StudyPlan(
      budget: options.budget, seed: options.seed, classes: dataset.classes, evidence: isLarge ? .split : .folds(count),
      pool: pool, poolLabels: pool.map { dataset.samples[$0].label }, test: test,
      folds: (0..<most).map { assignment(Array(splits[(isLarge ? 0 : $0) * count..<(isLarge ? 1 : $0 + 1) * count])) },
      repetitions: options.seeds,
      arms: [baseline]
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

extension StudySetting {
  /// Looks at the pictures' sizes, and finds the largest input at which the plan fits the budget.
  init(
    _ dataset: Dataset, split: StudySplit, options: ImproveOptions, journal: Journal, runner: PictureRunner
  ) throws {
    let folds = try split.foldCount(dataset, wanted: options.folds)
    self.init(
      input: InputSpec(side: Self.usualSide(dataset, split.pool)), classes: dataset.classes.count,
      pictures: split.trainCount(dataset, folds: folds),
      backbones: try options.backbones.map { try Backbone(path: $0) }, imbalance: split.imbalance(dataset))
    if case .plan(let begun)? = journal.entries.first, let known = begun.arms.first?.recipe.model.input {
      input = known
      return
    }
    let share = backbones.isEmpty ? 0.5 : 0.4
    let trial = options.budget * share / Double(folds * Technique.catalogue(self).filter { $0.needs.isEmpty }.count)
    try shrink(toFit: trial, runner: runner)
  }

  /// The pictures' own size where they are small, up to 224; a multiple of 32.
  static func usualSide(_ dataset: Dataset, _ indices: [Int]) -> Int {
    let step = max(1, indices.count / 100)
    let sides = stride(from: 0, to: indices.count, by: step).compactMap { position -> Int? in
      switch dataset.samples[indices[position]].source {
      case .file(let path): (try? ImageInfo(contentsOf: path)).map { max($0.size.height, $0.size.width) }
      case .record(_, _, let format): max(format.height, format.width)
      }
    }.sorted()
    let middle = sides.isEmpty ? 224 : sides[sides.count / 2]
    return min(224, max(32, (middle + 31) / 32 * 32))
  }

  /// Large pictures are shrunk, never below 64 pixels, until one training of the baseline takes no longer than its share.
  private mutating func shrink(toFit seconds: Double, runner: PictureRunner) throws {
    guard min(input.height, input.width) > 64 else { return }
    var small = self
    small.input = InputSpec(side: 64, channels: input.channels)
    let recipe = Recipe.baseline(small)
    let cost = try runner.cost(of: recipe, pictures: pictures)
    let fits = [224, 160, 128, 96, 64].first { side in
      let growth = Double(side * side) / (64 * 64)
      return side <= input.height && cost.fixed + growth * cost.perEpoch * Double(recipe.epochs) <= seconds
    }
    input = InputSpec(side: fits ?? 64, channels: input.channels)
  }
}
