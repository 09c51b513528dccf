/// What one arm was worth here.
///
/// - Units: accuracies and differences are fractions of pictures; `seconds` is one training.
public struct Finding: Sendable, Hashable, Codable {
  /// What may be said.
  public enum Verdict: String, Sendable, Hashable, Codable {
    case helps, hurts, indistinguishable, notMeasured

    public var words: String {
      switch self {
      case .helps: "helps"
      case .hurts: "hurts"
      case .indistinguishable: "not distinguishable here"
      case .notMeasured: "not measured"
      }
    }
  }

  public var arm: Arm
  public var accuracy: Double
  /// The arm's accuracy minus the baseline's on the same pictures and seeds.
  public var difference: Double
  /// Holm-adjusted: all intervals of the table hold together with 95 % confidence.
  public var interval: Interval
  public var pValue: Double
  public var verdict: Verdict
  public var pictures: Int
  public var seeds: Int
  public var seconds: Double
  public var peakBytes: Int?
  /// Why it was not measured, or got fewer seeds.
  public var note: String?

  /// Part of the recipe that Hone recommends.
  public var isInWinner = false
}

/// The winner's score on the test pictures, which chose nothing.
public struct TestScore: Sendable, Hashable, Codable {
  public var pictures: Int
  public var accuracy: Double
  public var interval: Interval
  public var baseline: Double?
  /// The winner's accuracy minus the baseline's on the test pictures.
  public var difference: Double?
  public var differenceInterval: Interval?
}

/// All that a study found out; what the table, the report and `--json` are made of.
public struct StudyResult: Sendable, Hashable, Codable {
  public var classes: [String]
  public var evidence: StudyPlan.Evidence
  public var poolPictures: Int
  public var baselineAccuracy: Double
  public var seeds: Int
  public var alone: [Finding]
  public var together: [Finding]
  public var winner: Arm
  /// Out-of-fold accuracy of the winner, which also chose it and is therefore a little too good.
  public var winnerAccuracy: Double
  public var test: TestScore?
  public var looks: Int
  public var budget: Double
  public var elapsed: Double
  public var trainings: Int

  /// Findings in the order of the table.
  public var findings: [Finding] { alone + together }
}

extension StudyState {
  /// What may be said about all arms, adjusted together.
  func findings(_ arms: [Arm]) -> [Finding] {
    let measured = arms.filter { isComplete($0.name, 0) && isComplete(Arm.baselineName, 0) }
    let differences = measured.map { difference($0.name, against: Arm.baselineName) }
    let intervals = Holm.intervals(differences)
    let values = Holm.adjusted(differences.map(\.pValue))
    var found: [String: Finding] = [:]
    for (index, arm) in measured.enumerated() {
      found[arm.name] = finding(arm, differences[index], intervals[index], values[index])
    }
    return arms.map { found[$0.name] ?? unmeasured($0) }
  }

  private func finding(_ arm: Arm, _ difference: Difference, _ interval: Interval, _ pValue: Double) -> Finding {
    let verdict: Finding.Verdict = interval.lower > 0 ? .helps : interval.upper < 0 ? .hurts : .indistinguishable
    return Finding(
      arm: arm, accuracy: accuracy(arm.name), difference: difference.mean, interval: interval, pValue: pValue,
      verdict: verdict, pictures: difference.pictures, seeds: difference.seeds, seconds: seconds(arm.name) ?? 0,
      peakBytes: (trials[arm.name] ?? [:]).values.compactMap(\.peakBytes).max(), note: stops[arm.name])
  }

  private func unmeasured(_ arm: Arm) -> Finding {
    Finding(
      arm: arm, accuracy: 0, difference: 0, interval: Interval(lower: -1, upper: 1), pValue: 1, verdict: .notMeasured,
      pictures: 0, seeds: 0, seconds: seconds(arm.name) ?? 0, note: stops[arm.name] ?? "no time within the budget")
  }
}

extension TestScore {
  /// Both models on the same test pictures.
  init(_ predictions: Predictions, baseline: Predictions?) {
    let hits = predictions.hits
    let right = hits.count { $0 }
    self.init(
      pictures: hits.count, accuracy: predictions.accuracy, interval: .wilson(successes: right, of: hits.count))
    guard let baseline, baseline.indices == predictions.indices else { return }
    let scores = zip(hits, baseline.hits).map { ($0 ? 1.0 : 0) - ($1 ? 1 : 0) }
    let difference = PairedRuns(scores: [scores], folds: [scores.map { _ in 0 }], foldCount: 1).corrected()
    self.baseline = baseline.accuracy
    self.difference = difference.mean
    self.differenceInterval = difference.interval()
  }

  init(pictures: Int, accuracy: Double, interval: Interval) {
    self.pictures = pictures
    self.accuracy = accuracy
    self.interval = interval
  }
}
