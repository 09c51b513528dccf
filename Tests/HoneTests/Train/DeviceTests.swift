import CHoneMockDevice
import Foundation
import Hone
import HoneAugment
import HoneTensor
import HoneTesting
import Synchronization
import Testing

/// Everything has to be where the network is. Where there is no graphics card, a device of our own tells: on it, as on a
/// card, what meets from two devices is an error.
@Suite struct `Devices` {
  init() { hone_mock_device_start() }

  @Test func `a device is written as PyTorch writes it`() throws {
    for (text, device) in [("cpu", Device.cpu), ("cuda:0", .cuda()), ("cuda:3", .cuda(3)), ("mps", .mps)] {
      #expect(Device(text) == device && device.description == text)
      let data = try JSONEncoder().encode([device])
      #expect(try JSONDecoder().decode([Device].self, from: data) == [device])
    }
    #expect(Device("cuda") == .cuda())
    for wrong in ["", "gpu", "cuda:", "cuda:-1", "cuda:1:2", "cpu:0", "mps:1", "cuda:9999"] {
      #expect(Device(wrong) == nil, "\(wrong)")
    }
  }

  @Test func `auto takes a card where there is one, and bfloat16 on it`() {
    let card = Circumstances(device: .cuda(1), cores: 4, hasFastBFloat16: false, pictures: 1000, side: 224)
    #expect(Recipe().resolved(for: card).device == .fixed(.cuda(1)))
    #expect(Recipe().resolved(for: card).precision == .fixed(.bfloat16))
    var recipe = Recipe()
    recipe.device = .fixed(.cpu)
    #expect(recipe.resolved(for: card).device == .fixed(.cpu))
    #expect(recipe.resolved(for: card).precision == .fixed(.float32))
  }

  @Test func `a device that is not there is refused by name, before any data is read`() async throws {
    guard !Device.mps.isAvailable else { return }
    let message = try await withFolder { folder in
      let data = try ToyData.make(in: folder, count: 8)
      return try await Engine.run {
        var recipe = Recipe(model: ModelChoice("classic-cnn", input: InputSpec(side: 32)), epochs: 1)
        recipe.device = .fixed(.mps)
        let split = Split(train: Array(data.samples.indices))
        return #expect(throws: HoneError.self) { try Trainer(recipe, dataset: data, split: split) }?.message
      }
    }
    #expect(message?.contains("mps") == true && message?.contains("cpu") == true)
  }

  static let structures: [(name: String, side: Int)] = [
    ("classic-cnn", 64), ("vgg11-bn", 64), ("resnet18", 64), ("resnet50-d", 64), ("se-resnet18", 64),
    ("resnext50-32x4d", 64), ("resnet-v2-18", 64), ("resnet20-cifar", 32), ("wrn16-4", 32), ("regnet-y-400mf", 64),
    ("densenet121", 64), ("squeezenet1.1", 64), ("mobilenet-v1", 64), ("mobilenet-v2", 64), ("mobilenet-v3-small", 64),
    ("mobilenet-v4-conv-small", 64), ("mnasnet0.5", 64), ("shufflenet-v2-x0.5", 64), ("ghostnet-050", 64),
    ("efficientnet-b0", 64), ("convnext-atto", 64), ("repvgg-a0", 64), ("mobileone-s0", 64), ("deit-tiny", 224),
    ("mixer-s32", 224),
  ]

  @Test("a network learns where its weights are", arguments: structures)
  func learns(_ structure: (name: String, side: Int)) async throws {
    try await Engine.run {
      var recipe = Recipe(
        model: ModelChoice(structure.name, input: InputSpec(side: structure.side)), optimizer: .adamW(rate: 1e-3))
      recipe.regularization.dropout = 0.1
      let model = try recipe.makeModel(classes: ["a", "b", "c"])
      try model.useChannelsLast()
      try model.move(to: .privateUse)
      #expect(model.device == .privateUse)
      let gradients = try Self.gradients(of: model, recipe)
      #expect(gradients.allSatisfy { $0?.device == .privateUse }, "\(gradients.count { $0 == nil }) without a gradient")
      let eye = try model.optimizedForInference()
      #expect(eye.device == .privateUse)
      #expect(try withoutGradients { try eye(Self.pictures(model)) }.shape == [2, 3])
    }
  }

