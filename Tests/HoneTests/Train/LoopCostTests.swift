import Foundation
import Hone
import HoneAugment
import HoneImage
import HoneTensor
import HoneTesting
import Testing

/// Figures of the machine at hand; they need a quiet one, so they run with the slow tests.
///
/// A perfect loop takes as long as the loader's processor time shared by all cores, and the network's own time after it.
@Suite(.serialized) struct LoopCostTests {
  static let batch = 32
  static let classes = 7
  static let repeats = 7

  /// The classic CNN learning, and a head on frozen features: pictures of 224×224 in the precision of this machine.
  enum Work: CaseIterable {
    case classicCNN, frozenMobileNetV2

    /// Enough of them that the first batch, which nothing can overlap with, is a small part.
    var batches: Int { self == .classicCNN ? 11 : 28 }

    var recipe: Recipe {
      switch self {
      case .classicCNN:
        Recipe(
          model: ModelChoice("classic-cnn", input: InputSpec(side: 224)), epochs: 1, batchSize: .fixed(batch),
          optimizer: .adam(rate: 1e-4), augmentation: Pipeline { Flip().applied(0.5) })
      case .frozenMobileNetV2:
        Recipe(
          model: ModelChoice("mobilenet-v2"), epochs: 1, batchSize: .fixed(batch), optimizer: .adam(rate: 1e-4),
          transfer: TransferChoice(frozenEpochs: 1))
      }
    }

    /// What the network does with one batch that is there already.
    func step(_ model: Model) throws -> () throws -> Void {
      let x = try Tensor.uniform([batch, 3, 224, 224], seed: 1).channelsLast()
      let precision: DType? = Engine.hasFastBFloat16 ? .bfloat16 : nil
      switch self {
      case .classicCNN:
        let objective = try Objective(recipe.loss, outputs: classes, counts: Array(repeating: 1, count: classes))
        let optimizer = try Optimizer(recipe.optimizer, for: model.parameters)
        let y = try Tensor((0..<batch).map { $0 % classes }).oneHot(classes).to(.float32)
        return {
          let loss = try objective.loss(withAutocast(precision) { try model(x, Pass(training: true)) }, y)
          _ = try loss.item()
          try loss.backward()
          try optimizer.step(rate: 1e-4)
          for member in model.parameters { member.parameter.dropGradient() }
        }
      case .frozenMobileNetV2:
        let eye = try model.optimizedForInference()
        return { _ = try withoutGradients { try withAutocast(precision) { try eye.embed(x) } }.to(.float32) }
      }
    }
  }

  @Test(
    "An epoch from files costs at most 1.08 × (loader CPU seconds ÷ cores + step seconds)", .needsData, .slow,
    arguments: Work.allCases)
  func epoch(_ work: Work) async throws {
    let data = try Self.pictures()
    var stream = RandomStream(seed: 1, name: "pictures")
    let indices = Array(stream.permutation(data.samples.count).prefix(Self.batch * work.batches))
    let ratios = try await Engine.run {
      Engine.setThreads(ProcessInfo.processInfo.activeProcessorCount)
      _ = try Self.epochSeconds(work, data, indices)
      return try (0..<Self.repeats).map { _ in
        let loader = try Self.loaderSeconds(work, data, indices)
        let steps = try Self.stepSeconds(work, data)
        let epoch = try Self.epochSeconds(work, data, indices)
        print("\(work): loader CPU \(loader) s, steps \(steps) s, epoch \(epoch) s")
        return epoch / (loader / Double(ProcessInfo.processInfo.activeProcessorCount) + steps)
      }
    }
    print("\(work): \(ratios.sorted())")
    #expect(ratios.sorted()[Self.repeats / 2] <= 1.08, "\(ratios)")
  }

  /// Flowers, cats and dogs: 925 photographs.
  static func pictures() throws -> Dataset {
    let (flowers, pets) = try (Dataset(at: TestData.path("flowers")), Dataset(at: TestData.path("cats_dogs")))
    let others = pets.samples.map { Sample(source: $0.source, label: flowers.classes.count + $0.label) }
    return Dataset(
      name: "photographs", root: TestData.path("."), classes: flowers.classes + pets.classes,
      samples: flowers.samples + others)
  }

  /// Processor time of the loader's threads for one epoch.
  static func loaderSeconds(_ work: Work, _ data: Dataset, _ indices: [Int]) throws -> Double {
    let model = try work.recipe.makeModel(classes: data.classes)
    let steps = (work.recipe.augmentation?.steps ?? []) + model.preprocessing.pipeline.steps
    let loader = try Loader(
      data, indices: indices,
      options: .init(
        pipeline: Pipeline(steps), inputSize: Size(height: 224, width: 224),
        normalization: model.preprocessing.normalization, batchSize: batch, shuffles: true))
    let run = loader.epoch(0)
    while try run.next() != nil {}
    return run.statistics.workerSeconds
  }

  static func stepSeconds(_ work: Work, _ data: Dataset) throws -> Double {
    let step = try work.step(work.recipe.makeModel(classes: data.classes))
    for _ in 0..<2 { try step() }
    return try seconds { for _ in 0..<work.batches { try step() } }
  }

  /// The classic CNN's epoch as the trainer measures it; for frozen features the whole training: they are made once.
  static func epochSeconds(_ work: Work, _ data: Dataset, _ indices: [Int]) throws -> Double {
    let model = try work.recipe.makeModel(classes: data.classes)
    var history: [EpochMetrics] = []
    let whole = try seconds {
      history = try Trainer(work.recipe, model: model, dataset: data, split: Split(train: indices)).fit().history
    }
    return work == .classicCNN ? history[0].seconds : whole
  }

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    try ContinuousClock().measure(body) / .seconds(1)
  }
}
