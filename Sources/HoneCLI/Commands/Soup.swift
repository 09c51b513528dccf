import ArgumentParser
import Foundation
import Hone

struct Soup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Average models that began alike into one that is often better than the best of them.",
    discussion: """
      Example:
        hone soup photos/ runs/a/model.safetensors runs/b/model.safetensors --out soup.safetensors

      The models must come from the same beginning, as runs from one --backbone do. Beginning with the best, each is taken \
      only if the average stays as good on the data's validation part (on all pictures where there is none): measure the \
      result on others.
      """)

  @Argument(help: "A folder of class folders, a table of paths and labels, CIFAR or IDX files.")
  var data: String

  @Argument(help: "Model files that `hone train` or `hone improve` wrote.")
  var models: [String]

  @Option(help: "The file for the average.")
  var out: String

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    guard models.count >= 2 else { throw ValidationError("give at least two models") }
  }

  func run() async throws {
    try await Outcome.of {
      let dataset = try Dataset(at: data)
      let chosen = dataset.predefinedSplit?[.validation].flatMap { $0.isEmpty ? nil : $0 }
      let soup = try await greedySoup(of: models, on: dataset, indices: chosen, writingTo: out)
      if json { try Terminal.json(soup) } else { Terminal.result(text(soup)) }
    }
  }

  private func text(_ soup: Hone.Soup) -> String {
    var table = TextTable([("model", .left), ("accuracy", .right), ("", .left)])
    for ingredient in soup.ingredients {
      table.add([ingredient.path, Figures.percent(ingredient.alone), ingredient.isTaken ? "taken" : ""])
    }
    table.add([out, Figures.percent(soup.together), "the average, on \(soup.pictures) pictures"])
    return table.text
  }
}
