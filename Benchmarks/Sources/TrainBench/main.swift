// Hone as a contestant of Benchmarks/train.py: a training step, or the machine's rate at what a step is made of.
// The protocol is described in peers/worker.py.
import Foundation
import Hone
import HoneTensor

let usage = """
  usage: TrainBench classic-cnn|mobilenet-v2|resnet18 fp32|bf16
         TrainBench product|convolution fp32|bf16

  """

/// Something to be timed: `begin` starts it afresh and gives one step, whose loss is returned where it has one.
struct Contest {
  var facts: [String: Any]
  /// What a step does, in the unit of the rate.
  var amount: Double
  var begin: () throws -> () throws -> Double
}

func say(_ values: [String: Any]) throws {
  FileHandle.standardOutput.write(try JSONSerialization.data(withJSONObject: values) + Data("\n".utf8))
}

/// Seconds of `count` steps, after one untimed. They begin at fresh weights: a trained network's zeros cost Hone less.
func time(_ contest: Contest, _ count: Int) throws -> Double {
  let step = try contest.begin()
  _ = try step()
  let before = ContinuousClock.now
  for _ in 0..<count { _ = try step() }
  return (ContinuousClock.now - before) / .seconds(1)
}

/// The first loss, and the mean of the last five of `count` steps: the path of one step's loss differs by precision.
func losses(_ contest: Contest, _ count: Int) throws -> [String: Any] {
  let step = try contest.begin()
  let path = try (0..<max(5, count)).map { _ in try step() }
  return ["first": path[0], "loss": path.suffix(5).reduce(0, +) / 5]
}

func serve(_ contest: Contest) throws {
  _ = try time(contest, 2)
  try say(["ready": contest.facts])
  while let words = readLine()?.split(separator: " "), words.count == 2, let count = Int(words[1]) {
    try say(
      words[0] == "loss"
        ? losses(contest, count) : ["seconds": time(contest, count), "amount": contest.amount * Double(count)])
  }
}

func contest(_ name: String, _ precision: Precision) throws -> Contest {
  name == "product" || name == "convolution" ? try rate(name, precision) : try training(name, precision)
}

let words = CommandLine.arguments.dropFirst()
let precisions = ["fp32": Precision.float32, "bf16": .bfloat16]
guard words.count == 2, let name = words.first, let precision = words.last.flatMap({ precisions[$0] }) else {
  FileHandle.standardError.write(Data(usage.utf8))
  exit(64)
}
try await Engine.run { try serve(contest(name, precision)) }
