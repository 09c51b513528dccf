public import HoneAugment
internal import HoneImage
public import HoneTensor

/// How a model is asked about pictures.
public struct AskingOptions: Sendable, Hashable {
  public var batchSize: Int
  /// Where the network computes.
  public var device: Auto<Device>
  public var precision: Auto<Precision>
  /// Threads that decode.
  public var workers: Auto<Int>
  /// Whether each answer is the mean of those about a picture and about its mirror image; nil: as the model was trained to.
  public var flips: Bool?
  /// Further looks at each picture; an answer is then the mean of those about all of them.
  public var views: [Viewing]

  public init(
    batchSize: Int = 32, device: Auto<Device> = .auto, precision: Auto<Precision> = .auto, workers: Auto<Int> = .auto,
    flips: Bool? = nil,
    views: [Viewing] = []
  ) {
    self.batchSize = batchSize
    self.device = device
    self.precision = precision
    self.workers = workers
    self.flips = flips
    self.views = views
  }
}

/// What a model says about one file.
public struct Prediction: Codable, Sendable, Hashable {
  public var path: String
  /// One per class; empty when the picture could not be read.
  public var probabilities: [Float]
  /// Why the picture could not be read.
  public var error: String?

  /// The most probable class, and how probable it is; nil when the picture could not be read.
  public func best(of classes: [String]) -> (name: String, probability: Float)? {
    guard let probability = probabilities.max(), let index = probabilities.firstIndex(of: probability) else {
      return nil
    }
    return (classes[index], probability)
  }
}

/// Asks a model about labelled pictures. On the engine's thread.
///
/// - Parameter indices: which pictures; nil asks about all.
/// - Throws: `HoneError`; `.conflict` when the data have classes that the model does not know.
public func evaluate(
  _ model: Model, on dataset: Dataset, indices: [Int]? = nil, options: AskingOptions = AskingOptions()
) throws -> Predictions {
  guard dataset.classes == model.classes else {
    throw HoneError(
      .conflict,
      "the model knows the classes \(model.classes.joined(separator: ", ")), and the data have "
        + "\(dataset.classes.joined(separator: ", ")); evaluate it on data with its own classes")
  }
  return try ask(model, dataset, indices ?? Array(dataset.samples.indices), options).predictions
}

/// Asks a model file about labelled pictures.
public func evaluate(
  modelAt path: String, on dataset: Dataset, indices: [Int]? = nil, options: AskingOptions = AskingOptions()
) async throws -> Predictions {
  try await Engine.run { try evaluate(ModelFile.load(path), on: dataset, indices: indices, options: options) }
}

/// Asks a model about picture files. On the engine's thread.
///
/// A file that cannot be read gives a prediction with an error, and does not stop the others.
public func predict(
  _ model: Model, files: [String], options: AskingOptions = AskingOptions()
) throws -> [Prediction] {
  guard !files.isEmpty else { return [] }
  let samples = files.map { Sample(source: .file($0), label: 0) }
  let dataset = Dataset(name: "files", root: "", classes: model.classes, samples: samples)
  let (predictions, problems) = try ask(model, dataset, Array(files.indices), options)
  let rows = Dictionary(uniqueKeysWithValues: zip(predictions.indices, predictions.probabilities))
  let reasons = Dictionary(problems.map { ($0.path, $0.reason) }) { first, _ in first }
  return files.indices.map { index in
    let error = rows[index] == nil ? reasons[dataset.title(of: index)] ?? "cannot be read" : nil
    return Prediction(path: files[index], probabilities: rows[index] ?? [], error: error)
  }
}

/// Asks a model file about picture files; gives the model's classes too.
public func predict(
  modelAt path: String, files: [String], options: AskingOptions = AskingOptions()
) async throws -> (classes: [String], predictions: [Prediction]) {
  try await Engine.run {
    let model = try ModelFile.load(path)
    return (model.classes, try predict(model, files: files, options: options))
  }
}

private func ask(
  _ model: Model, _ dataset: Dataset, _ indices: [Int], _ options: AskingOptions
) throws -> (predictions: Predictions, problems: [DataProblem]) {
  var recipe = Recipe(batchSize: .fixed(options.batchSize))
  recipe.device = options.device
  recipe.precision = options.precision
  recipe.workers = options.workers
  recipe = recipe.resolved(for: .here(pictures: indices.count, input: model.structure.input))
  Engine.setThreads(recipe.threads.value ?? 1)
  let network = try model.optimizedForInference(on: recipe.availableDevice())
  let pictures = Pictures(recipe: recipe, model: network, dataset: dataset, cache: nil)
  let objective = try Objective(LossChoice(), outputs: model.structure.outputs, counts: dataset.counts)
  let evaluation = Evaluation(
    network: network.callAsFunction, objective: objective,
    precision: recipe.precision.value ?? .float32,
    flips: options.flips ?? model.preprocessing.mirrors)
  let sources = try pictures.views(indices, options.views)
  let answers = try sources.map { try evaluation.predictions(from: $0, classes: dataset.classes) }
  return (Predictions(meanOf: answers), sources[0].problems)
}

extension Predictions {
  /// The mean of answers about the same pictures; those that one lacks are left out.
  init(meanOf views: [Predictions]) {
    self = views[0]
    guard views.count > 1 else { return }
    let rows = views.map { Dictionary(zip($0.indices, $0.probabilities)) { first, _ in first } }
    let found = indices.map { index in rows.compactMap { $0[index] } }
    let kept = found.indices.filter { found[$0].count == views.count }
    (indices, labels) = (kept.map { indices[$0] }, kept.map { labels[$0] })
    probabilities = kept.map { place in
      found[place][0].indices.map { column in
        found[place].reduce(0) { $0 + $1[column] } / Float(views.count)
      }
    }
  }
}
