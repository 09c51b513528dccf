import Foundation
import Hone
import HoneAugment
import HoneImage
import HoneTensor
import Synchronization
import Testing

/// What moves, is averaged, is kept or is forgotten during training.
@Suite struct PaceTests {
  @Test func `a pace moves momentum and weight decay as if the rule had other ones`() async throws {
    let pairs: [(any UpdateRule, any UpdateRule)] = [
      (SGD(momentum: 0.8, weightDecay: 0.2), SGD(momentum: 0.4, weightDecay: 0.1)),
      (Adam(beta1: 0.8, weightDecay: 0.2), Adam(beta1: 0.4, weightDecay: 0.1)),
      (Shampoo(momentum: 0.8, weightDecay: 0.2), Shampoo(momentum: 0.4, weightDecay: 0.1)),
    ]
    for (rule, other) in pairs {
      try await Engine.run { () throws -> Void in
        let choices = [rule, other].map { OptimizerChoice($0, rate: 0.05) }
        let problems = try [OptimizerProblem(.float64), OptimizerProblem(.float64)]
        let optimizers = try zip(choices, problems).map { try Optimizer($0, for: $1.members) }
        for step in 0..<3 {
          for problem in problems { try problem.fill(step) }
          try optimizers[0].step(Pace(rate: 0.05, momentum: 0.5, weightDecay: 0.5))
          try optimizers[1].step(rate: 0.05)
        }
        #expect(try problems[0].weights() == problems[1].weights())
      }
    }
  }

  @Test func `one cycle of momentum is PyTorch's: down where the rate rises, by the rate's own curve`() {
    let schedule = Schedule(OneCycle(peakAt: 0.25, start: 0.95 / 0.85, final: 0.95 / 0.85))
    let found = [0, 1, 4, 8].map { 0.85 * schedule.factor(at: $0, of: 9, perEpoch: 3) }
    for (mine, theirs) in zip(found, [0.95, 0.8595491502812526, 0.8856598383644454, 0.95]) {
      #expect(abs(mine - theirs) < 1e-6, "\(found)")
    }
  }

