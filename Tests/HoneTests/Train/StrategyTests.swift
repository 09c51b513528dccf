import Foundation
import Hone
import HoneAugment
import HoneTensor
import Testing

/// Optimizers and schedules inside a whole training.
@Suite struct StrategyTests {
  static let strategies: [String: @Sendable (inout Recipe) -> Void] = [
    "muon": { $0.optimizer = .muon(rate: 3e-3) },
    "prodigy": { $0.optimizer = OptimizerChoice(Prodigy(distance: 1e-3, weightDecay: 0.01), rate: 1) },
    "soap": { $0.optimizer = OptimizerChoice(SOAP(every: 3, weightDecay: 0), rate: 3e-3) },
    "scheduleFree": { $0.optimizer = OptimizerChoice(ScheduleFreeAdamW(), rate: 5e-3) },
    "sharpLookahead": {
      $0.optimizer = .sgd(rate: 0.05, momentum: 0.9)
      $0.optimizer.lookahead = Lookahead(every: 3)
      $0.optimizer.sharpness = Sharpness(radius: 0.05)
      $0.clipping.adaptive = 0.5
    },
    "plateau": {
      $0.optimizer = OptimizerChoice(NAdam(weightDecay: 0.01, decoupled: true), rate: 3e-3)
      $0.optimizer.cautious = true
      $0.optimizer.layerDecay = 0.9
      $0.schedule = Schedule(Plateau(patience: 0, factor: 0.5, threshold: 0.5))
    },
    "regularized": {
      $0.optimizer = .adam(rate: 1e-2)
      $0.regularization.penalties = [.l1(1e-4, proximal: true), .groups(1e-4), .orthogonal(1e-3)]
      $0.regularization.constraints = [.spectral(4), .maxNorm(2, on: ParameterFilter(layers: [.dense]))]
      $0.regularization.gradientNoise = GradientNoise(amount: 1e-4)
      $0.regularization.gradientPenalty = 1e-3
      $0.model.options.insets = [
        Inset(DropBlock(0.1, size: 3), after: LayerFilter(layers: [.pool])),
        Inset(ActivityPenalty(l1: 1e-5), after: LayerFilter(layers: [.activation])),
        Inset(GaussianNoise(0.01), after: LayerFilter(layers: [.dense]), onWeights: true),
      ]
    },
    "views": {
      $0.ema = Averaging(decay: 0.9)
      $0.loss.consistency = Consistency(weight: 1, passes: 2)
      $0.loss.distillation = Distillation(weight: 0.3)
    },
    "augMix": {
      $0.augmentation = Pipeline { AugMix() }
      $0.views = 3
      $0.loss.consistency = Consistency(weight: 12, measure: .jensenShannon)
    },
    "scheduled": {
      $0.optimizer = OptimizerChoice(Adam(beta1: 0.85, weightDecay: 1e-4), rate: 1e-2)
      $0.schedule = .oneCycle()
      $0.schedules.momentum = Schedule(OneCycle(peakAt: 0.3, start: 0.95 / 0.85, final: 0.95 / 0.85))
      $0.schedules.weightDecay = .cosine()
      $0.schedules.noise = Schedule(Constant(), warmup: .epochs(2), warmupFrom: 0)
      $0.schedules.share = Schedule(Constant(), warmup: .epochs(2), warmupFrom: 0.5)
    },
    "halfPrecision": {
      $0.precision = .fixed(.float16)
      $0.optimizer = .adam(rate: 1e-2)
      $0.optimizer.sharpness = Sharpness(radius: 0.02)
    },
    "swa": {
      $0.model = ModelChoice("resnet20-cifar", input: InputSpec(side: 16))
      $0.model.options = StructureOptions(dropPath: 0.05, shakeDrop: true)
      $0.optimizer = .adam(rate: 1e-2)
      $0.swa = StochasticAveraging(begins: 0.4, every: .steps(2))
      $0.normBatches = 4
    },
  ]

  @Test("Training learns, and stopped goes on to the same weights", arguments: strategies.keys.sorted())
  func learnsAndGoesOn(_ name: String) async throws {
    let strategy = try #require(Self.strategies[name])
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      let split = ToyData.split(64, validation: 16)
      var recipe = ToyData.recipe(epochs: 6)
      recipe.accumulation = 2
      strategy(&recipe)
      let (whole, result) = try await TrainerTests.run(recipe, on: data, split: split)
      let losses = result.history.compactMap(\.validationLoss)
      #expect(losses.last ?? 1 < max((losses.first ?? 0) - 0.02, 0.02), "\(losses)")
      #expect(result.validation?.negativeLogLikelihood == losses.last)
      let stop = StopFlag()
      _ = try await TrainerTests.run(recipe, on: data, split: split, folder: folder + "/run", stop: stop) { event in
        if case .step(let step) = event, step.epoch == 3, step.batch >= 4 { stop.raise() }
      }
      let (resumed, _) = try await TrainerTests.run(recipe, on: data, split: split, folder: folder + "/run")
      #expect(resumed == whole)
    }
  }

  @Test("A plateau lowers the rate after epochs that do not improve")
  func plateau() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 4)
      recipe.optimizer = .sgd(rate: 1e-9)
      recipe.schedule = Schedule(Plateau(patience: 0, factor: 0.5))
      let (_, result) = try await TrainerTests.run(recipe, on: data, split: ToyData.split(64, validation: 16))
      #expect(result.history.map(\.learningRate) == [1e-9, 1e-9, 5e-10, 2.5e-10])
    }
  }

  @Test("The second pass of a sharpness step leaves the norms' statistics alone")
  func statistics() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var recipe = ToyData.recipe(epochs: 1)
      recipe.model = ModelChoice("resnet20-cifar", input: InputSpec(side: 16))
      recipe.optimizer = .sgd(rate: 1e-9)
      func statistics(_ recipe: Recipe) async throws -> [[Float]] {
        try await Engine.run {
          let trainer = try Trainer(recipe, dataset: data, split: ToyData.split(64, validation: 0))
          _ = try trainer.fit()
          return try trainer.model.buffers.filter { $0.name.hasSuffix("running_mean") }.map {
            try $0.buffer.value.floats()
          }
        }
      }
      let plain = try await statistics(recipe)
      recipe.optimizer.sharpness = Sharpness(radius: 1e-9)
      let sharp = try await statistics(recipe)
      #expect(plain.count > 10)
      for (a, b) in zip(plain.joined(), sharp.joined()) { #expect(abs(a - b) < 1e-4) }
    }
  }
}
