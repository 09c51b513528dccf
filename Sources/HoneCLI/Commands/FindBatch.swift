import ArgumentParser
import Foundation
import Hone

struct FindBatch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find the largest batch that fits into memory, and the fastest per picture.",
    discussion: """
      Example:
        hone find-batch --model resnet18 --size 64 --memory 4g
        hone find-batch --recipe recipe.yaml --classes 102 --largest 256

      Trains the network for a few steps on blank pictures, in batches of 2, 4, 8 and so on. What memory larger batches \
      would take follows from that of smaller ones, so that none runs beyond the limit.
      """)

  @OptionGroup var choices: RecipeChoices

  @Option(help: "Classes of the head.")
  var classes = 10

  @Option(help: "What tensors may hold, such as 800m or 4g. (default: three quarters of the machine's memory)")
  var memory: MemorySize?

  @Option(help: "The size at which the search ends.")
  var largest = 512

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    guard classes >= 2 else { throw ValidationError("--classes begins at 2, and is \(classes)") }
    guard largest >= 1 else { throw ValidationError("--largest begins at 1, and is \(largest)") }
  }

  func run() async throws {
    ComputeThreads.yieldWhenIdle()
    try await Outcome.of {
      let line = StatusLine()
      let limit = memory?.bytes ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 4 * 3)
      let search = try await findBatch(
        for: choices.chosen(), classes: classes, memoryLimit: limit, largestAllowed: self.largest
      ) { line.say("batch \($0.size): \(Self.figures(of: $0))") }
      line.clear()
      guard let largest = search.largest, let fastest = search.fastest else {
        Terminal.note("not even one picture fits into \(Numbers.bytes(limit)); lower --size, or take a smaller --model")
        throw ExitCode.failure
      }
      if json { return try Terminal.json(Summary(trials: search.trials, largest: largest, fastest: fastest)) }
      Terminal.result(Self.text(search, largest: largest, fastest: fastest))
    }
  }

  private static func figures(of trial: BatchSearch.Trial) -> String {
    "\(Int(1 / trial.secondsPerPicture)) pictures/s, \(Numbers.bytes(trial.peakBytes))"
  }

  private static func text(_ search: BatchSearch, largest: Int, fastest: Int) -> String {
    var table = TextTable([("batch", .right), ("pictures/s", .right), ("memory", .right), ("", .left)])
    for trial in search.trials {
      let marks = [trial.size == fastest ? "fastest" : nil, trial.size == largest ? "largest that fits" : nil]
      table.add([
        "\(trial.size)", "\(Int(1 / trial.secondsPerPicture))", Numbers.bytes(trial.peakBytes),
        marks.compactMap { $0 }.joined(separator: ", "),
      ])
    }
    return table.text
  }

  private struct Summary: Encodable {
    var trials: [BatchSearch.Trial]
    var largest: Int
    var fastest: Int
  }
}

/// Bytes as a person writes them: `800m`, `4g`, `1.5g`.
struct MemorySize: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    guard let parts = argument.lowercased().wholeMatch(of: /(\d+(?:\.\d+)?)([kmg])b?/)?.output,
      let number = Double(parts.1), number > 0, number < 1e9
    else { return nil }
    let powers: [Substring: Double] = ["k": 1024, "m": 1_048_576, "g": 1_073_741_824]
    bytes = Int(number * (powers[parts.2] ?? 1))
  }
}
