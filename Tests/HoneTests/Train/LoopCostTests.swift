import Foundation
import Hone
import HoneAugment
import HoneImage
import HoneTensor
import HoneTesting
import Testing

/// Figures of the machine at hand; they need a quiet one, so they run with the slow tests.
@Suite(.serialized) struct LoopCostTests {
  static let side = 96

  static func recipe() -> Recipe {
    var recipe = Recipe(
      model: ModelChoice("classic-cnn", input: InputSpec(side: side)), epochs: 1, batchSize: 16,
      optimizer: .adam(rate: 1e-4), augmentation: Pipeline { Flip().applied(0.5) })
    recipe.precision = .fixed(.float32)
    return recipe
  }

  @Test(
    "An epoch from files costs at most 1.08 × (loader CPU seconds ÷ cores + step seconds)", .needsData, .slow)
  func epoch() async throws {
    let data = try Dataset(at: TestData.path("cats_dogs/train"))
    let indices = Array(data.samples.indices.prefix(256))
    let ratios = try await Engine.run {
      try (0..<5).map { _ in
        let loader = try Self.loaderSeconds(data, indices)
        let steps = try Self.stepSeconds(batches: indices.count / 16)
        let epoch = try Self.epochSeconds(data, indices)
        let cores = Double(ProcessInfo.processInfo.activeProcessorCount)
        print("loader CPU \(loader) s, steps \(steps) s, epoch \(epoch) s")
        return epoch / (loader / cores + steps)
      }
    }
    #expect(ratios.sorted()[2] <= 1.08, "\(ratios)")
  }

  /// Processor time of the loader's threads for one epoch.
  static func loaderSeconds(_ data: Dataset, _ indices: [Int]) throws -> Double {
    let model = try recipe().makeModel(classes: data.classes)
    let steps = (recipe().augmentation?.steps ?? []) + model.preprocessing.pipeline.steps
    let loader = try Loader(
      data, indices: indices,
      options: .init(
        pipeline: Pipeline(steps), inputSize: Size(height: side, width: side),
        normalization: model.preprocessing.normalization, batchSize: 16, shuffles: true))
    let run = loader.epoch(0)
    while try run.next() != nil {}
    return run.statistics.workerSeconds
  }

  /// Training steps on one batch that is there already: nothing but the network and the optimizer.
  static func stepSeconds(batches: Int) throws -> Double {
    let recipe = recipe()
    Engine.setThreads(ProcessInfo.processInfo.activeProcessorCount)
    let model = try recipe.makeModel(classes: ["a", "b"])
    let objective = try Objective(recipe.loss, outputs: 1, classes: 2)
    let optimizer = try Optimizer(recipe.optimizer, for: model.parameters)
    let x = try Tensor.uniform([16, 3, side, side], seed: 1).channelsLast()
    let y = try Tensor((0..<16).map { $0 % 2 }).oneHot(2).to(.float32)
    func step() throws {
      try objective.loss(model(x, Pass(training: true)), y).backward()
      try optimizer.step(rate: 1e-4)
      for member in model.parameters { member.parameter.dropGradient() }
    }
    for _ in 0..<2 { try step() }
    let began = Date()
    for _ in 0..<batches { try step() }
    return Date().timeIntervalSince(began)
  }

  static func epochSeconds(_ data: Dataset, _ indices: [Int]) throws -> Double {
    let trainer = try Trainer(recipe(), dataset: data, split: Split(train: indices))
    return try trainer.fit().history[0].seconds
  }
}
