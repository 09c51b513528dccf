internal import HoneTensor

/// What a training run will take, by a few steps of it.
///
/// - Units: `secondsPerEpoch` and `seconds` of wall clock, without validation; `peakBytes` of tensors.
public struct RunForecast: Sendable, Hashable, Encodable {
  public var structure: String
  public var parameters: Int
  public var trainingPictures: Int
  public var validationPictures: Int
  public var batchSize: Int
  public var precision: Precision
  public var threads: Int
  public var epochs: Int
  public var stepsPerEpoch: Int
  public var peakBytes: Int
  public var secondsPerEpoch: Double
  public var seconds: Double

  /// Trains for a few batches, with the data, augmentation and network of the run, and keeps nothing of it. On the engine's
  /// thread.
  ///
  /// - Throws: what the run itself would throw at its start.
  public init(_ recipe: Recipe, on dataset: Dataset, split: Split) throws {
    let input = Structure(recipe.model.structure, input: recipe.model.input, classes: dataset.classes.count).input
    let recipe = recipe.resolved(for: .here(pictures: split.train.count, input: input))
    batchSize = recipe.batchSize.value ?? 1
    let sample = dataset.spread(split.train, count: Self.batches * batchSize)
    let trainer = try Trainer(
      recipe.shortened, dataset: dataset, split: Split(train: sample, validation: []), saving: .never)
    let result = try trainer.fit()
    structure = recipe.model.structure
    parameters = trainer.model.parameterCount
    (trainingPictures, validationPictures) = (split.train.count, split.validation.count)
    precision = recipe.precision.value ?? .float32
    threads = recipe.threads.value ?? 1
    epochs = recipe.epochs
    stepsPerEpoch = ((split.train.count + batchSize - 1) / batchSize + recipe.accumulation - 1) / recipe.accumulation
    peakBytes = result.peakBytes
    let paces = result.history.map { $0.seconds * Double(split.train.count) / Double(max(1, sample.count)) }
    let frozen = min(recipe.epochs, recipe.transfer?.frozenEpochs ?? 0)
    secondsPerEpoch = paces.last ?? 0
    seconds = Double(frozen) * (paces.first ?? 0) + Double(recipe.epochs - frozen) * secondsPerEpoch
  }

  private static let batches = 6
}

extension Recipe {
  /// Two epochs, the first to warm up, of whole pictures and batches; one for each phase where a backbone is frozen at first.
  fileprivate var shortened: Recipe {
    var short = self
    short.epochs = 2
    short.schedules.size = nil
    short.schedules.batch = nil
    short.earlyStopping = nil
    if let frozen = transfer?.frozenEpochs { short.transfer?.frozenEpochs = min(1, frozen) }
    return short
  }
}
