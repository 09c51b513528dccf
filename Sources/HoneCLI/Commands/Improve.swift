import ArgumentParser
import Foundation
import Hone
import HoneTensor

struct Improve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find the best classifier for your pictures within a budget, and what each method was worth.",
    discussion: """
      Example:
        hone improve photos/ --budget 10m
        hone improve photos/ --backbone mobilenet_v2.pth --budget 1h --out runs/photos

      Sets test pictures aside, trains the plain baseline, measures what data augmentation, model optimization, \
      regularization and knowledge transfer each add alone and together, keeps what helps, and looks at the test \
      pictures once, at the end. The folder gets the model, its recipe, the report and the study's journal; the same \
      command goes on where it was stopped and spends what is left of the budget.
      """)

  @Argument(help: "A folder of class folders, a table of paths and labels, CIFAR or IDX files.")
  var data: String

  @Option(help: "Pretrained weights (.pth, .safetensors, or a model of Hone's); may be given several times.")
  var backbone: [String] = []

  @Option(help: "Time to spend, such as 90s, 10m or 1h30m.")
  var budget = TimeBudget(minutes: 10)

  @Option(help: "Repetitions of the whole comparison to begin with; more while there is time.")
  var seeds = 3

  @Option(help: "Threads that compute. (default: all cores)")
  var threads: Int?

  @Option(help: "Where networks compute: cpu, cuda, cuda:1, mps. (default: a CUDA card where there is one)")
  var device: Device?

  @Option(help: "The folder for everything. (default: runs/NAME-improved)")
  var out: String?

  @Option(help: "The number that all draws come from.")
  var seed: UInt64 = 0

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    guard seeds > 0 else { throw ValidationError("--seeds begins at 1") }
    guard threads ?? 1 > 0 else { throw ValidationError("--threads begins at 1") }
  }

  func run() async throws {
    ComputeThreads.yieldWhenIdle()
    try await Outcome.of {
      let dataset = try Dataset(at: data)
      let options = ImproveOptions(
        budget: budget.seconds, seeds: seeds, backbones: backbone, folder: out ?? "runs/\(dataset.name)-improved",
        seed: seed, threads: threads, device: device)
      let line = StatusLine()
      let interrupts = Interrupts {
        line.say("stopped; what was measured is kept, and the same command goes on from there")
        HoneCommand.leave(.failure)  // the journal is on disk already
      }
      defer { withExtendedLifetime(interrupts) {} }
      let improvement = try await Engine.run {
        try Study.improve(dataset, options: options) { line.show(ProgressText($0)) }
      }
      line.clear()
      if json { try Terminal.json(improvement.result) } else { Terminal.result(improvement.text) }
    }
  }
}

extension ProgressText {
  init(_ study: Study.Progress) {
    self.init(
      title: "training \(study.trainings + 1): \(study.arm)", fraction: study.elapsed / study.budget,
      secondsLeft: max(0, study.budget - study.elapsed))
  }
}

extension Improvement {
  /// The table, and where the rest lies.
  fileprivate var text: String {
    """
    \(result.table)

    model   \(modelPath)
    recipe  \(recipePath)
    report  \(reportPath)
    """
  }
}
