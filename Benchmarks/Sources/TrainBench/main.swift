// One training step of Hone, as a contestant of Benchmarks/train.py: MODEL PRECISION (the protocol is in peers/worker.py).
import Foundation
import Hone
import HoneAugment
import HoneTensor

let batch = 32

/// The peers' picture: a bright or dark one under noise.
func pixels() -> [Float] {
  var stream = RandomStream(seed: 7)
  return (0..<batch).flatMap { row in
    (0..<3 * 224 * 224).map { _ in Float(stream.normal() + (row % 2 == 0 ? -0.5 : 0.5)) }
  }
}

func recipe(_ model: String, _ precision: String) -> Recipe {
  let structure = ["mobilenet-v2": "mobilenet-v2", "resnet18": "resnet18"][model] ?? "classic-cnn"
  var recipe = Recipe(model: ModelChoice(structure), batchSize: 32, optimizer: .adam(rate: 1e-3))
  recipe.precision = .value(precision == "bf16" ? .bfloat16 : .float32)
  recipe.threads = 2
  return recipe
}

func say(_ values: [String: Any]) throws {
  FileHandle.standardOutput.write(try JSONSerialization.data(withJSONObject: values) + Data("\n".utf8))
}

func serve(_ model: String, _ precision: String) throws {
  let numbers = pixels()
  let classes = model == "classic-cnn" ? 2 : 1000
  func fresh() throws -> TrainingStep {
    try TrainingStep(
      recipe(model, precision), pixels: numbers, labels: (0..<batch).map { $0 % 2 }, classes: classes)
  }
  let step = try fresh()
  for _ in 0..<3 { try step.run() }
  try say(["ready": ["engine": "Hone on libtorch \(Engine.version)", "threads": Engine.threads]])
  while let line = readLine() {
    let words = line.split(separator: " ")
    guard let count = words.last.flatMap({ Int($0) }) else { return }
    if words[0] == "go" {
      let before = Date()
      for _ in 0..<count { try step.run() }
      try say(["seconds": Date().timeIntervalSince(before), "images": count * batch])
    } else {
      let other = try fresh()
      var loss = Double.nan
      for _ in 0..<count { loss = try other.run() }
      try say(["loss": loss])
    }
  }
}

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
  FileHandle.standardError.write(Data("usage: TrainBench classic-cnn|mobilenet-v2|resnet18 fp32|bf16\n".utf8))
  exit(64)
}
try await Engine.run { try serve(arguments[1], arguments[2]) }
