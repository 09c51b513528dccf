import HoneImage

extension StudySetting {
  /// Looks at the pictures' sizes, and finds the largest input at which the plan fits the budget.
  init(
    _ dataset: Dataset, split: StudySplit, options: ImproveOptions, journal: Journal, runner: PictureRunner
  ) throws {
    let folds = try split.foldCount(dataset, wanted: options.folds)
    self.init(
      input: InputSpec(side: Self.usualSide(dataset, split.pool)), classes: dataset.classes.count,
      pictures: split.trainCount(dataset, folds: folds),
      backbones: try options.backbones.map { try Backbone(path: $0) }, imbalance: split.imbalance(dataset))
    if case .plan(let begun)? = journal.entries.first, let known = begun.arms.first?.recipe.model.input {
      input = known
      return
    }
    let share = backbones.isEmpty ? 0.5 : 0.4
    let trial = options.budget * share / Double(folds * Technique.catalogue(self).filter { $0.needs.isEmpty }.count)
    try shrink(toFit: trial, runner: runner)
  }

  /// The pictures' own size where they are small, up to 224; a multiple of 32.
  static func usualSide(_ dataset: Dataset, _ indices: [Int]) -> Int {
    let step = max(1, indices.count / 100)
    let sides = stride(from: 0, to: indices.count, by: step).compactMap { position -> Int? in
      switch dataset.samples[indices[position]].source {
      case .file(let path): (try? ImageInfo(contentsOf: path)).map { max($0.size.height, $0.size.width) }
      case .record(_, _, let format): max(format.height, format.width)
      }
    }.sorted()
    let middle = sides.isEmpty ? 224 : sides[sides.count / 2]
    return min(224, max(32, (middle + 31) / 32 * 32))
  }

  /// Large pictures are shrunk, never below 64 pixels, until one training of the baseline takes no longer than its share.
  private mutating func shrink(toFit seconds: Double, runner: PictureRunner) throws {
    guard min(input.height, input.width) > 64 else { return }
    var small = self
    small.input = InputSpec(side: 64, channels: input.channels)
    let recipe = Recipe.baseline(small)
    let cost = try runner.cost(of: recipe, pictures: pictures)
    let fits = [224, 160, 128, 96, 64].first { side in
      let growth = Double(side * side) / (64 * 64)
      return side <= input.height && cost.fixed + growth * cost.perEpoch * Double(recipe.epochs) <= seconds
    }
    input = InputSpec(side: fits ?? 64, channels: input.channels)
  }
}
