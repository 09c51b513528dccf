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
  /// Each family at its best, and all together, against the baseline on the test pictures; intervals adjusted together.
  public var exam: [Finding] = []
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
    Finding(
      arm: arm, accuracy: accuracy(arm.name), difference: difference.mean, interval: interval, pValue: pValue,
      verdict: .init(interval), pictures: difference.pictures, seeds: difference.seeds, seconds: seconds(arm.name) ?? 0,
      peakBytes: (trials[arm.name] ?? [:]).values.compactMap(\.peakBytes).max(), note: stops[arm.name])
  }

  private func unmeasured(_ arm: Arm) -> Finding {
    Finding(
      arm: arm, accuracy: 0, difference: 0, interval: Interval(lower: -1, upper: 1), pValue: 1, verdict: .notMeasured,
      pictures: 0, seeds: 0, seconds: seconds(arm.name) ?? 0, note: stops[arm.name] ?? "no time within the budget")
  }
}

extension TestScore {
  /// What the last look showed: the kept model's score, and every arm's mean over seeds against the baseline's.
  init?(_ final: FinalRecord) {
    guard let kept = final.papers.first?.answers.first else { return nil }
    self.init(
      pictures: kept.count, accuracy: kept.accuracy,
      interval: .wilson(successes: kept.hits.count { $0 }, of: kept.count))
    guard let reference = final.papers.first(where: { $0.arm.name == Arm.baselineName }), !reference.answers.isEmpty
    else {
      return
    }
    baseline = Moments(reference.answers.map(\.accuracy)).mean
    let others = final.papers.filter { $0.arm.name != Arm.baselineName && !$0.answers.isEmpty }
    let differences = others.map { $0.difference(to: reference) }
    let intervals = Holm.intervals(differences)
    let values = Holm.adjusted(differences.map(\.pValue))
    exam = others.indices.map { index in
      let paper = others[index]
      let arm = paper.arm
      return Finding(
        arm: arm, accuracy: Moments(paper.answers.map(\.accuracy)).mean, difference: differences[index].mean,
        interval: intervals[index], pValue: values[index], verdict: .init(intervals[index]),
        pictures: differences[index].pictures, seeds: differences[index].seeds, seconds: paper.seconds,
        peakBytes: paper.peakBytes,
        isInWinner: arm == final.winner || Set(arm.techniques).isSubset(of: final.winner.techniques))
    }
    if let first = exam.first, others.first?.arm == final.winner {
      difference = first.difference
      differenceInterval = first.interval
    }
  }

  init(pictures: Int, accuracy: Double, interval: Interval) {
    self.pictures = pictures
    self.accuracy = accuracy
    self.interval = interval
  }
}

extension FinalRecord.Paper {
  /// This arm against another on the same pictures and seeds.
  func difference(to other: Self) -> Difference {
    let scores = zip(answers, other.answers).map { ours, theirs in
      let known = Dictionary(zip(theirs.indices, theirs.hits)) { first, _ in first }
      return zip(ours.indices, ours.hits).map { index, hit in (hit ? 1.0 : 0) - (known[index] == true ? 1 : 0) }
    }
    return PairedRuns(scores: scores, folds: scores.map { $0.map { _ in 0 } }, foldCount: 1).corrected()
  }
}

extension Finding.Verdict {
  /// Only an interval that leaves zero out says anything.
  init(_ interval: Interval) {
    self = interval.lower > 0 ? .helps : interval.upper < 0 ? .hurts : .indistinguishable
  }
}
