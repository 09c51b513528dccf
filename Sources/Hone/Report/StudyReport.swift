/// The report of a study: what was worth what, and what came out.
///
/// - Throws: nothing.
/// - Source: none: ours.
public struct StudyReport: Sendable {
  public var result: StudyResult
  public var extras: ReportExtras
  /// The winner's predictions on the test pictures.
  public var predictions: Predictions?
  /// Trainings whose curves are drawn, with their names.
  public var histories: [(name: String, history: [EpochMetrics])] = []

  public init(result: StudyResult, extras: ReportExtras, predictions: Predictions? = nil) {
    self.result = result
    self.extras = extras
    self.predictions = predictions
  }

  /// The whole page.
  public var html: String {
    Page.html(
      title: "\(extras.data): what helped",
      body:
        "\(header)\(exam)\(effects)\(trust)\(curves)\(confusion)\(extras.mistakeSection)\(extras.augmentedSection)\(costs)\(extras.dataSection)\(recipe)\(extras.useSection)"
    )
  }

  // MARK: The top

  private var header: Markup {
    Page.header(
      kicker: "\(extras.data) · \(extras.date)", headline: headline, lead: "\(lead)", facts: facts)
  }

  private var headline: Markup {
    guard let test = result.test else {
      return
        "The best recipe recognizes <em>\(Numbers.percent(result.winnerAccuracy))</em> of pictures it did not learn from."
    }
    let end: Markup
    switch test.difference {
    case let difference? where abs(difference) >= 0.0005:
      end =
        "; its recipe is worth \(Numbers.points(difference)) points over the plain baseline, mean of \(Numbers.count(testSeeds, "seed"))."
    default: end = "."
    }
    return "The model recognizes <em>\(Numbers.percent(test.accuracy))</em> of pictures it has never seen\(end)"
  }

  /// Trainings of each arm that were asked about the test pictures; the kept model is the first of the winner's.
  private var testSeeds: Int { result.test?.exam.first?.seeds ?? 1 }

  private var lead: String {
    let helped = told(.helps).sorted { $0.difference > $1.difference }
    let hurt = told(.hurts)
    var sentences: [String] = []
    if let first = helped.first {
      let others = helped.dropFirst().prefix(3).map(\.arm.name)
      let rest = others.isEmpty ? "" : "; \(Self.list(others)) helped too"
      sentences.append("What helped most was \(first.arm.name) (\(Numbers.points(first.difference)) points)\(rest).")
    } else {
      sentences.append("No single technique could be told from luck with this many pictures and this much time.")
      if let best = result.together.filter({ $0.verdict == .helps }).max(by: { $0.difference < $1.difference }) {
        sentences.append(
          "Together they help: \(Self.list(best.arm.techniques)) are worth \(Numbers.points(best.difference)) points.")
      }
    }
    if !hurt.isEmpty { sentences.append("Here \(Self.list(hurt.prefix(4).map(\.arm.name))) did harm.") }
    if !result.winner.techniques.isEmpty {
      sentences.append("The final model combines: \(Self.list(result.winner.techniques)).")
    }
    return sentences.joined(separator: " ")
  }

  /// Single techniques of which something may be said, from the last look where they were in it, else from the folds.
  private func told(_ verdict: Finding.Verdict) -> [Finding] {
    let exam = (result.test?.exam ?? []).filter { $0.arm.techniques.count == 1 && $0.verdict == verdict }
    let seen = Set(exam.map(\.arm.name))
    return exam + result.alone.filter { $0.verdict == verdict && !seen.contains($0.arm.name) }
  }

