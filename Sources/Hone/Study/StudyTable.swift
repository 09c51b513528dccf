extension StudyResult {
  /// What was worth what, as lines of text: the best first within each family, then the combinations.
  public var table: String {
    let width = findings.map(\.arm.name.count).max() ?? 10
    let rows = Family.allCases.flatMap { family in
      [family.title] + lines(alone.filter { $0.arm.family == family }.sorted { $0.difference > $1.difference }, width)
    }
    let combined = together.isEmpty ? [] : ["Together"] + lines(together, width)
    return ([headline] + rows + combined + [ending]).joined(separator: "\n")
  }

  private var headline: String {
    "points of accuracy against the baseline, which has \(Numbers.percent(baselineAccuracy)) "
      + "(\(Numbers.count(poolPictures, "picture")), \(Numbers.count(seeds, "seed")); intervals hold together at 95 %)"
  }

  private func lines(_ members: [Finding], _ width: Int) -> [String] {
    members.map { finding in
      let name = "  \(finding.isInWinner ? "*" : " ") " + finding.arm.name.padded(to: width)
      guard finding.verdict != .notMeasured else { return name + "  not measured: \(finding.note ?? "")" }
      return name + Numbers.points(finding.difference).padded(to: 8, left: true) + "  "
        + "[\(Numbers.points(finding.interval))]".padded(to: 18) + "  " + finding.verdict.words.padded(to: 25)
        + Numbers.duration(finding.seconds) + " each"
    }
  }

  private var ending: String {
    var text = "* in the final model: \(winner.name)"
    guard let test else { return text }
    text += "\ntest: \(Numbers.percent(test.accuracy)) of \(Numbers.count(test.pictures, "picture"))"
    text += " (95 % interval \(Numbers.percent(test.interval)))"
    if let baseline = test.baseline { text += "; the baseline has \(Numbers.percent(baseline))" }
    text += "; test pictures looked at \(looks == 1 ? "once" : "\(looks) times")"
    let exam = test.exam
    let width = exam.map(\.arm.name.count).max() ?? 10
    return ([text, "each family's best arm, trained on all pictures, on the test pictures:"] + lines(exam, width))
      .joined(separator: "\n")
  }
}

extension String {
  fileprivate func padded(to width: Int, left: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - count))
    return left ? space + self : self + space
  }
}
