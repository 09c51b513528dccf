internal import HoneTensor

/// Measures how fast a recipe's network learns and answers on this machine, on random pictures.
///
/// ```swift
/// let report = try await SpeedTest(of: Recipe(model: ModelChoice("resnet18")), classes: 10).run()
/// print(report.training.picturesPerSecond)
/// ```
public struct SpeedTest: Sendable {
  /// Its network, batch, precision, threads and optimizer are what is measured.
  public var recipe: Recipe
  public var classes: Int
  /// For each measurement, at least.
  public var seconds: Double
  /// Whether each operation of the training step is timed as well.
  public var profiles: Bool

  /// - Parameter recipe: a batch left to choose is of 32.
  public init(of recipe: Recipe, classes: Int, seconds: Double = 3, profiles: Bool = false) {
    self.recipe = recipe
    self.classes = classes
    self.seconds = seconds
    self.profiles = profiles
  }

  /// - Parameter progress: is told what is being measured, and what part is done, on the engine's thread.
  /// - Throws: `HoneError` where the recipe makes no network, and what the engine throws.
  public func run(progress: @escaping @Sendable (String, Double) -> Void = { _, _ in }) async throws -> SpeedReport {
    try await Engine.run {
      let test = try SpeedTestAtWork(self)
      progress("the machine", 0)
      let rates = try MachineRates.measured(on: test.device)
      progress("inference", 0.2)
      let (one, many) = (try test.inference(batch: 1), try test.inference(batch: test.batch))
      progress("training", 0.6)
      let training = try test.training()
      let profile = profiles ? try test.profile(rates: rates) : nil
      return SpeedReport(
        structure: test.model.structure, precision: test.precision, threads: Engine.threads, training: training,
        inference: many, onePicture: one, machine: rates, profile: profile)
    }
  }
}

/// What a speed test found.
public struct SpeedReport: Codable, Sendable, Hashable {
  public var structure: Structure
  public var precision: Precision
  public var threads: Int
  public var training: Timing
  public var inference: Timing
  public var onePicture: Timing
  public var machine: MachineRates
  public var profile: StepProfile?
}

/// A speed test with its network and pictures, on the engine's thread.
private struct SpeedTestAtWork {
  let recipe: Recipe
  let classes: Int
  let seconds: Double
  let batch: Int
  let precision: Precision
  let device: Device
  let model: Model
  private let table: Trace

  init(_ test: SpeedTest) throws {
    var recipe = test.recipe
    recipe.batchSize = .fixed(recipe.batchSize.value ?? 32)
    model = try recipe.makeModel(classes: (0..<test.classes).map { "class \($0)" })
    self.recipe = recipe.resolved(for: .here(pictures: test.classes, input: model.structure.input))
    table = try model.summary()
    (classes, seconds) = (test.classes, test.seconds)
    batch = self.recipe.batchSize.value ?? 1
    precision = self.recipe.precision.value ?? .float32
    device = try self.recipe.availableDevice()
    guard device == .cpu || !test.profiles else {
      throw HoneError(.unsupported, "operations are timed on the processor only; profile with --device cpu")
    }
    Engine.setThreads(self.recipe.threads.value ?? 1)
  }

  func inference(batch: Int) throws -> Timing {
    let network = try model.optimizedForInference(on: device)
    let pictures = try pictures(batch).channelsLast().to(device)
    return try Timing(batch: batch, operations: Double(batch) * table.inferenceOperations, seconds: seconds) {
      _ = try withoutGradients {
        try withAutocast(precision.autocast, on: device) { try network(pictures) }.sum().item()
      }
    }
  }

  func training() throws -> Timing {
    let step = try step()
    return try Timing(batch: batch, operations: Double(batch) * table.trainingOperations, seconds: seconds) {
      try step.run()
    }
  }

  func profile(rates: MachineRates) throws -> StepProfile {
    let (step, count) = (try step(), 4)
    for _ in 0..<2 { try step.run() }
    let steps = try (0..<count).map { _ in try timed(step) }
    var update = TimedOperation(operation: "optimizer: \(recipe.optimizer.rule.name)", shapes: "", forward: .init())
    update.forward.seconds = steps.reduce(0) { $0 + $1.update } / Double(count)
    update.forward.bytes = Double(try step.updateBytes)
    return StepProfile(
      steps.map(\.operations), update: update, seconds: steps.reduce(0) { $0 + $1.whole } / Double(count),
      rates: rates, precision: precision)
  }

  private func timed(_ step: TrainingStep) throws -> (operations: [TimedOperation], update: Double, whole: Double) {
    let began = ContinuousClock.now
    let (_, operations) = try Engine.timed { try step.gatherGradients() }
    let update = try Hone.seconds { try step.update() }
    return (operations, update, (ContinuousClock.now - began) / .seconds(1))
  }

  private func step() throws -> TrainingStep {
    try TrainingStep(
      recipe, pixels: pictures(batch).floats(), labels: (0..<batch).map { $0 % classes }, classes: classes)
  }

  private func pictures(_ count: Int) throws -> Tensor {
    try .normal([count] + model.structure.input.shape, seed: recipe.seed)
  }
}
