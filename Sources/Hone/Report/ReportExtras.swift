/// What a report shows beside the numbers: pictures, and what is known of the data.
public struct ReportExtras: Sendable, Hashable {
  /// The name of the data set.
  public var data: String
  public var classes: [String]
  /// Pictures per class.
  public var counts: [Int]
  public var problems: [DataProblem] = []
  /// Further sentences about the data: duplicates, imbalance, odd sizes.
  public var remarks: [String] = []
  public var mistakes: [Mistake] = []
  /// Rows of an original and its augmented copies.
  public var augmented: [[Thumbnail]] = []
  /// Where the model lies, as a person would type it.
  public var modelPath: String
  /// When, in words.
  public var date: String

  public init(data: String, classes: [String], counts: [Int], modelPath: String, date: String) {
    self.data = data
    self.classes = classes
    self.counts = counts
    self.modelPath = modelPath
    self.date = date
  }

  // MARK: Sections that all reports share

  var mistakeSection: Markup? {
    guard !mistakes.isEmpty else { return nil }
    return Page.section(
      "The worst mistakes",
      note:
        "Wrong answers, the most confident first. A wrong label in the data looks just like this: check these first.",
      "<div class=\"gallery\">\(mistakes.map(\.markup))</div>")
  }

  var augmentedSection: Markup? {
    guard !augmented.isEmpty else { return nil }
    return Page.section(
      "What the model saw while learning",
      note:
        "Left the picture as it is, then copies as augmentation varies them. Would you still give each copy its label?",
      Strips(rows: augmented).markup)
  }

  var dataSection: Markup {
    let most = Double(max(1, counts.max() ?? 1))
    let rows: [Markup] = zip(classes, counts).map { name, count in
      "<tr><td>\(name)</td><td>\(count)</td><td style=\"text-align:left\"><span class=\"meter\" style=\"width:\(9 * Double(count) / most)rem\"></span></td></tr>"
    }
    let words: [Markup] = remarks.map { "<li>\($0)</li>" }
    let remarks: Markup? = words.isEmpty ? nil : "<ul>\(words)</ul>"
    let table: Markup = """
      <div class="card scroll"><table class="plain"><thead><tr><th>class</th><th>pictures</th><th></th></tr></thead><tbody>\(rows)</tbody></table></div>
      """
    return Page.section(
      "The data",
      note: problems.isEmpty
        ? "Every file could be used." : "What was passed over, and why, is listed below the table.",
      "\(table)\(remarks)\(problems.isEmpty ? nil : ProblemList(problems: problems).markup)")
  }

  var useSection: Markup {
    Page.section(
      "Using the model",
      note: "One file holds structure, weights, class names and preprocessing.",
      """
      <p>Ask it about pictures:</p><pre>hone predict \(modelPath) photo.jpg</pre>
      <p>Score it on labelled pictures it has not seen:</p><pre>hone evaluate \(modelPath) FOLDER</pre>
      <p>Begin another task from it:</p><pre>hone improve OTHER-FOLDER --backbone \(modelPath)</pre>
      """)
  }
}
