import Foundation
import Hone
import HoneTensor

let batch = 32
let threads = ProcessInfo.processInfo.environment["OMP_NUM_THREADS"].flatMap(Int.init) ?? 2

/// Pictures and labels of the file that BENCH_BATCH names: float32, the labels behind.
func sharedBatch() throws -> (pixels: [Float], labels: [Int]) {
  let path = ProcessInfo.processInfo.environment["BENCH_BATCH"] ?? "batch.bin"
  let numbers = try floats(in: path)
  return (Array(numbers.dropLast(batch)), numbers.suffix(batch).map { Int($0) })
}

func recipe(_ model: String, _ precision: Precision) -> Recipe {
  var recipe = Recipe(model: ModelChoice(model), batchSize: .fixed(batch), optimizer: .adam(rate: 1e-3))
  recipe.precision = .fixed(precision)
  recipe.threads = .fixed(threads)
  recipe.model.options.dropPath = 0  // as the peers' networks begin
  return recipe
}

func training(_ model: String, _ precision: Precision) throws -> Contest {
  let classes = model == "classic-cnn" ? 2 : 1000
  let recipe = recipe(model, precision)
  let (pixels, labels) = try sharedBatch()
  let structure = try recipe.makeModel(classes: (0..<classes).map { "\($0)" }).structure
  return Contest(
    facts: [
      "engine": "Hone on libtorch \(Engine.version)", "threads": threads,
      "flops": Double(batch) * (try structure.summary().trainingOperations),
    ],
    amount: Double(batch)
  ) { seed in
    var recipe = recipe
    recipe.seed = seed
    let step = try TrainingStep(recipe, pixels: pixels, labels: labels, classes: classes)
    return { try step.run() }
  }
}
