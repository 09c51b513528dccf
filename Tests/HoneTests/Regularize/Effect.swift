import Foundation
import Hone
import HoneImage
import HoneTensor
import HoneTesting
import Synchronization

/// What a change to a recipe does to one number, in paired runs: with it and without it, from the same seeds.
struct Effect: Sendable {
  /// What a run has ended with.
  struct Outcome {
    let model: Model
    let result: FitResult
    let data: Dataset
    let split: Split

    /// What the model says about pictures of the data set.
    func answers(_ indices: [Int]) throws -> Predictions {
      try evaluate(
        model, on: data, indices: indices, options: AskingOptions(batchSize: 64, precision: .fixed(.float32)))
    }
    var validation: Predictions { get throws { try answers(split.validation) } }
    /// The loss on pictures not seen less that on those seen.
    var gap: Double {
      get throws { try validation.negativeLogLikelihood - answers(split.train).negativeLogLikelihood }
    }
    /// The mean of the largest probability.
    var confidence: Double {
      get throws {
        let tops = try validation.probabilities.map { Double($0.max() ?? 0) }
        return tops.reduce(0, +) / Double(max(1, tops.count))
      }
    }
    var kernels: [NamedParameter] { model.parameters.filter { $0.role == .kernel } }
  }

  /// A number of a run that a technique exists to move.
  struct Number: Sendable {
    let name: String
    let of: @Sendable (Outcome) throws -> Double
  }

  /// What its runs learn from, in words.
  var name: String
  var base: Recipe
  var data: @Sendable (_ folder: String) throws -> (Dataset, Split)
  /// Pairs of runs in the normal suite, and in the slow one.
  var pairs = (few: 2, many: 8)
  /// What is done to a model before it learns.
  var prepare: @Sendable (Model) throws -> Void = { _ in }

  /// The differences of a number, changed less unchanged.
  ///
  /// Prints their mean with its 95 % interval.
  func differences(
    _ technique: String, _ change: (inout Recipe) -> Void, of number: Number
  ) async throws -> [Double] {
    var changed = base
    change(&changed)
    let after = changed
    let count = TestData.runsSlowTests ? pairs.many : pairs.few
    let differences = try await withFolder { folder in
      let (data, split) = try data(folder)
      return try await Engine.run {
        try (0..<count).map { seed in
          let before = try Self.known.value("\(number.name) \(name) \(seed) \(base)") {
            try value(number, base, seed, data, split)
          }
          return try value(number, after, seed, data, split) - before
        }
      }
    }
    print("effect of \(technique) on \(number.name), \(name): \(Self.summary(differences))")
    return differences
  }

  /// The number after one run.
  private func value(
    _ number: Number, _ recipe: Recipe, _ seed: Int, _ data: Dataset, _ split: Split
  ) throws -> Double {
    var recipe = recipe
    recipe.seed = UInt64(seed)
    let trainer = try Trainer(recipe, dataset: data, split: split)
    try prepare(trainer.model)
    let result = try trainer.fit()
    return try number.of(Outcome(model: trainer.model, result: result, data: data, split: split))
  }

  /// Numbers of unchanged runs, which many techniques are compared to.
  private static let known = Memory()

  private final class Memory: Sendable {
    private let values = Mutex<[String: Double]>([:])

    func value(_ key: String, _ make: () throws -> Double) rethrows -> Double {
      if let known = values.withLock({ $0[key] }) { return known }
      let made = try make()
      values.withLock { $0[key] = made }
      return made
    }
  }

  private static func summary(_ values: [Double]) -> String {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let spread = (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / max(1, count - 1)).squareRoot()
    let half = StudentT(degrees: max(1, count - 1)).quantile(0.975) * spread / count.squareRoot()
    return String(format: "%+.4f, 95 %% interval %+.4f to %+.4f, n = %d", mean, mean - half, mean + half, values.count)
  }
}

