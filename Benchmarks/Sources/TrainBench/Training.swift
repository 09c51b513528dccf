import Foundation
import Hone
import HoneTensor

let batch = 32
let threads = 2

/// Pictures and labels of the file that BENCH_BATCH names: float32, the labels behind.
func sharedBatch() throws -> (pixels: [Float], labels: [Int]) {
  let path = ProcessInfo.processInfo.environment["BENCH_BATCH"] ?? "batch.bin"
  let numbers = try Data(contentsOf: URL(filePath: path)).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  return (Array(numbers.dropLast(batch)), numbers.suffix(batch).map { Int($0) })
}

func recipe(_ model: String, _ precision: Precision) -> Recipe {
  var recipe = Recipe(model: ModelChoice(model), batchSize: .fixed(batch), optimizer: .adam(rate: 1e-3))
  recipe.precision = .fixed(precision)
  recipe.threads = .fixed(threads)
  return recipe
}

/// Floating-point operations of a training step: two per multiply-add, forward, and for the gradients of the inputs and
/// of the weights; the first layer's input has none.
func flops(_ structure: Structure) throws -> Double {
  let rows = try structure.summary().rows.map { Double($0.multiplyAdds) }
  let first = rows.first { $0 > 0 } ?? 0
  return Double(batch) * 2 * (3 * rows.reduce(0, +) - first)
}

func training(_ model: String, _ precision: Precision) throws -> Contest {
  let classes = model == "classic-cnn" ? 2 : 1000
  let recipe = recipe(model, precision)
  let (pixels, labels) = try sharedBatch()
  let structure = try recipe.makeModel(classes: (0..<classes).map { "\($0)" }).structure
  return Contest(
    facts: ["engine": "Hone on libtorch \(Engine.version)", "threads": threads, "flops": try flops(structure)],
    amount: Double(batch)
  ) {
    let step = try TrainingStep(recipe, pixels: pixels, labels: labels, classes: classes)
    return { try step.run() }
  }
}
