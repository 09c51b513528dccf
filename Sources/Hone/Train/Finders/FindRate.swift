internal import Foundation
internal import HoneAugment
internal import HoneTensor

/// Which rates a range test tries.
///
/// - Units: rates rise from `from` to `to` by the same factor at each of `steps`.
public struct RateRange: Sendable, Hashable {
  public var from: Double
  public var to: Double
  public var steps: Int

  public init(from: Double = 1e-7, to: Double = 10, steps: Int = 100) {
    self.from = from
    self.to = to
    self.steps = steps
  }

  /// The rate of a step, counted from 0.
  public func rate(at step: Int) -> Double { from * pow(to / from, Double(step) / Double(max(1, steps - 1))) }
}

/// Trains a copy of a recipe's network at ever higher rates, until its loss diverges.
///
/// ```swift
/// let search = try await findRate(for: recipe, on: pets)
/// print(search.suggestions.map { "\($0.rule): \($0.rate)" })
/// ```
///
/// - Parameters:
///   - split: which pictures train; nil holds out what the recipe says.
///   - progress: is told the part that is done, on the engine's thread.
/// - Throws: `HoneError`, `EngineError`.
public func findRate(
  for recipe: Recipe, on dataset: Dataset, split: Split? = nil, range: RateRange = RateRange(),
  stop: StopFlag = StopFlag(), progress: @escaping @Sendable (Double) -> Void = { _ in }
) async throws -> RateSearch {
  let split = try split ?? Split(dataset, validation: recipe.data.validation, seed: recipe.seed)
  return try await Engine.run {
    let model = try recipe.makeModel(classes: dataset.classes)
    return try findRate(of: model, for: recipe, on: dataset, split: split, range: range, stop: stop, progress: progress)
  }
}

/// The same for a model at hand, which stays as it is. On the engine's thread.
public func findRate(
  of model: Model, for recipe: Recipe, on dataset: Dataset, split: Split, range: RateRange = RateRange(),
  stop: StopFlag = StopFlag(), progress: (Double) -> Void = { _ in }
) throws -> RateSearch {
  let test = try RangeTest(recipe, model: model.copy(), dataset: dataset, split: split)
  var search = RateSearch()
  while search.points.count < range.steps, !search.hasDiverged, !stop.isRaised {
    let rate = range.rate(at: search.points.count)
    search.add(rate: rate, loss: try test.step(rate: rate))
    progress(Double(search.points.count) / Double(range.steps))
  }
  return search
}

/// Steps of training whose rate is given from outside.
private final class RangeTest {
  private let recipe: Recipe
  private let work: PhaseWork
  private let objective: Objective
  private var epoch = 0
  private var steps = 0
  private var next: () throws -> TensorBatch? = { nil }

  /// - Parameter model: is trained, and belongs to the test.
  init(_ recipe: Recipe, model: Model, dataset: Dataset, split: Split) throws {
    try recipe.check()
    var plain = recipe.resolved(for: .here(pictures: split.train.count, input: model.structure.input))
    plain.ema = nil
    plain.swa = nil
    plain.schedules.size = nil
    plain.schedules.batch = nil
    if plain.precision.value == .float16 { plain.precision = .fixed(.float32) }  // whose steps are never left out
    guard let phase = Phase.all(of: plain).first(where: { $0.epochs > 0 }) else {
      throw HoneError(
        .invalidValue, "this recipe fits its head without steps, and needs no rate", file: nil, key: "transfer")
    }
    self.recipe = plain
    Engine.setThreads(plain.threads.value ?? 1)
    try model.move(to: plain.availableDevice())
    objective = try Objective(
      plain.loss, outputs: model.structure.outputs, counts: dataset.subset(split.train).counts)
    let training = Split(train: split.train, validation: [])
    work = try PhaseWork(
      phase, from: 0, of: plain, model: model, objective: objective, dataset: dataset, split: training)
  }

  /// One optimizer step from as many batches as the recipe wants; gives their mean loss before it.
  func step(rate: Double) throws -> Double {
    var sum = 0.0
    for part in 0..<recipe.accumulation {
      let pass = Pass(
        training: true, seed: RandomStream.key(seed: recipe.seed, epoch: steps, index: part, name: "pass"))
      sum += try work.lesson.learn(from: batch(), pass, parts: recipe.accumulation).loss
    }
    let seed = RandomStream.key(seed: recipe.seed, epoch: steps, name: "gradientNoise")
    try work.step(Moment(pace: Pace(rate: rate), step: steps), clipping: recipe.clipping, seed: seed)
    steps += 1
    return sum / Double(recipe.accumulation)
  }

  /// The next batch, from the next epoch where one has ended.
  private func batch() throws -> TensorBatch {
    if let batch = try next() { return batch }
    next = work.training.epoch(epoch, from: 0)
    epoch += 1
    if let batch = try next() { return batch }
    throw HoneError(.emptyData, "there is no picture to train on; give more pictures")
  }
}
