import HoneAugment
import HoneImage
package import HoneTensor

/// What a frozen backbone sees in pictures: the features that a last layer is fitted to, and asked about.
///
/// - Shape: every tensor is `[pictures, features]`, its rows in the same order.
package struct FeatureTable {
  /// The pictures as they are, then some augmented copies where the recipe augments.
  package let learnt: [Tensor]
  /// The pictures as they are, then mirrored where the recipe asks for both.
  let tested: [Tensor]
  /// The row of each picture; those that cannot be read have none.
  let row: [Int: Int]

  /// Copies of each picture that are learnt from when a recipe augments.
  private static let views = 4

  /// Looks at pictures with the recipe's backbone.
  ///
  /// - Parameter augments: whether copies through the recipe's augmentation are learnt from as well.
  package init(
    _ recipe: Recipe, model: Model, dataset: Dataset, pictures: [Int], cache: PictureCache?, augments: Bool
  ) throws {
    let eye = Eye(recipe: recipe, model: model, dataset: dataset, cache: cache)
    let plain = try eye.features(of: pictures, through: nil, view: 0)
    let mirror = Pipeline([Step(Flip(.horizontal))])
    tested =
      recipe.flipsWhenTesting
      ? [plain.features, try eye.features(of: plain.indices, through: mirror, view: 0).features] : [plain.features]
    let views = augments && recipe.augmentation != nil ? Self.views : 0
    learnt =
      try [plain.features]
      + (0..<views).map { try eye.features(of: plain.indices, through: recipe.augmentation, view: $0 + 1).features }
    row = Dictionary(uniqueKeysWithValues: plain.indices.enumerated().map { ($1, $0) })
  }

  /// The last layer that fits the labels of some pictures best, by the recipe's loss.
  ///
  /// Where the backbone will go on learning, the layer is kept small rather than sharp: it is only a beginning.
  func probe(_ recipe: Recipe, train: [Int], labels: [Int], classes: Int) throws -> LogisticProbe {
    let known = train.filter { row[$0] != nil }
    let rows = try Tensor(known.compactMap { row[$0] })
    let smoothing = recipe.loss.labelSmoothing
    let targets = known.flatMap { index in
      (0..<classes).map { (labels[index] == $0 ? 1 - smoothing : 0) + smoothing / Double(classes) }
    }
    let one = try Tensor(targets, shape: [known.count, classes])
    return try LogisticProbe(
      features: .cat(learnt.map { try $0.indexSelect(0, rows) }), targets: .cat(learnt.map { _ in one }),
      groups: learnt.flatMap { _ in known }, penalty: recipe.isProbe ? nil : 0.03, seed: recipe.seed)
  }

  /// Class probabilities of pictures: the mean over what they are tested by.
  func probabilities(_ probe: LogisticProbe, of pictures: [Int]) throws -> [[Float]] {
    let rows = try Tensor(pictures.compactMap { row[$0] })
    let answers = try tested.map { try probe.probabilities($0.indexSelect(0, rows)) }
    let sum = answers.dropFirst().reduce(answers[0]) { sum, more in zip(sum, more).map { zip($0, $1).map(+) } }
    return sum.map { $0.map { $0 / Float(answers.count) } }
  }
}

extension Model {
  /// Puts a fitted layer in the place of the head.
  ///
  /// - Throws: `HoneError` `.conflict` when the head is more than one layer with a score per class.
  func useHead(_ probe: LogisticProbe) throws {
    let entries = headParameters
    guard entries.count == 2, structure.outputs == structure.classes else {
      throw HoneError(
        .conflict, "a fitted head is one linear layer with a score per class; choose the head linear or grid",
        context: ["key": "transfer.fitsHead"])
    }
    for entry in entries {
      try entry.parameter.load(entry.role == .bias ? probe.bias : probe.weight.reshape(entry.parameter.shape))
    }
  }
}

extension Model {
  /// Fits the head to the pictures' features, where the recipe asks for it.
  func fitHead(_ recipe: Recipe, dataset: Dataset, pictures: [Int], cache: PictureCache?) throws {
    guard recipe.transfer?.fitsHead ?? false else { return }
    let table = try FeatureTable(
      recipe, model: self, dataset: dataset, pictures: pictures, cache: cache, augments: recipe.isProbe)
    try useHead(
      table.probe(recipe, train: pictures, labels: dataset.labels, classes: dataset.classes.count))
  }
}

extension Recipe {
  /// A frozen backbone under one fitted layer: there is nothing to train by steps, and optimizer and schedule mean nothing.
  var isProbe: Bool { transfer.map { $0.frozenEpochs == nil && $0.fitsHead } ?? false }

  /// The recipe without what has no effect: two recipes that train alike are equal.
  var effective: Recipe {
    guard isProbe else { return self }
    var recipe = Recipe(model: model, augmentation: augmentation, transfer: transfer, seed: seed)
    recipe.loss = loss
    recipe.flipsWhenTesting = flipsWhenTesting
    return recipe
  }
}

/// A frozen network that looks at pictures.
private struct Eye {
  let recipe: Recipe
  let model: Model
  let dataset: Dataset
  let cache: PictureCache?

  /// The features of pictures, in the order of the indices given back; those that cannot be read are left out.
  func features(of indices: [Int], through augmentation: Pipeline?, view: Int) throws -> (
    features: Tensor, indices: [Int]
  ) {
    let input = model.preprocessing.input
    let options = Loader.Options(
      pipeline: Pipeline((augmentation?.steps ?? []) + model.preprocessing.pipeline.steps),
      inputSize: Size(height: input.height, width: input.width), channels: input.channels,
      normalization: model.preprocessing.normalization, batchSize: 32, shuffles: false, seed: UInt64(view),
      layout: .interleaved, workers: recipe.workers.value, cache: cache)
    let seen = try FeatureSource(
      PictureSource(dataset, indices: indices, options: options, device: model.device), model: model,
      precision: recipe.precision.value ?? .float32, batchSize: options.batchSize, seed: nil)
    // The fit needs float64, which not every device has.
    let (all, count) = (try seen.features.to(.cpu), seen.indices.count)
    return (try all.reshape([count, all.count / max(1, count)]), seen.indices)
  }
}
