import ArgumentParser
import Foundation
import Hone

struct Schedule: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show how the learning rate of a recipe moves, and all else on a schedule, before training with it.",
    discussion: """
      Example:
        hone schedule recipe.yaml
        hone schedule recipe.yaml --pictures 5000 --plot rate.svg

      Steps are counted for --pictures pictures in the recipe's batches; warm-ups and cycles written in steps depend on \
      them.
      """)

  @Argument(help: "A recipe file, YAML or JSON.")
  var recipe: String

  @Option(help: "Training pictures, which make the steps of an epoch.")
  var pictures = 10_000

  @Option(help: "Draw the rate into this file, .svg or .html.")
  var plot: String?

  @Flag(help: "Print every step as JSON.")
  var json = false

  func validate() throws {
    guard pictures >= 1 else { throw ValidationError("--pictures begins at 1, and is \(pictures)") }
    try PlotFile.check(plot)
  }

  func run() async throws {
    try await Outcome.of {
      let recipe = try Recipe(contentsOf: recipe)
      let plan = RatePlan(recipe, stepsPerEpoch: recipe.steps(of: pictures))
      let title = (["Learning rate"] + plan.movers + [self.recipe]).joined(separator: ", ")
      if let plot { try plan.chart(title).write(to: plot) }
      if json { try Terminal.json(plan) } else { Terminal.result(Self.table(plan)) }
      if plan.watchesLoss {
        Terminal.note("a plateau falls when the loss does not: this is the plan if it always does")
      }
    }
  }

  /// The rate over the epochs beside bars, and the factors of what else moves.
  private static func table(_ plan: RatePlan) -> String {
    let most = plan.points.map(\.rate).max() ?? 1
    var table = TextTable(
      [("epoch", .right), ("step", .right)] + plan.movers.map { ($0, .right) } + [("rate", .right), ("", .left)])
    for point in plan.sampled(25) {
      let factors = plan.movers.map { String(format: "× %.3g", point.factors[$0] ?? 1) }
      table.add(
        [String(format: "%.1f", point.epoch), "\(point.step)"] + factors + [
          String(format: "%.3g", point.rate), Bar.text(most > 0 ? point.rate / most : 0),
        ])
    }
    return table.text
  }
}

/// A part of a whole as a bar of blocks.
enum Bar {
  static func text(_ part: Double, width: Int = 40) -> String {
    let eighths = Int((min(1, max(0, part)) * Double(8 * width)).rounded())
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return String(repeating: "█", count: eighths / 8) + rest
  }
}

/// Files that charts can be drawn into.
enum PlotFile {
  static func check(_ path: String?) throws {
    guard let path, !path.hasSuffix(".svg"), !path.hasSuffix(".html") else { return }
    throw ValidationError("--plot draws .svg and .html, and not \(path)")
  }
}
