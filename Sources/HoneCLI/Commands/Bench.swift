import ArgumentParser
import Hone

struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast a structure learns and answers on this machine, and where the time goes.",
    discussion: """
      Example:
        hone bench --model resnet18
        hone bench --model mobilenet-v2 --batch 64 --size 160 --profile
        hone bench --recipe recipe.yaml --classes 102 --json

      On random pictures; nothing is kept. The machine's own rates are measured in the same run: what it multiplies in \
      large products and convolutions, and what its memory moves. --profile sets each operation against them: 100 % is \
      what the machine could do if the operation did nothing but its multiplications, or moved its operands once. 3×3 \
      convolutions may pass it: some need fewer multiplications than are counted for them.
      """)

  @OptionGroup var choices: RecipeChoices

  @Option(help: "Classes of the head.")
  var classes = 10

  @Option(help: "Seconds of each measurement.")
  var seconds = 3.0

  @Flag(help: "Time each operation of a training step.")
  var profile = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    guard classes >= 2 else { throw ValidationError("--classes begins at 2, and is \(classes)") }
    guard seconds >= 0 else { throw ValidationError("--seconds begins at 0, and is \(seconds)") }
  }

  func run() async throws {
    ComputeThreads.yieldWhenIdle()
    try await Outcome.of {
      let line = StatusLine()
      let test = SpeedTest(of: try choices.chosen(), classes: classes, seconds: seconds, profiles: profile)
      let report = try await test.run { line.show(ProgressText(title: "measuring \($0)", fraction: $1)) }
      line.clear()
      if json { try Terminal.json(report) } else { Terminal.result(report.text) }
    }
  }
}
