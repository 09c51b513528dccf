import Foundation
import Hone
import HoneAugment
import HoneTensor
import HoneTesting
import Synchronization
import Testing

@Suite struct TrainerTests {
  /// What a run ends with, as values.
  struct Outcome: Sendable, Equatable {
    let weights: [String: [UInt8]]
    let history: [EpochMetrics]

    static func == (a: Outcome, b: Outcome) -> Bool {
      a.weights == b.weights && a.history.map(\.trainLoss) == b.history.map(\.trainLoss)
        && a.history.map(\.validationLoss) == b.history.map(\.validationLoss)
    }
  }

  static func run(
    _ recipe: Recipe, on data: Dataset, split: Split, folder: String? = nil, saving: Trainer.Saving = .automatic,
    stop: StopFlag = StopFlag(), timeLimit: Double? = nil,
    progress: @escaping @Sendable (TrainingEvent) -> Void = { _ in }
  ) async throws -> (Outcome, FitResult) {
    try await Engine.run {
      let trainer = try Trainer(
        recipe, dataset: data, split: split, folder: folder, saving: saving, timeLimit: timeLimit, stop: stop,
        progress: progress)
      let result = try trainer.fit()
      let weights = try trainer.model.state().mapValues { try $0.bytes() }
      return (Outcome(weights: weights, history: result.history), result)
    }
  }

