import Foundation
import HoneAugment
import HoneImage
public import HoneTensor

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
  /// Where networks compute; nil takes the best there is.
  public var device: Device?
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
    test: Double = 0.2, threads: Int? = nil, device: Device? = nil, techniques: [Technique] = []
  ) {
    self.budget = budget
    self.seeds = seeds
    self.backbones = backbones
    self.folder = folder
    self.seed = seed
    self.folds = folds
    self.test = test
    self.threads = threads
    self.device = device
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
