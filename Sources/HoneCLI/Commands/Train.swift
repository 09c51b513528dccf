import ArgumentParser
import Foundation
import Hone
import HoneImage
import HoneTensor

struct Train: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train one model on a folder of labelled pictures.",
    discussion: """
      Example:
        hone train photos/ --model resnet18 --epochs 30 --out runs/photos
        hone train photos/ --recipe recipe.yaml --backbone runs/other/model.safetensors
        hone train photos/ --model resnet50 --dry-run

      The run folder gets the model, the recipe, the metrics of every epoch (CSV and TensorBoard event files), \
      checkpoints and a report. Ctrl-C finishes the batch and saves; the same command then goes on where it stopped.
      """)

  @Argument(help: "A folder of class folders, a table of paths and labels, CIFAR or IDX files.")
  var data: String

  @OptionGroup var choices: RecipeChoices

  @Option(help: "The run folder. (default: runs/ and the data's name, numbered)")
  var out: String?

  @Flag(help: "Train for a few batches only, and say what the run would take in memory and time.")
  var dryRun = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() async throws {
    ComputeThreads.yieldWhenIdle()
    try await Outcome.of {
      let dataset = try Dataset(at: data)
      let recipe = try choices.chosen()
      if dryRun { return try await forecast(recipe, dataset) }
      let folder = out ?? RunFolders.free(for: dataset.name)
      let display = TrainingDisplay()
      let split = try split(dataset, recipe, display.line)
      let stop = StopFlag()
      let interrupts = Interrupts {
        display.line.say("finishing the batch and saving; once more ends at once")
        stop.raise()
      }
      defer { withExtendedLifetime(interrupts) {} }
      let result = try await Hone.train(
        recipe, on: dataset, split: split, folder: folder, stop: stop, progress: display.show)
      guard result.stop != .interrupted else {
        Terminal.note("stopped; to go on: \(resumption(folder))")
        throw ExitCode.failure
      }
      let summary = Summary(result, folder: folder)
      let report = TrainingReport(result, dataset: dataset, split: split, modelPath: summary.model)
      try AtomicFile.write(report.html, to: summary.report)
      if json { try Terminal.json(summary) } else { Terminal.result(summary.text) }
    }
  }

  private func forecast(_ recipe: Recipe, _ dataset: Dataset) async throws {
    let line = StatusLine()
    let split = try split(dataset, recipe, line)
    line.show(ProgressText(title: "trying a few batches", fraction: 0))
    let forecast = try await Engine.run { try RunForecast(recipe, on: dataset, split: split) }
    line.clear()
    if json { try Terminal.json(forecast) } else { Terminal.result(forecast.text) }
  }

  /// Which pictures train and which validate: what can be read, duplicates on one side.
  private func split(_ dataset: Dataset, _ recipe: Recipe, _ line: StatusLine) throws -> Split {
    let report = DataReport.scanning(dataset, line: line)
    report.announceProblems(on: line)
    let grouping = Grouping(dataset, duplicates: report.duplicates.map(\.samples))
    return try Split(
      dataset, validation: recipe.data.validation, grouping: grouping, usable: report.usable(), seed: recipe.seed)
  }

  private func resumption(_ folder: String) -> String {
    let words = CommandLine.arguments.dropFirst() + (out == nil ? ["--out", folder] : [])
    return "hone " + words.map { $0.contains(" ") ? "'\($0)'" : $0 }.joined(separator: " ")
  }

  /// What is left of a training.
  private struct Summary: Encodable {
    var model: String
    var report: String
    var validationAccuracy: Double?
    var validationPictures: Int
    var epochs: Int
    var bestEpoch: Int
    var seconds: Double
    var stop: StopReason
    var sparsity: Sparsity?

    init(_ result: FitResult, folder: String) {
      model = folder + "/model.safetensors"
      report = folder + "/report.html"
      validationAccuracy = result.validation?.accuracy
      validationPictures = result.validation?.count ?? 0
      epochs = result.history.count
      bestEpoch = result.bestEpoch
      seconds = result.seconds
      stop = result.stop
      sparsity = result.sparsity
    }

    var text: String {
      let accuracy =
        validationAccuracy.map { "\(Figures.percent($0)) of \(validationPictures) validation pictures, " } ?? ""
      let zeros = sparsity.map {
        "\nzeros   \(Figures.percent($0.share)) of the weights that pay, \($0.emptyFilters) of \($0.filters) filters whole"
      }
      return """
        \(accuracy)epoch \(bestEpoch) of \(epochs), \(ProgressText.clock(seconds))
        model   \(model)
        report  \(report)\(zeros ?? "")
        """
    }
  }
}

