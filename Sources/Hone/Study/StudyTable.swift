extension StudyResult {
  /// What was worth what, as lines of text: the best first within each family, then the combinations.
  public var table: String {
    let width = Self.nameWidth(findings)
    let rows = Family.allCases.flatMap { family -> [String] in
      let members = alone.filter { $0.arm.family == family }.sorted { $0.difference > $1.difference }
      return members.isEmpty ? [] : [family.title] + lines(members, width)
    }
    let combined = together.isEmpty ? [] : ["Together"] + lines(together, width)
    return ([headline] + rows + combined + [ending]).joined(separator: "\n")
  }

  /// As wide as the longest name, unless that is so long that it is better broken.
  private static func nameWidth(_ findings: [Finding]) -> Int { min(48, findings.map(\.arm.name.count).max() ?? 10) }

  private var headline: String {
    "points of accuracy against the baseline, which has \(Numbers.percent(baselineAccuracy)) "
      + "(\(Numbers.count(poolPictures, "picture")), \(Numbers.count(seeds, "seed")); intervals hold together at 95 %)"
  }

  private func lines(_ members: [Finding], _ width: Int) -> [String] {
    members.flatMap { finding in
      var parts = finding.arm.name.broken(after: width)
      let last = parts.removeLast().padded(to: width)
      let mark = "  \(finding.isInWinner ? "*" : " ") "
      return (parts + [last + figures(finding)]).enumerated().map { ($0 == 0 ? mark : "    ") + $1 }
    }
  }

  private func figures(_ finding: Finding) -> String {
    guard finding.verdict != .notMeasured else { return "  not measured: \(finding.note ?? "")" }
    return Numbers.points(finding.difference).padded(to: 8, left: true) + "  "
      + "[\(Numbers.points(finding.interval))]".padded(to: 18) + "  " + finding.verdict.words.padded(to: 25)
      + Numbers.duration(finding.seconds) + " each"
  }

  private var ending: String {
    var text = "* in the final model: \(winner.name)"
    guard let test else { return text }
    text += "\ntest: \(Numbers.percent(test.accuracy)) of \(Numbers.count(test.pictures, "picture"))"
    text += " (95 % interval \(Numbers.percent(test.interval)))"
    if let baseline = test.baseline { text += "; the baseline has \(Numbers.percent(baseline))" }
    text += "; test pictures looked at \(looks == 1 ? "once" : "\(looks) times")"
    return
      ([text, "each family's best arm, trained on all pictures, on the test pictures:"]
      + lines(test.exam, Self.nameWidth(test.exam)))
      .joined(separator: "\n")
  }
}

extension String {
  fileprivate func padded(to width: Int, left: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - count))
    return left ? space + self : self + space
  }

  /// Lines of at most so many characters, broken at spaces.
  fileprivate func broken(after width: Int) -> [String] {
    var lines = [""]
    for word in split(separator: " ") {
      if lines[lines.count - 1].isEmpty {
        lines[lines.count - 1] = String(word)
      } else if lines[lines.count - 1].count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