extension Effect.Number {
  static let gap = Self(name: "the gap between unseen and seen pictures") { try $0.gap }
  static let confidence = Self(name: "certainty") { try $0.confidence }
  static let error = Self(name: "error") { try 1 - $0.validation.accuracy }
  static let balancedError = Self(name: "balanced error") { try 1 - $0.validation.balancedAccuracy }
  static let loss = Self(name: "the loss on unseen pictures") { try $0.validation.negativeLogLikelihood }
  static let trainingLoss = Self(name: "the training loss") { $0.result.history.last?.trainLoss ?? .nan }
  static let zeros = Self(name: "the share of zeros") { $0.result.sparsity?.share ?? 0 }
  static let emptyFilters = Self(name: "the share of empty filters") { outcome in
    outcome.result.sparsity.map { Double($0.emptyFilters) / Double($0.filters) } ?? 0
  }
  /// The mean |cosine| of a layer's filters.
  static let likeness = Self(name: "the likeness of filters") { outcome in
    let prices = try outcome.kernels.map { try Penalties([.orthogonal(1, on: .all)], for: [$0]).value() }
    return prices.reduce(0, +) / Double(prices.count)
  }
  /// The share of weights below zero.
  static let negatives = Self(name: "the share of negative weights") { outcome in
    let counts = try outcome.kernels.map { try $0.parameter.value.lt(0).to(.float32).mean().item() }
    return counts.reduce(0, +) / Double(counts.count)
  }
  /// How far the answers about pictures are from those about their mirror images.
  static let disagreement = Self(name: "disagreement about mirror images") { outcome in
    func answers(_ flips: Bool) throws -> [[Float]] {
      let options = AskingOptions(batchSize: 64, precision: .fixed(.float32), flips: flips)
      return try evaluate(outcome.model, on: outcome.data, indices: outcome.split.validation, options: options)
        .probabilities
    }
    let distances = try zip(answers(false).joined(), answers(true).joined()).map { Double(abs($0 - $1)) }
    return distances.reduce(0, +) / Double(distances.count)
  }
}

extension Effect {
  /// 64 noisy pictures, every fourth with a wrong label, and a network that can learn them by heart.
  static var smallSet: Effect {
    var recipe = ToyData.recipe(epochs: 30)
    recipe.model.options = StructureOptions(widths: [8, 16], dense: 64)
    recipe.regularization.dropout = nil
    return Effect(
      name: "64 pictures, some with wrong labels", base: recipe,
      data: { try mislabelled(in: $0, training: 64, classes: 2, every: 4) })
  }

  /// Four classes, a third of whose training labels is wrong.
  static var wrongLabels: Effect {
    var recipe = ToyData.recipe(epochs: 20)
    recipe.regularization.dropout = nil
    return Effect(
      name: "a third of the labels wrong", base: recipe,
      data: { try mislabelled(in: $0, training: 160, classes: 4, every: 3) })
  }

  /// The small set as 16 patches of each picture, in two blocks of a transformer.
  static var transformer: Effect {
    var effect = smallSet
    effect.name += ", a transformer"
    effect.base.model = ModelChoice("vit-tiny", input: InputSpec(side: 16))
    effect.base.model.options = StructureOptions(depths: [2], patch: 4)
    effect.base.optimizer = .adamW(rate: 1e-3)
    effect.base.epochs = 20
    return effect
  }

  /// Pictures whose labels are right, and a network that learns them well by plain steps.
  static var learnable: Effect {
    var recipe = ToyData.recipe(epochs: 12)
    recipe.model.options = StructureOptions(widths: [8, 16], dense: 64)
    recipe.regularization.dropout = nil
    recipe.optimizer = .sgd(rate: 0.01, momentum: 0.9)
    return Effect(
      name: "pictures that are learnt well", base: recipe,
      data: { try mislabelled(in: $0, training: 160, classes: 2, every: nil) })
  }

