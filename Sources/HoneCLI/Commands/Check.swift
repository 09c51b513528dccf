import ArgumentParser
import Hone

struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look at every picture of a data set, and say what is wrong with it.",
    discussion: """
      Example:
        hone check photos/

      Names broken files, files that are no pictures, empty classes, exact and near duplicates within and across \
      parts, imbalance and odd sizes. The exit code is 2 when the data cannot be trained on, or, with --strict, when \
      anything is broken, missing, leaking or labelled twice.
      """)

  @Argument(help: "A folder of class folders, a table of paths and labels, CIFAR or IDX files.")
  var data: String

  @Option(help: "Entries of each kind to name.")
  var list = 8

  @Flag(help: "End with 2 when anything is wrong.")
  var strict = false

  @Flag(help: "Print the findings as JSON.")
  var json = false

  func validate() throws {
    guard list >= 0 else { throw ValidationError("--list begins at 0") }
  }

  func run() async throws {
    try await Outcome.of {
      let report = DataReport.scanning(try Dataset(at: data), line: StatusLine())
      if json { try Terminal.json(report) } else { Terminal.result(report.description(listing: list)) }
      _ = try report.usable()
      if strict, report.isWrong { throw Outcome.wrongData }
    }
  }
}

extension DataReport {
  fileprivate var isWrong: Bool {
    problems.contains { $0.kind != .skipped } || duplicates.contains { $0.isConflicting || $0.isLeak }
  }
}
