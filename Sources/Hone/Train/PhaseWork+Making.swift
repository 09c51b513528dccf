internal import Foundation
internal import HoneAugment
internal import HoneImage
internal import HoneTensor

extension PhaseWork {
  /// Sets a model up for a phase: what learns, from which batches, by which optimizer.
  ///
  /// - Parameter start: epochs of the run before this phase.
  init(
    _ phase: Phase, from start: Int, of recipe: Recipe, model: Model, objective: Objective, dataset: Dataset,
    split: Split,
    cache: PictureCache? = nil
  ) throws {
    try model.setUp(phase, recipe.transfer)
    let pictures = Pictures(recipe: recipe, model: model, dataset: dataset, cache: cache)
    let cached = phase.isFrozen && recipe.transfer?.cachesFeatures ?? false
    if cached {
      evaluated = model.classify
      training = try pictures.features(of: split.train, shuffles: true)
      validation = try split.validation.isEmpty ? nil : pictures.features(of: split.validation, shuffles: false)
    } else {
      evaluated = model.callAsFunction
      training = try pictures.training(split.train)
      validation = try split.validation.isEmpty ? nil : pictures.evaluation(split.validation)
    }
    self.phase = phase
    hasFeatures = cached
    optimizer = try Optimizer(
      recipe.optimizer, for: model.parameters,
      factors: model.rateFactors(phase, recipe.transfer, layerDecay: recipe.optimizer.layerDecay))
    penalties = Penalties(recipe.regularization.penalties + model.rules.penalties, for: optimizer.members)
    constraints = Constraints(recipe.regularization.constraints + model.rules.constraints, for: optimizer.members)
    gradientNoise = recipe.regularization.gradientNoise
    trunk = model.trunkParameters.map(\.parameter).filter(\.isTrainable)
    let rules: [(any AveragingRule)?] = [recipe.ema, recipe.swa]
    let average = try rules.compactMap(\.self).first.map { try WeightAverage($0, of: model) }
    self.average = average
    norms = NormRenewal(model, batches: cached ? 0 : recipe.normBatches, precision: recipe.precision.value ?? .float32)
    lesson = Lesson(
      model: model, network: cached ? model.classify : phase.isFrozen ? model.overFrozenTrunk : model.callAsFunction,
      objective: objective, of: recipe, forgets: !phase.isFrozen
    ) { input in
      guard let average, average.hasBegun else { return nil }
      return try cached ? average.model.classify(input) : average.model(input)
    }
    schedule = recipe.schedule
    schedules = recipe.schedules
    baseRate = recipe.optimizer.rate * phase.rate
    let batches = (start..<start + phase.epochs).map(training.batches(in:))
    course = Course(batches.map { ($0 + recipe.accumulation - 1) / recipe.accumulation })
  }
}

extension Model {
  /// Marks what learns in a phase.
  fileprivate func setUp(_ phase: Phase, _ transfer: TransferChoice?) throws {
    try unfreeze(normStatistics: !(transfer?.freezesNorms ?? false))
    if phase.isFrozen { try freezeTrunk() } else { try freezeTrunk(below: transfer?.frozenPart ?? 0) }
  }

  /// The scores of pictures when only the head learns.
  fileprivate func overFrozenTrunk(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try classify(withoutGradients { try embed(x, .evaluation) }, pass)
  }

  /// The rates of the trunk's parameters in a phase, as factors: lower the farther a layer is from the head.
  fileprivate func rateFactors(
    _ phase: Phase, _ transfer: TransferChoice?, layerDecay: Double
  ) -> [String: Double] {
    guard !phase.isFrozen else { return [:] }
    let first = (transfer?.trunkRate ?? 1) * layerDecay
    let next = (transfer?.layerDecay ?? 1) * layerDecay
    var factors: [String: Double] = [:]
    for (distance, group) in layerGroups.dropLast().reversed().enumerated() {
      for member in group { factors[member.name] = first * pow(next, Double(distance)) }
    }
    return factors
  }
}

/// The pictures of a data set as a recipe wants them.
struct Pictures {
  let recipe: Recipe
  let model: Model
  let dataset: Dataset
  let cache: PictureCache?

  /// Shuffled and augmented.
  func training(_ indices: [Int]) throws -> any BatchSource {
    let whole = StagedPictures.Stage(input: model.preprocessing.input, augmentation: 1, batchSize: batchSize)
    guard let stages = recipe.schedules.stages(recipe, whole: whole) else { return try training(indices, whole) }
    return try StagedPictures(stages) { try training(indices, $0) }
  }

  private func training(_ indices: [Int], _ stage: StagedPictures.Stage) throws -> PictureSource {
    if stage.input != model.preprocessing.input { try model.accept(stage.input) }
    let preprocessing = model.preprocessing.scaled(to: stage.input)
    let augmentation = recipe.augmentation?.weakened(by: stage.augmentation).steps ?? []
    let pipeline = Pipeline(augmentation + preprocessing.pipeline.steps)
    return try source(indices, pipeline, stage.input, batchSize: stage.batchSize, shuffles: true)
  }

  private var batchSize: Int { recipe.batchSize.value ?? 32 }

  /// In order, as the model wants them.
  func evaluation(_ indices: [Int]) throws -> PictureSource {
    try source(indices, model.preprocessing.pipeline, model.preprocessing.input, shuffles: false)
  }

  /// In order, once for each view; as the model wants them where none is asked for.
  func views(_ indices: [Int], _ viewings: [Viewing]) throws -> [PictureSource] {
    let (plain, input) = (model.preprocessing.pipeline, model.preprocessing.input)
    let size = Size(height: input.height, width: input.width)
    let pipelines = viewings.flatMap { $0.pipelines(preparing: plain, size: size) }
    let different = pipelines.enumerated().filter { !pipelines.prefix($0.offset).contains($0.element) }.map(\.element)
    return try (different.isEmpty ? [plain] : different).map {
      try source(indices, $0, input, shuffles: false)
    }
  }

  /// What the trunk makes of each picture, computed once.
  func features(of indices: [Int], shuffles: Bool) throws -> FeatureSource {
    try FeatureSource(
      evaluation(indices), model: model, precision: recipe.precision.value ?? .float32,
      batchSize: batchSize, seed: shuffles ? recipe.seed : nil, balance: recipe.balance)
  }

  private func source(
    _ indices: [Int], _ pipeline: Pipeline, _ input: InputSpec, batchSize: Int? = nil, shuffles: Bool
  ) throws -> PictureSource {
    let options = Loader.Options(
      pipeline: pipeline, inputSize: Size(height: input.height, width: input.width), channels: input.channels,
      normalization: model.preprocessing.normalization, batchSize: batchSize ?? self.batchSize, shuffles: shuffles,
      seed: recipe.seed, layout: .interleaved, mixing: shuffles ? recipe.mixing : nil,
      repeats: shuffles ? recipe.repeats : 1,
      views: shuffles ? recipe.views : 1, balance: recipe.balance, workers: recipe.workers.value, cache: cache)
    return try PictureSource(dataset, indices: indices, options: options, device: model.device)
  }
}