  /// The same from weights that are all zero, where hidden layers have no gradients.
  static var fromZeros: Effect {
    var effect = learnable
    effect.name = "from weights of zero"
    effect.prepare = { model in
      for member in model.parameters { try member.parameter.load(.zeros(member.parameter.shape)) }
    }
    return effect
  }

  /// Wrong labels at a rate that stays high: weights never come to rest.
  static var restless: Effect {
    var effect = wrongLabels
    effect.base.optimizer = .sgd(rate: 0.05, momentum: 0.9)
    return effect
  }

  /// Toys, some of whose training labels are wrong, and 120 to validate whose labels are right.
  private static func mislabelled(
    in folder: String, training: Int, classes: Int, every stride: Int?
  ) throws -> (Dataset, Split) {
    let data = try ToyData.make(in: folder, count: training + 120, classes: classes, noise: 150)
    let samples = data.samples.enumerated().map { index, sample in
      let isWrong = index < training && stride.map { index / classes % $0 == 0 } ?? false
      return Sample(source: sample.source, label: isWrong ? (sample.label + 1) % classes : sample.label)
    }
    return (
      Dataset(name: data.name, root: data.root, classes: data.classes, samples: samples),
      Split(train: Array(0..<training), validation: Array(training..<training + 120))
    )
  }

  /// CIFAR-10, or in the normal suite toys, with 100 (or 20) times as many pictures of the first class as of the last.
  static var rareClasses: Effect {
    var recipe = ToyData.recipe(epochs: 12)
    guard TestData.runsSlowTests else {
      return Effect(name: "toys of 60, 22, 8 and 3", base: recipe) { folder in
        let data = try ToyData.make(in: folder, count: 400, classes: 4, noise: 150)
        let counts = [60, 22, 8, 3]
        let train = (0..<280).filter { $0 / 4 < counts[$0 % 4] }
        return (data, Split(train: train, validation: Array(280..<400)))
      }
    }
    recipe = Recipe(
      model: ModelChoice("resnet20-cifar"), epochs: 12, batchSize: 64, optimizer: .sgd(rate: 0.1, momentum: 0.9))
    recipe.schedule = .cosine()
    return Effect(name: "CIFAR-10 of 600 down to 6", base: recipe, data: cifar, pairs: (1, 3))
  }

  /// Of the first sheet of each class: 600 pictures of the first down to 6 of the last, and 200 of each to validate.
  @Sendable private static func cifar(_ folder: String) throws -> (Dataset, Split) {
    let format = RecordFormat(height: 32, width: 32, channels: 3, layout: .interleaved)
    let root = TestData.path("cifar10_sheets/train")
    let names = try FileManager.default.contentsOfDirectory(atPath: root).sorted()
    var (samples, split) = ([Sample](), Split(train: [], validation: []))
    for (label, name) in names.enumerated() {
      let sheet = try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(name)").sorted()[0]
      let image = try Image<UInt8>(contentsOf: "\(root)/\(name)/\(sheet)")
      let file = "\(folder)/\(name).bin"
      try Data((0..<1000).flatMap { tile(image, $0) }).write(to: URL(filePath: file))
      let kept = Int((600 * pow(0.01, Double(label) / 9)).rounded())
      for index in Array(0..<kept) + Array(800..<1000) {
        if index < 800 { split.train.append(samples.count) } else { split.validation.append(samples.count) }
        samples.append(
          Sample(source: .record(file: file, offset: index * format.bytes, format: format), label: label))
      }
    }
    return (Dataset(name: "rare", root: folder, classes: names, samples: samples), split)
  }

  private static func tile(_ sheet: Image<UInt8>, _ index: Int) -> [UInt8] {
    let (top, left) = (index / 40 * 32, index % 40 * 32)
    return (0..<32).flatMap { y in
      (0..<32).flatMap { x in (0..<3).map { sheet[top + y, left + x, $0] } }
    }
  }
}
