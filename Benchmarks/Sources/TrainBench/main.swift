// Hone as a contestant of Benchmarks/train.py and infer.py: a training step, answers about pictures, or the machine's rate
// at what a step is made of. The protocol is described in peers/worker.py.
import Foundation
import Hone
import HoneTensor

let usage = """
  usage: TrainBench STRUCTURE fp32|bf16
         TrainBench STRUCTURE fp32|bf16 answer BATCH [WEIGHTS]
         TrainBench product|convolution fp32|bf16

  """

/// Something to be timed: `begin` starts it afresh and gives one step, whose loss is returned where it has one.
struct Contest {
  var facts: [String: Any]
  /// What a step does, in the unit of the rate.
  var amount: Double
  var begin: (_ seed: UInt64) throws -> () throws -> Double
  /// Scores of pictures, for who does not train.
  var answer: (([Float]) throws -> [Float])?
}

func say(_ values: [String: Any]) throws {
  FileHandle.standardOutput.write(try JSONSerialization.data(withJSONObject: values) + Data("\n".utf8))
}

/// Seconds of `count` steps, after one untimed. They begin at fresh weights: a trained network's zeros cost Hone less.
func time(_ contest: Contest, _ count: Int) throws -> Double {
  let step = try contest.begin(0)
  _ = try step()
  let before = ContinuousClock.now
  for _ in 0..<count { _ = try step() }
  return (ContinuousClock.now - before) / .seconds(1)
}

/// The first loss and the mean of the last five of `count` steps, each the mean of trainings from several seeds: on the way
/// down one training's loss differs with the least change of its arithmetic.
func losses(_ contest: Contest, _ count: Int, seeds: UInt64 = 5) throws -> [String: Any] {
  var (first, last): ([Double], [Double]) = ([], [])
  for seed in 0..<seeds {
    let step = try contest.begin(seed)
    let path = try (0..<max(5, count)).map { _ in try step() }
    first.append(path[0])
    last.append(path.suffix(5).reduce(0, +) / 5)
  }
  return ["first": first.reduce(0, +) / Double(seeds), "loss": last.reduce(0, +) / Double(seeds), "losses": last]
}

func serve(_ contest: Contest) throws {
  _ = try time(contest, 2)
  try say(["ready": contest.facts])
  while let words = readLine()?.split(separator: " ").map(String.init), let answer = try reply(to: words, contest) {
    try say(answer)
  }
}

func reply(to words: [String], _ contest: Contest) throws -> [String: Any]? {
  if words.count == 3, words[0] == "logits" { return try answer(contest, about: words[1], into: words[2]) }
  guard words.count == 2, let count = Int(words[1]) else { return nil }
  if words[0] == "loss" { return try losses(contest, count) }
  return ["seconds": try time(contest, count), "amount": contest.amount * Double(count)]
}

/// Whom the command line asks for; nil where it asks for nobody known.
func contest(_ words: [String]) throws -> Contest? {
  let precisions = ["fp32": Precision.float32, "bf16": .bfloat16]
  guard words.count >= 2, let precision = precisions[words[1]] else { return nil }
  switch (words[0], words.count) {
  case ("product", 2), ("convolution", 2): return try rate(words[0], precision)
  case (let model, 2): return try training(model, precision)
  case (let model, 4...5) where words[2] == "answer":
    guard let count = Int(words[3]) else { return nil }
    return try inference(model, precision, count: count, weights: words.dropFirst(4).first)
  default: return nil
  }
}

let words = Array(CommandLine.arguments.dropFirst())
try await Engine.run {
  guard let contest = try contest(words) else {
    FileHandle.standardError.write(Data(usage.utf8))
    exit(64)
  }
  try serve(contest)
}