  @Test("32 pictures are learnt by heart", arguments: [Precision.float32, .bfloat16])
  func overfits(_ precision: Precision) async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder, count: 32, noise: 175)
      var recipe = ToyData.recipe(epochs: 40)
      recipe.precision = .fixed(precision)
      recipe.regularization.dropout = nil
      let (_, result) = try await Self.run(recipe, on: data, split: ToyData.split(32, validation: 0))
      let last = try #require(result.history.last)
      #expect(last.trainAccuracy == 1 && last.trainLoss < 0.1, "\(last)")
      #expect(result.validation == nil && result.stop == .finished)
    }
  }

  @Test("The same seed gives the same weights, to the bit, for 1, 2 and 8 workers; another seed does not")
  func deterministic() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 2)
      recipe.augmentation = Pipeline { Flip().applied(0.5) }
      var outcomes: [Outcome] = []
      for workers in [1, 2, 8] {
        recipe.workers = .fixed(workers)
        outcomes.append(try await Self.run(recipe, on: data, split: ToyData.split(64, validation: 16)).0)
      }
      #expect(outcomes[0] == outcomes[1] && outcomes[0] == outcomes[2])
      recipe.seed = 1
      let other = try await Self.run(recipe, on: data, split: ToyData.split(64, validation: 16)).0
      #expect(other != outcomes[0])
    }
  }

  @Test("Several classes, softmax, label smoothing, clipping, accumulation and a schedule work together")
  func everything() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder, count: 60, classes: 4)
      var recipe = ToyData.recipe(epochs: 12)
      recipe.loss.labelSmoothing = 0.1
      recipe.accumulation = 2
      recipe.clipping = Clipping(norm: 1, value: 0.5)
      recipe.schedule = .cosine(warmup: .epochs(1))
      recipe.ema = Averaging(decay: 0.9)
      recipe.flipsWhenTesting = true
      recipe.optimizer = .adamW(rate: 1e-2)
      let (_, result) = try await Self.run(recipe, on: data, split: ToyData.split(60, validation: 20))
      let validation = try #require(result.validation)
      #expect(
        validation.indices == Array(40..<60) && validation.probabilities.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-4 })
      #expect(validation.accuracy > 0.8, "\(validation.accuracy)")
      #expect(result.history.first?.learningRate ?? 0 > result.history.last?.learningRate ?? 1)
    }
  }

  @Test("Early stopping stops, and the model has the best epoch's weights")
  func earlyStopping() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 50)
      recipe.optimizer = .sgd(rate: 0)
      recipe.earlyStopping = EarlyStopping(patience: 2)
      let (_, result) = try await Self.run(recipe, on: data, split: ToyData.split(64, validation: 16))
      #expect(result.stop == .earlyStopping && result.history.count == 3 && result.bestEpoch == 1)
      recipe.optimizer = .adam(rate: 0.02)
      recipe.earlyStopping = EarlyStopping(patience: 4)
      let (_, better) = try await Self.run(recipe, on: data, split: ToyData.split(64, validation: 16))
      let best = try #require(better.history.compactMap(\.validationLoss).min())
      #expect(better.validation?.negativeLogLikelihood == best)
      #expect(better.history[better.bestEpoch - 1].validationLoss == best)
    }
  }

  @Test("The average of the weights is validated and returned, and differs from the last weights")
  func averaging() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 2)
      let (plain, _) = try await Self.run(recipe, on: data, split: ToyData.split(64, validation: 16))
      recipe.ema = Averaging(decay: 0.99)
      let (averaged, result) = try await Self.run(recipe, on: data, split: ToyData.split(64, validation: 16))
      #expect(plain.weights != averaged.weights)
      #expect(plain.history.map(\.trainLoss) == averaged.history.map(\.trainLoss))
      #expect(result.validation?.negativeLogLikelihood == result.history.last?.validationLoss)
    }
  }

  @Test("Divergence stops with advice")
  func diverges() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 20)
      recipe.optimizer = .sgd(rate: 1e20)
      let error = await #expect(throws: HoneError.self) {
        try await Self.run(recipe, on: data, split: ToyData.split(64, validation: 16))
      }
      #expect(error?.code == .diverged && error?.message.contains("optimizer.rate") == true)
    }
  }

  @Test("A stop flag finishes the batch and saves; the run goes on to the same weights")
  func stopAndGoOn() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      let split = ToyData.split(64, validation: 16)
      var recipe = ToyData.recipe(epochs: 3)
      recipe.accumulation = 2
      recipe.ema = Averaging(decay: 0.9)
      recipe.earlyStopping = EarlyStopping(patience: 5)
      let (whole, _) = try await Self.run(recipe, on: data, split: split)
      let stop = StopFlag()
      let (_, stopped) = try await Self.run(recipe, on: data, split: split, folder: folder + "/run", stop: stop) {
        event in
        if case .step(let step) = event, step.epoch == 2, step.batch >= 4 { stop.raise() }
      }
      #expect(stopped.stop == .interrupted && stopped.history.count == 1)
      let (resumed, result) = try await Self.run(recipe, on: data, split: split, folder: folder + "/run")
      #expect(resumed == whole && result.stop == .finished && result.history.count == 3)
      #expect(FileManager.default.fileExists(atPath: folder + "/run/model.safetensors"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/run/checkpoint.safetensors"))
      #expect(
        try String(contentsOfFile: folder + "/run/metrics.csv", encoding: .utf8).split(separator: "\n").count == 4)
      #expect(try Recipe(contentsOf: folder + "/run/recipe.yaml") == result.recipe)
    }
  }

  @Test("A folder with a run of another recipe, or of other pictures, is refused")
  func otherRun() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 3)
      let stop = StopFlag()
      stop.raise()
      _ = try await Self.run(
        recipe, on: data, split: ToyData.split(64, validation: 16), folder: folder + "/run", stop: stop)
      let other = await #expect(throws: HoneError.self) {
        try await Self.run(recipe, on: data, split: ToyData.split(64, validation: 8), folder: folder + "/run")
      }
      #expect(other?.code == .conflict)
      recipe.epochs = 4
      let changed = await #expect(throws: HoneError.self) {
        try await Self.run(recipe, on: data, split: ToyData.split(64, validation: 16), folder: folder + "/run")
      }
      #expect(changed?.code == .conflict && changed?.message.contains("another recipe") == true)
    }
  }

  @Test("A time limit ends training in good order, with predictions")
  func timeLimit() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      let (_, result) = try await Self.run(
        ToyData.recipe(epochs: 100_000), on: data, split: ToyData.split(64, validation: 16), timeLimit: 0.5)
      #expect(result.stop == .timeLimit && result.seconds < 3 && result.validation?.count == 16)
    }
  }

  @Test("Proximal L1 makes exact zeros; the plain penalty only small weights")
  func sparsity() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      func zeros(_ penalty: Penalty) async throws -> Double {
        var recipe = ToyData.recipe(epochs: 6)
        recipe.optimizer = .sgd(rate: 0.1)
        recipe.regularization = Regularization(penalties: [penalty])
        let (outcome, _) = try await Self.run(recipe, on: data, split: ToyData.split(64, validation: 16))
        let kernels = outcome.weights.filter { $0.key.hasSuffix("weight") }.flatMap(\.value)
        let words = stride(from: 0, to: kernels.count, by: 4).map { kernels[$0..<$0 + 4].allSatisfy { $0 & 0x7f == 0 } }
        return Double(words.count { $0 }) / Double(words.count)
      }
      #expect(try await zeros(.l1(0.1, proximal: true)) > 0.3)
      #expect(try await zeros(.l1(0.1)) < 0.05)
    }
  }

  @Test("No tensor outlives a run")
  func noLeak() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 2)
      recipe.ema = Averaging()
      let before = try await Engine.run { Engine.liveTensors }
      _ = try await Self.run(recipe, on: data, split: ToyData.split(64, validation: 16))
      let after = try await Engine.run { Engine.liveTensors }
      #expect(after == before)
    }
  }

  @Test("The façade trains, evaluates and predicts")
  func facade() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      let events = Mutex(0)
      let result = try await Hone.train(ToyData.recipe(epochs: 4), on: data, folder: folder + "/run") { event in
        if case .epoch = event { events.withLock { $0 += 1 } }
      }
      #expect(events.withLock { $0 } == 4 && result.history.count == 4)
      let predictions = try await Hone.evaluate(modelAt: folder + "/run/model.safetensors", on: data)
      #expect(predictions.count == 64 && predictions.accuracy > 0.6)
      let (classes, answers) = try await Hone.predict(
        modelAt: folder + "/run/model.safetensors", files: [folder + "/run/recipe.yaml", folder + "/none.jpg"])
      #expect(classes == data.classes && answers.allSatisfy { $0.error != nil && $0.probabilities.isEmpty })
    }
  }

  /// A small residual network, trained for an epoch into `folder/source`.
  private static func trainedBackbone(in folder: String) async throws -> (Dataset, Split, Recipe) {
    let data = try ToyData.make(in: folder)
    let split = ToyData.split(64, validation: 16)
    var recipe = ToyData.recipe(epochs: 1)
    recipe.model = ModelChoice("resnet20-cifar", input: InputSpec(side: 16))
    _ = try await run(recipe, on: data, split: split, folder: folder + "/source")
    return (data, split, recipe)
  }

  @Test("A backbone stays as it was while the head learns on cached features, then learns at lower rates")
  func transfer() async throws {
    try await withFolder { folder in
      let (data, split, source) = try await Self.trainedBackbone(in: folder)
      var recipe = source
      recipe.model.backbone = folder + "/source/model.safetensors"
      recipe.epochs = 4
      recipe.transfer = TransferChoice(frozenEpochs: nil)
      let before = try await Engine.run { [recipe] in
        try recipe.makeModel(classes: data.classes).state().mapValues { try $0.bytes() }
      }
      func changed(_ recipe: Recipe) async throws -> (trunk: Bool, statistics: Bool, head: Bool, FitResult) {
        let (after, result) = try await Self.run(recipe, on: data, split: split)
        let names = Set(before.keys.filter { before[$0] != after.weights[$0] })
        return (
          names.contains { !$0.hasPrefix("head") && !$0.contains("running") },
          names.contains { $0.contains("running") },
          names.contains { $0.hasPrefix("head") }, result
        )
      }
      let frozen = try await changed(recipe)
      #expect(!frozen.trunk && !frozen.statistics && frozen.head)
      recipe.transfer?.cachesFeatures = false
      let uncached = try await changed(recipe)
      #expect(!uncached.trunk && !uncached.statistics && uncached.head)
      for (a, b) in zip(frozen.3.history, uncached.3.history) { #expect(abs(a.trainLoss - b.trainLoss) < 1e-4) }
      recipe.transfer = TransferChoice(frozenEpochs: 2, layerDecay: 0.8)
      let thawed = try await changed(recipe)
      #expect(thawed.trunk && !thawed.statistics && thawed.head && thawed.3.history.count == 4)
    }
  }

  @Test("The part of a backbone that is to stay as it was does, statistics and all, and the rest learns")
  func frozenPart() async throws {
    try await withFolder { folder in
      let (data, split, source) = try await Self.trainedBackbone(in: folder)
      var recipe = source
      recipe.model.backbone = folder + "/source/model.safetensors"
      recipe.transfer = TransferChoice(frozenEpochs: 0, freezesNorms: false, frozenPart: 0.5)
      let (before, depths) = try await Engine.run { [recipe] in
        let model = try recipe.makeModel(classes: data.classes)
        return (try model.state().mapValues { try $0.bytes() }, model.depths)
      }
      let (after, _) = try await Self.run(recipe, on: data, split: split)
      let changed = Set(before.keys.filter { before[$0] != after.weights[$0] })
      for (name, depth) in depths { #expect(changed.contains(name) == (depth >= 0.5), "\(name) at \(depth)") }
      #expect(!changed.contains("bn1.running_mean") && before["bn1.running_mean"] != nil)
      #expect(changed.contains { $0.hasPrefix("layer3") && $0.hasSuffix("running_mean") })
    }
  }

  @Test("A head fitted to a frozen backbone's features is all its training; unfrozen it is the beginning")
  func fittedHead() async throws {
    try await withFolder { folder in
      let (data, split, source) = try await Self.trainedBackbone(in: folder)
      var recipe = source
      recipe.model = ModelChoice(
        "resnet20-cifar", input: InputSpec(side: 16), head: HeadSpec(.grid), options: StructureOptions(until: "layer2"),
        backbone: folder + "/source/model.safetensors")
      recipe.transfer = TransferChoice(frozenEpochs: nil, fitsHead: true)
      let (_, fitted) = try await Self.run(recipe, on: data, split: split)
      #expect(fitted.history.isEmpty)
      #expect(fitted.validation?.accuracy ?? 0 > 0.9)
      recipe.transfer = TransferChoice(frozenEpochs: 0, cachesFeatures: false, trunkRate: 0, fitsHead: true)
      recipe.optimizer = .adam(rate: 1e-5)
      let (_, tuned) = try await Self.run(recipe, on: data, split: split)
      #expect(tuned.history.count == 1)
      #expect(tuned.validation?.accuracy ?? 0 > 0.9)
      recipe.model.head = .mlp
      await #expect(throws: HoneError.self) { try await Self.run(recipe, on: data, split: split) }
    }
  }

  @Test("Mixed pictures train, with one output and with several", arguments: [2, 4])
  func mixing(_ classes: Int) async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder, count: 64, classes: classes)
      var recipe = ToyData.recipe(epochs: 8)
      recipe.mixing = Mixing(mixUp: 0.4, cutMix: 1)
      recipe.optimizer = .adam(rate: 1e-2)
      let (_, result) = try await Self.run(recipe, on: data, split: ToyData.split(64, validation: 16))
      #expect(result.validation?.accuracy ?? 0 > 0.7)
      #expect(result.history.last?.trainLoss ?? 0 > 0.1)
    }
  }

  @Test("Where memory runs out, the error says what to lower")
  func outOfMemory() async throws {
    try Structure.register("greedy-test", input: InputSpec(side: 16)) { structure in
      Sequential {
        Convolution(structure.input.channels, 4, kernel: 1)
        Greedy()
      }
    }
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe()
      recipe.model = ModelChoice("greedy-test")
      let error = try await #require(throws: HoneError.self) {
        _ = try await Self.run(recipe, on: data, split: ToyData.split(64, validation: 0))
      }
      #expect(error.code == .outOfMemory, "\(error)")
      for remedy in ["batchSize to 4", "accumulation: 2", "segments", "model.input"] {
        #expect(error.message.contains(remedy), "\(error.message)")
      }
    }
  }

  /// Asks for more memory than any machine has.
  private struct Greedy: LeafPlan {
    var kind: LayerKind { .activation }
    func output(of shape: [Int]) -> [Int] { shape }
    func make() -> any Layer { GreedyLayer() }
  }

  private final class GreedyLayer: Layer {
    func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try x.add(Tensor.zeros([1 << 46])) }
    func visit(_ visitor: inout Visitor) {}
  }
}
