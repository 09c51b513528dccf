import ArgumentParser
import Foundation
import Hone
import HoneImage

struct FindRate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find learning rates that suit a network and its pictures.",
    discussion: """
      Example:
        hone find-rate photos/ --model resnet18 --size 64
        hone find-rate photos/ --recipe recipe.yaml --plot rates.svg --csv rates.csv

      Trains a copy of the network at rates that rise step by step, until its loss diverges, and prints what several \
      rules of thumb make of the curve. Valley is a good first choice.
      """)

  @Argument(help: "A folder of class folders, a table of paths and labels, CIFAR or IDX files.")
  var data: String

  @OptionGroup var choices: RecipeChoices

  @Option(help: "The lowest rate.")
  var from = 1e-7

  @Option(help: "The highest rate.")
  var to = 10.0

  @Option(help: "Steps from the lowest to the highest.")
  var steps = 100

  @Option(help: "Draw the loss over the rate into this file, .svg or .html.")
  var plot: String?

  @Option(help: "Write every step into this file, as CSV.")
  var csv: String?

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    guard from > 0, to > from else { throw ValidationError("rates rise: 0 < --from < --to") }
    guard steps >= 20 else { throw ValidationError("--steps begins at 20, and is \(steps)") }
    try PlotFile.check(plot)
  }

  func run() async throws {
    ComputeThreads.yieldWhenIdle()
    try await Outcome.of {
      let dataset = try Dataset(at: data)
      let line = StatusLine()
      let search = try await findRate(
        for: choices.chosen(), on: dataset, range: RateRange(from: from, to: to, steps: steps)
      ) { line.show(ProgressText(title: "rates", fraction: $0)) }
      line.clear()
      if let plot { try search.chart("Loss over learning rate, \(dataset.name)").write(to: plot) }
      if let csv { try AtomicFile.write(search.csv, to: csv) }
      if json { try Terminal.json(Summary(search)) } else { Terminal.result(text(search)) }
    }
  }

  private func text(_ search: RateSearch) -> String {
    guard !search.suggestions.isEmpty else { return "\(search.points.count) steps tell nothing; try more --steps" }
    var table = TextTable([("rule", .left), ("rate", .right), ("", .left)])
    for suggestion in search.suggestions {
      table.add([suggestion.rule, String(format: "%.2g", suggestion.rate), suggestion.why])
    }
    return table.text
  }

  private struct Summary: Encodable {
    var suggestions: [RateSearch.Suggestion]
    var points: [RateSearch.Point]

    init(_ search: RateSearch) { (suggestions, points) = (search.suggestions, search.points) }
  }
}

extension RateSearch {
  fileprivate var csv: String {
    "rate,loss,smoothed\n" + points.map { "\($0.rate),\($0.loss),\($0.smoothed)\n" }.joined()
  }
}