extension RunForecast {
  fileprivate var text: String {
    let memory = String(format: "%.2f GiB", Double(peakBytes) / Double(1 << 30))
    return """
      \(structure) · \(Figures.count(parameters)) parameters · \(trainingPictures) pictures to train, \(validationPictures) to validate
      batches of \(batchSize) in \(precision.rawValue) on \(threads) threads, \(stepsPerEpoch) steps an epoch
      memory  \(memory) of tensors at the peak; less with a smaller --batch or --size
      time    \(ProgressText.clock(secondsPerEpoch)) an epoch, \(ProgressText.clock(seconds)) for \(epochs) epochs, validation aside
      """
  }
}

/// The flags that make or change a recipe.
struct RecipeChoices: ParsableArguments {
  @Option(help: "A recipe file, YAML or JSON; flags below change it.")
  var recipe: String?

  @Option(help: "A structure that `hone models` lists.")
  var model: String?

  @Option(help: "Pretrained weights (.pth, .safetensors, or a model of Hone's) to start from.")
  var backbone: String?

  @Option(help: "Times that every training picture is seen.")
  var epochs: Int?

  @Option(help: "Pictures in a batch.")
  var batch: Int?

  @Option(help: "The learning rate.")
  var rate: Double?

  @Option(help: "The side of the model's input in pixels.")
  var size: Int?

  @Option(help: "The number that all draws come from.")
  var seed: UInt64?

  @Option(help: "Threads that compute. (default: all cores)")
  var threads: Int?

  @Option(help: "Where the network computes: cpu, cuda, cuda:1, mps. (default: a CUDA card where there is one)")
  var device: Device?

  func validate() throws {
    for (name, value) in [("epochs", epochs), ("batch", batch), ("size", size), ("threads", threads)] {
      if let value, value < 1 { throw ValidationError("--\(name) begins at 1, and is \(value)") }
    }
    if let rate, !(rate > 0) { throw ValidationError("--rate must be above 0, and is \(rate)") }
    if let model, !Structure.names.contains(Structure(model, classes: 2).name) {
      throw ValidationError(HoneError.unknown(model, among: Structure.names, noun: "a structure").message)
    }
  }

  func chosen() throws -> Recipe {
    var recipe = try recipe.map(Recipe.init(contentsOf:)) ?? Recipe()
    if let model { recipe.model.structure = model }
    if let size { recipe.model.input = InputSpec(side: size) }
    if let backbone {
      recipe.model.backbone = backbone
      if model == nil, self.recipe == nil {
        let structure = try Structure(ofBackbone: backbone, classes: 2)
        (recipe.model.structure, recipe.model.options) = (structure.name, structure.options)
      }
    }
    if let epochs { recipe.epochs = epochs }
    if let batch { recipe.batchSize = .fixed(batch) }
    if let rate { recipe.optimizer.rate = rate }
    if let seed { recipe.seed = seed }
    if let threads { recipe.threads = .fixed(threads) }
    if let device { recipe.device = .fixed(device) }
    try recipe.check()
    return recipe
  }
}

/// Names of run folders.
enum RunFolders {
  /// `runs/NAME`, or the first of `runs/NAME-2`, `-3` … that no finished run has taken.
  static func free(for name: String) -> String {
    let names = (1...).lazy.map { $0 == 1 ? "runs/\(name)" : "runs/\(name)-\($0)" }
    return names.first { !FileManager.default.fileExists(atPath: $0 + "/result.json") } ?? "runs/\(name)"
  }
}