  @Test func `an average of the last epochs is their mean, and begins where it is told to`() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 4)
      recipe.keeping = Keeping(best: 4)
      let split = ToyData.split(64, validation: 16)
      _ = try await TrainerTests.run(recipe, on: data, split: split, folder: folder + "/plain")
      recipe.swa = StochasticAveraging(begins: 0.5)
      let (outcome, _) = try await TrainerTests.run(recipe, on: data, split: split)
      try await Engine.run { () throws -> Void in
        let last = try (3...4).map { try ModelFile.load("\(folder)/plain/epochs/epoch-00\($0).safetensors").state() }
        for (name, bytes) in outcome.weights {
          let mean = try last.map { try #require($0[name]) }.reduce(Tensor(0)) { try $0.add($1) }.div(2)
          let mine = try bytes.withUnsafeBytes { try Tensor(bytes: $0, shape: mean.shape, dtype: .float32) }
          #expect(try mine.sub(mean).abs().max().item() < 1e-6, "\(name)")
        }
      }
    }
  }

  @Test func `renewed statistics of norms are the means over the batches`() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 1)
      recipe.model = ModelChoice("resnet20-cifar", input: InputSpec(side: 16))
      recipe.optimizer = .sgd(rate: 0)
      recipe.normBatches = 2
      let renewing = recipe
      let means = try await Engine.run {
        let trainer = try Trainer(renewing, dataset: data, split: ToyData.split(64, validation: 0))
        _ = try trainer.fit()
        let stem = try #require(trainer.model.buffers.first { $0.name == "bn1.running_mean" })
        return (try stem.buffer.value.doubles(), try Self.stemMeans(trainer.model, data, renewing))
      }
      for (mine, theirs) in zip(means.0, means.1) { #expect(abs(mine - theirs) < 1e-5) }
    }
  }

  /// The means of the first convolution's outputs over the first two batches.
  private static func stemMeans(_ model: Model, _ data: Dataset, _ recipe: Recipe) throws -> [Double] {
    let options = Loader.Options(
      pipeline: model.preprocessing.pipeline, inputSize: Size(height: 16, width: 16),
      normalization: model.preprocessing.normalization, batchSize: 8, shuffles: true, seed: recipe.seed)
    let run = try Loader(data, indices: Array(0..<64), options: options).epoch(0)
    let weight = try #require(model.parameters.first).parameter.value
    var sum = try Tensor.zeros([16])
    for _ in 0..<2 {
      guard let batch = try run.next() else { break }
      let numbers = UnsafeRawBufferPointer(start: batch.pixels, count: 8 * 768 * 4)
      let pixels = try Tensor(bytes: numbers, shape: [8, 3, 16, 16], dtype: .float32)
      let outputs = try withoutGradients { try pixels.conv2d(weight, padding: 1) }
      sum = try sum.add(outputs.mean([0, 2, 3]))
    }
    return try sum.div(2).doubles()
  }

  @Test func `parts that are computed again give the same weights for less memory`() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder, side: 32)
      var recipe = ToyData.recipe(epochs: 1, side: 32)
      recipe.model = ModelChoice("resnet20-cifar", input: InputSpec(side: 32))
      recipe.model.options = StructureOptions(dropPath: 0.3)
      recipe.batchSize = 32
      func run(_ segments: Int) async throws -> (TrainerTests.Outcome, Int) {
        recipe.segments = segments
        let recipe = recipe
        return try await Engine.run {
          let trainer = try Trainer(recipe, dataset: data, split: ToyData.split(64, validation: 0))
          Engine.trim()
          Engine.resetPeak()
          let before = Engine.currentBytes
          let result = try trainer.fit()
          let weights = try trainer.model.state().mapValues { try $0.bytes() }
          return (TrainerTests.Outcome(weights: weights, history: result.history), Engine.peakBytes - before)
        }
      }
      let (whole, all) = try await run(1)
      let (parts, less) = try await run(4)
      print("segments: peak of \(all >> 10) KiB whole, \(less >> 10) KiB in 4 parts")
      #expect(whole == parts)
      #expect(Double(less) < 0.75 * Double(all))
    }
  }

  @Test func `the best epochs stay, as many as the disk may hold`() {
    let history = [0.5, 0.3, 0.4, 0.2].enumerated().map { place, loss in
      EpochMetrics(
        epoch: place + 1, trainLoss: 1, trainAccuracy: 0, validationLoss: loss, learningRate: 0, seconds: 0,
        imagesPerSecond: 0)
    }
    #expect(Keeping(best: 3).chosen(from: history, bytesOfModel: 1) == [2, 3, 4])
    #expect(Keeping(best: 3, megabytes: 2.5).chosen(from: history, bytesOfModel: 1_000_000) == [2, 4])
    #expect(Keeping(best: 3, megabytes: 0.5).chosen(from: history, bytesOfModel: 1_000_000).isEmpty)
  }

  @Test func `the clock of schedules gives every epoch the same time`() {
    let even = Course([5, 5])
    #expect((0...10).map(even.place) == Array(0...10) && even.total == 10 && even.perEpoch == 5)
    let growing = Course([4, 2])
    #expect((0...6).map(growing.place) == [0, 1, 2, 3, 4, 6, 8] && growing.total == 8)
  }

  @Test func `batches grow from epoch to epoch, and schedules still end with the training`() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 3)
      recipe.schedule = Schedule(Polynomial(power: 1))
      recipe.schedules.batch = Schedule(Constant(), warmup: .epochs(2), warmupFrom: 0.5)
      let split = ToyData.split(64, validation: 16)
      let counts = Mutex<[Int: Int]>([:])
      let (whole, result) = try await TrainerTests.run(recipe, on: data, split: split) { event in
        if case .step(let step) = event { counts.withLock { $0[step.epoch, default: 0] += 1 } }
      }
      #expect(counts.withLock { $0 } == [1: 12, 2: 8, 3: 6])
      let last = try #require(result.history.last?.learningRate)
      #expect(abs(last - recipe.optimizer.rate * 2 / 36) < 1e-12)
      let stop = StopFlag()
      _ = try await TrainerTests.run(recipe, on: data, split: split, folder: folder + "/run", stop: stop) { event in
        if case .step(let step) = event, step.epoch == 2, step.batch >= 3 { stop.raise() }
      }
      #expect(try await TrainerTests.run(recipe, on: data, split: split, folder: folder + "/run").0 == whole)
    }
  }

  @Test func `pictures grow, and their augmentation with them`() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder, side: 32)
      var recipe = ToyData.recipe(epochs: 3, side: 32)
      recipe.model = ModelChoice("resnet20-cifar", input: InputSpec(side: 32))
      recipe.augmentation = Pipeline { Flip() }
      recipe.schedules.size = Schedule(Constant(), warmup: .epochs(2), warmupFrom: 0.5)
      recipe.schedules.augmentation = Schedule(Constant(), warmup: .epochs(2), warmupFrom: 0)
      let (grown, result) = try await TrainerTests.run(recipe, on: data, split: ToyData.split(64, validation: 16))
      #expect(result.history.count == 3 && result.validation?.count == 16)
      let stop = StopFlag()
      let split = ToyData.split(64, validation: 16)
      _ = try await TrainerTests.run(recipe, on: data, split: split, folder: folder + "/run", stop: stop) { event in
        if case .step(let step) = event, step.epoch == 2, step.batch >= 2 { stop.raise() }
      }
      #expect(try await TrainerTests.run(recipe, on: data, split: split, folder: folder + "/run").0 == grown)
      recipe.model = ToyData.recipe(side: 32).model
      let error = try await #require(throws: HoneError.self) {
        _ = try await TrainerTests.run(recipe, on: data, split: split)
      }
      #expect(error.code == .conflict && error.context["key"] == "schedules.size")
    }
  }
}
