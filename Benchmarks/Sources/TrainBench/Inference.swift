import Foundation
import Hone
import HoneTensor

/// Answers about the first `count` pictures of the shared batch, as `hone predict` asks: an optimized copy, no gradients.
func inference(_ model: String, _ precision: Precision, count: Int, weights: String?) throws -> Contest {
  Engine.setThreads(threads)
  let trained = try trained(model, weights)
  let network = try trained.optimizedForInference()
  let autocast: DType? = precision == .bfloat16 ? .bfloat16 : nil
  func logits(_ pictures: Tensor) throws -> Tensor {
    try withoutGradients { try withAutocast(autocast) { try network(pictures) }.to(.float32) }
  }
  let shape = trained.structure.input.shape
  func pictures(_ pixels: [Float]) throws -> Tensor {
    try Tensor(pixels, shape: [pixels.count / shape.reduce(1, *)] + shape)
  }
  return Contest(
    facts: ["engine": "Hone on libtorch \(Engine.version)", "threads": threads], amount: Double(count),
    begin: { _ in
      let batch = try pictures(sharedBatch().pixels).narrow(0, start: 0, length: count).contiguous()
      return { Double(try logits(batch).floats()[0]) }
    },
    answer: { try logits(pictures($0)).floats() })
}

/// A model of Hone's, or a structure's thousand classes with the weights of a file, or with random ones.
private func trained(_ model: String, _ weights: String?) throws -> Model {
  if let weights, ModelFile.isModel(weights) { return try ModelFile.load(weights) }
  let trained = try Model.make(Structure(model, classes: 1000), seed: 0)
  if let weights { try trained.loadWeights(weights) }
  return trained
}

/// The file's numbers.
func floats(in path: String) throws -> [Float] {
  try Data(contentsOf: URL(filePath: path)).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
}

/// Answers about the pictures of one file, written to another.
func answer(_ contest: Contest, about input: String, into output: String) throws -> [String: Any] {
  let logits = try contest.answer?(floats(in: input)) ?? []
  try logits.withUnsafeBytes { Data($0) }.write(to: URL(filePath: output))
  return ["count": logits.count]
}