  private static func pictures(_ model: Model) throws -> Tensor {
    try Tensor.zeros([2] + model.structure.input.shape, device: .privateUse).channelsLast()
  }

  /// One step, as far as it needs no numbers.
  private static func gradients(of model: Model, _ recipe: Recipe) throws -> [Tensor?] {
    var loss = recipe.loss
    loss.labelSmoothing = 0.1
    loss.logitAdjustment = 1
    loss.classWeights.rule = .balanced
    let objective = try Objective(loss, outputs: 3, counts: [1, 2, 3])
    let optimizer = try Optimizer(recipe.optimizer, for: model.parameters)
    let logits = try model(pictures(model), Pass(training: true, seed: 1))
    try objective.loss(logits, .zeros([2, 3], device: .privateUse)).backward()
    let gradients = optimizer.members.map(\.parameter.gradient)
    try optimizer.step(rate: 1e-3)
    return gradients
  }

  @Test("an optimizer keeps its numbers beside the weights", arguments: OptimizerChoice.Rule.known.map { $0.name })
  func optimizes(_ name: String) async throws {
    try await Engine.run {
      let rule = try #require(OptimizerChoice.Rule.known.first { $0.name == name })
      let recipe = Recipe(
        model: ModelChoice("resnet20-cifar"), optimizer: OptimizerChoice(rule.init(), rate: 1e-3))
      let model = try recipe.makeModel(classes: ["a", "b", "c"])
      try model.move(to: .privateUse)
      let optimizer = try Optimizer(recipe.optimizer, for: model.parameters)
      #expect(
        try optimizer.state.filter { !$0.key.hasPrefix("number/") }.values.allSatisfy { $0.device == .privateUse })
    }
  }

  /// Everything of a recipe that makes tensors of its own.
  private static func fullRecipe(on device: Device) -> Recipe {
    var recipe = ToyData.recipe(epochs: 2)
    recipe.device = .fixed(device)
    recipe.precision = .fixed(.float32)
    recipe.accumulation = 2
    recipe.clipping.norm = 1
    recipe.clipping.adaptive = 0.1
    recipe.ema = Averaging(decay: 0.9)
    recipe.normBatches = 2
    recipe.optimizer.sharpness = Sharpness(radius: 0.05)
    recipe.regularization.penalties = [.l2(0.001), .orthogonal(0.01)]
    recipe.regularization.constraints = [.maxNorm(3), .spectral(5)]
    recipe.regularization.gradientNoise = GradientNoise(amount: 0.01)
    recipe.loss.labelSmoothing = 0.1
    recipe.loss.classWeights.rule = .balanced
    recipe.loss.logitAdjustment = 0.5
    recipe.loss.consistency = Consistency(weight: 0.5, passes: 2)
    recipe.flipsWhenTesting = true
    recipe.mixing = Mixing(mixUp: 0, cutMix: 1, chance: 0.5)
    return recipe
  }

  @Test func `a run there learns what a run on the processor learns`() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      var results: [FitResult] = []
      for device in [Device.cpu, .privateUse] {
        // Other tests may use it, too.
        let before = [hone_mock_device_operations(), hone_mock_device_copies_beside(), hone_mock_device_pinned()]
        results.append(
          try await TrainerTests.run(Self.fullRecipe(on: device), on: data, split: ToyData.split(64, validation: 16)).1)
        let after = [hone_mock_device_operations(), hone_mock_device_copies_beside(), hone_mock_device_pinned()]
        #expect(device == .cpu || zip(before, after).allSatisfy(<), "\(before) → \(after)")
      }
      for (here, there) in zip(results[0].history, results[1].history) {
        #expect(abs(here.trainLoss - there.trainLoss) < 1e-3)
        #expect(abs((here.validationLoss ?? 0) - (there.validationLoss ?? 1)) < 1e-3)
      }
    }
  }

  @Test func `a run there is stopped, goes on, and leaves a model for any device`() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      let (recipe, split) = (Self.fullRecipe(on: .privateUse), ToyData.split(64, validation: 16))
      let (whole, _) = try await TrainerTests.run(recipe, on: data, split: split)
      let stop = StopFlag()
      _ = try await TrainerTests.run(recipe, on: data, split: split, folder: folder + "/run", stop: stop) { event in
        if case .step = event { stop.raise() }
      }
      let (resumed, result) = try await TrainerTests.run(recipe, on: data, split: split, folder: folder + "/run")
      #expect(result.stop == .finished && resumed.weights == whole.weights)
      let answers = try await [Device.cpu, .privateUse].asyncMap { device in
        try await evaluate(
          modelAt: folder + "/run/model.safetensors", on: data,
          options: AskingOptions(device: .fixed(device), precision: .fixed(.float32)))
      }
      for (here, there) in zip(answers[0].probabilities, answers[1].probabilities) {
        #expect(zip(here, there).allSatisfy { abs($0 - $1) < 1e-4 })
      }
    }
  }

  /// The losses of a run of 20 pictures in batches of 8, and what it warned of.
  private static func run(_ recipe: Recipe, on data: Dataset) async throws -> (losses: [Double], warnings: [String]) {
    let warnings = Mutex<[String]>([])
    let (_, result) = try await TrainerTests.run(recipe, on: data, split: ToyData.split(28, validation: 8)) { event in
      if case .warning(let text) = event { warnings.withLock { $0.append(text) } }
    }
    return (result.history.flatMap { [$0.trainLoss, $0.validationLoss ?? .nan] }, warnings.withLock { $0 })
  }

  private static func recordedRecipe(on device: Device) -> Recipe {
    var recipe = ToyData.recipe(epochs: 4)
    recipe.device = .fixed(device)
    recipe.regularization.dropout = 0
    recipe.clipping.norm = 1
    return recipe
  }

  @Test func `steps that are recorded and replayed teach what steps teach`() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder, count: 28)
      var recipe = Self.recordedRecipe(on: .privateUse)
      let usual = try await Self.run(recipe, on: data)
      recipe.cudaGraphs = true
      let before = hone_mock_device_replays()
      let recorded = try await Self.run(recipe, on: data)
      #expect(hone_mock_device_replays() - before == 4 * 3 - 3)  // all but the first three
      #expect(recorded.warnings == [])
      for (one, other) in zip(usual.losses, recorded.losses) {
        #expect(abs(one - other) < 1e-5, "\(usual) \(recorded)")
      }
    }
  }

  @Test func `steps that cannot be recorded go the usual way, with a word`() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder, count: 28)
      for (device, reason) in [(Device.privateUse, "cannot be recorded"), (.cpu, "cpu cannot")] {
        var recipe = Self.recordedRecipe(on: device)
        recipe.regularization.dropout = 0.2
        let usual = try await Self.run(recipe, on: data)
        recipe.cudaGraphs = true
        let recorded = try await Self.run(recipe, on: data)
        #expect(recorded.warnings.count == 1 && recorded.warnings[0].contains(reason), "\(recorded.warnings)")
        #expect(recorded.losses == usual.losses)
      }
    }
  }

  @Test func `a backbone that is frozen there gives its features there`() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      for transfer in [
        TransferChoice(frozenEpochs: nil, fitsHead: true), TransferChoice(frozenEpochs: 1),
        TransferChoice(frozenEpochs: 1, cachesFeatures: false),
      ] {
        var recipe = ToyData.recipe(epochs: 2)
        recipe.model = ModelChoice("resnet20-cifar", input: InputSpec(side: 16), head: HeadSpec(.grid))
        recipe.device = .fixed(.privateUse)
        recipe.transfer = transfer
        let (_, result) = try await TrainerTests.run(recipe, on: data, split: ToyData.split(64, validation: 16))
        #expect(result.stop == .finished)
      }
    }
  }
}

extension Array where Element: Sendable {
  fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async throws -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await body(element)) }
    return results
  }
}
