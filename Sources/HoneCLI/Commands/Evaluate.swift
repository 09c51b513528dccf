import ArgumentParser
import Foundation
import Hone

struct Evaluate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model on labelled pictures.",
    discussion: """
      Example:
        hone evaluate runs/photos/model.safetensors photos/

      Prints top-1 and top-5 accuracy with a 95 % interval, precision, recall and F1 of every class, the confusion \
      matrix and the calibration error. Data with a test part of their own are measured on it, others whole.
      """)

  @Argument(help: "A model file that `hone train` or `hone improve` wrote.")
  var model: String

  @Argument(help: "A folder of class folders, a table of paths and labels, CIFAR or IDX files.")
  var data: String

  @Option(help: "train, validation, test or all. (default: test where the data have one, else all)")
  var part: String?

  @OptionGroup var choices: AskingChoices

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    guard part == nil || part == "all" || part.flatMap(Dataset.Part.init(rawValue:)) != nil else {
      throw ValidationError("--part is train, validation, test or all")
    }
  }

  func run() async throws {
    try await Outcome.of {
      let dataset = try Dataset(at: data)
      let indices = try indices(of: dataset)
      let report = EvaluationReport(
        try await evaluate(modelAt: model, on: dataset, indices: indices, options: choices.options))
      if json { try Terminal.json(report) } else { Terminal.result(report.text) }
    }
  }

  private func indices(of dataset: Dataset) throws -> [Int] {
    let all = Array(dataset.samples.indices)
    guard let given = part.flatMap(Dataset.Part.init(rawValue:)) else {
      return part == nil ? dataset.predefinedSplit?[.test] ?? all : all
    }
    guard let indices = dataset.predefinedSplit?[given], !indices.isEmpty else {
      throw HoneError(.badData, "\(data) has no part called \(given.rawValue)", file: data)
    }
    return indices
  }
}