  static func list(_ names: some Collection<String>) -> String {
    guard names.count > 1, let last = names.reversed().first else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  private var facts: [Fact] {
    var facts: [Fact] = []
    if let test = result.test {
      facts.append(
        Fact(
          name: "Test accuracy", value: Numbers.percent(test.accuracy),
          detail: "95 % interval \(Numbers.percent(test.interval))"))
      if let baseline = test.baseline {
        facts.append(
          Fact(
            name: "Plain baseline", value: Numbers.percent(baseline),
            detail: test.differenceInterval.map {
              "mean of \(Numbers.count(testSeeds, "seed")); the recipe's gain \(Numbers.points($0)) points"
            }))
      }
      facts.append(
        Fact(
          name: "Test pictures", value: "\(test.pictures)",
          detail: "looked at \(result.looks == 1 ? "once" : "\(result.looks) times")"))
    }
    facts.append(Fact(name: "Pictures to learn from", value: "\(result.poolPictures)", detail: evidence))
    facts.append(Fact(name: "Seeds", value: "\(result.seeds)", detail: "same splits and seeds for every arm"))
    facts.append(
      Fact(
        name: "Time", value: Numbers.duration(result.elapsed),
        detail: "of \(Numbers.duration(result.budget)), \(result.trainings) trainings"))
    return facts
  }

  private var evidence: String {
    switch result.evidence {
    case .folds(let count): "each tested in one of \(count) folds"
    case .split: "one split, validated apart"
    }
  }

  // MARK: Sections

  private var effects: Markup {
    Page.section(
      "What was worth what",
      note: """
        Each bar is the accuracy gained or lost by adding one thing to the plain baseline (\(Numbers.percent(result.baselineAccuracy)) \
        on pictures it did not learn from). The thin line is the range that holds the true worth; all ranges hold together with \
        95 % confidence. Only a range that leaves zero out lets us say <i>helps</i> or <i>hurts</i>.
        """, EffectChart(findings: result.findings, seeds: result.seeds).markup)
  }

  private var exam: Markup? {
    guard let test = result.test, !test.exam.isEmpty, let baseline = test.baseline else { return nil }
    let seeds = test.exam.map(\.seeds).max() ?? 1
    return Page.section(
      "Each way at its best, on pictures never seen",
      note: """
        The best technique of each family, and everything together, trained on all \(Numbers.count(result.poolPictures, "picture")) and \
        asked about the \(Numbers.count(test.pictures, "test picture")) in the one look: points against the baseline's \
        \(Numbers.percent(baseline)), mean of \(Numbers.count(seeds, "seed")).
        """, EffectChart(findings: test.exam, seeds: seeds).markup)
  }

  private var trust: Markup {
    let pictures = result.findings.map(\.pictures).max() ?? result.poolPictures
    return Page.section(
      "How far to trust this",
      """
      <ul><li><b>\(Numbers.count(pictures, "picture"))</b> gave the evidence and <b>\(Numbers.count(result.seeds, "seed"))</b>: \
      \(method) The ranges account for which pictures were drawn as well as for the luck of training.</li>
      <li>\(testSentence)</li>
      <li>“Not distinguishable here” is not “useless”: with more pictures or time it may show. The recipe keeps what raised the mean.</li></ul>
      """)
  }

  private var method: Markup {
    switch result.evidence {
    case .folds(let count):
      "\(count)-fold cross-validation, repeated once per seed; ranges corrected for shared training pictures (after Nadeau and Bengio) and for the number of comparisons (Holm)."
    case .split:
      "one validation split; ranges from a bootstrap over its pictures, corrected for the number of comparisons (Holm)."
    }
  }

  private var testSentence: Markup {
    guard let test = result.test else {
      return "No test pictures were set aside, so the winner's accuracy is a little too good: it was chosen for it."
    }
    return """
      The <b>\(Numbers.count(test.pictures, "test picture"))</b> chose nothing; they have been looked at \
      <b>\(result.looks == 1 ? "once" : "\(result.looks) times")</b>\(result.looks > 1 ? ", so the figure grows less honest with each further look" : "").
      """
  }

  private var curves: Markup? {
    let charts = histories.flatMap { CurveChart.charts($0.history, of: $0.name) }
    guard !charts.isEmpty else { return nil }
    return Page.section("Learning curves", "<div class=\"charts\">\(charts)</div>")
  }

  private var confusion: Markup? {
    guard let predictions, predictions.count > 0 else { return nil }
    return Page.section(
      "What was taken for what",
      note: "\(Numbers.count(predictions.count, "test picture")): rows are the labels, columns the model's answers.",
      "\(ConfusionTable(predictions: predictions).markup)<h3>Class by class</h3>\(ClassTable(predictions: predictions).markup)"
    )
  }

  private var costs: Markup {
    let rows: [Markup] = result.findings.filter { $0.verdict != .notMeasured }.map { finding in
      """
      <tr><td>\(finding.arm.name)</td><td>\(Numbers.points(finding.difference))</td><td>\(Numbers.duration(finding.seconds))</td>\
      <td>\(finding.peakBytes.map(Numbers.bytes) ?? "–")</td><td>\(finding.pictures)</td><td>\(finding.seeds)</td></tr>
      """
    }
    return Page.section(
      "Time and memory",
      "<div class=\"card scroll\"><table class=\"plain\"><thead><tr><th>arm</th><th>points</th><th>one training</th><th>peak memory</th><th>pictures</th><th>seeds</th></tr></thead><tbody>\(rows)</tbody></table></div>"
    )
  }

  private var recipe: Markup {
    Page.section(
      "The recipe",
      note: "Save it as <code>recipe.yaml</code> and <code>hone train --recipe</code> repeats the training.",
      "<details><summary>Show it</summary><pre>\(result.winner.recipe.description)</pre></details>")
  }
}
