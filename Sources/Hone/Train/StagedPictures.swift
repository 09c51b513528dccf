internal import HoneAugment

/// Pictures whose size or augmentation, or whose number in a batch, changes from epoch to epoch.
struct StagedPictures: BatchSource {
  /// What the pictures of an epoch are.
  struct Stage: Hashable {
    var input: InputSpec
    /// A factor of the chance of every step of the augmentation.
    var augmentation: Double
    /// Pictures of a batch.
    var batchSize: Int
  }

  private let sources: [PictureSource]
  /// The number of each epoch's source.
  private let order: [Int]

  /// - Parameter stages: one for each epoch.
  init(_ stages: [Stage], _ source: (Stage) throws -> PictureSource) rethrows {
    var distinct: [Stage] = []
    for stage in stages where !distinct.contains(stage) { distinct.append(stage) }
    order = stages.map { distinct.firstIndex(of: $0) ?? 0 }
    sources = try distinct.map(source)
  }

  func batches(in epoch: Int) -> Int { source(of: epoch).batches(in: epoch) }

  func epoch(_ epoch: Int, from start: Int) -> () throws -> TensorBatch? {
    source(of: epoch).epoch(epoch, from: start)
  }

  private func source(of epoch: Int) -> PictureSource { sources[order[min(epoch, order.count - 1)]] }

  var problems: [DataProblem] { Set(sources.flatMap(\.problems)).sorted { $0.path < $1.path } }
}

extension Schedules {
  /// What the pictures of each epoch are, where they are not all as in `whole`.
  func stages(_ recipe: Recipe, whole: StagedPictures.Stage) -> [StagedPictures.Stage]? {
    guard size != nil || augmentation != nil || batch != nil else { return nil }
    return (0..<recipe.epochs).map { epoch in
      func now(_ schedule: Schedule?) -> Double {
        schedule?.factor(at: epoch, of: recipe.epochs, perEpoch: 1) ?? 1
      }
      return StagedPictures.Stage(
        input: whole.input.scaled(by: now(size)), augmentation: now(augmentation),
        batchSize: Self.rounded(Double(whole.batchSize) * now(batch), to: recipe.repeats))
    }
  }

  /// The nearest multiple, one at least.
  private static func rounded(_ number: Double, to unit: Int) -> Int {
    max(1, Int((number / Double(unit)).rounded())) * unit
  }
}

extension InputSpec {
  /// Sides of about a part of these, in steps that networks can halve again and again.
  fileprivate func scaled(by factor: Double) -> InputSpec {
    func side(_ whole: Int) -> Int {
      let unit = whole >= 128 ? 32 : 4
      return factor >= 1 ? whole : min(whole, max(unit, Int((Double(whole) * factor).rounded()) / unit * unit))
    }
    return InputSpec(height: side(height), width: side(width), channels: channels)
  }
}

extension Preprocessing {
  /// The same for pictures of another size.
  func scaled(to input: InputSpec) -> Preprocessing {
    var scaled = self
    scaled.input = input
    if case .shorterSide(let side) = resize {
      scaled.resize = .shorterSide(side * min(input.height, input.width) / min(self.input.height, self.input.width))
    }
    return scaled
  }
}

extension Pipeline {
  /// The same with every chance times a factor.
  func weakened(by factor: Double) -> Pipeline {
    factor == 1 ? self : Pipeline(steps.map { Step($0.transform, chance: $0.chance * factor) })
  }
}

extension Model {
  /// Refuses a size of pictures that these weights cannot see.
  ///
  /// - Throws: `HoneError` `.conflict`.
  func accept(_ input: InputSpec) throws {
    var other = structure
    other.input = input
    guard try other.summary().weights == structure.summary().weights else {
      throw HoneError(
        .conflict,
        "\(structure.name) with this head sees pictures of \(structure.input) only, not of \(input); leave schedules.size "
          + "out, or choose a head that pools", context: ["key": "schedules.size"])
    }
  }
}
