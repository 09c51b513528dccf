internal import HoneTensor

/// Trains a recipe's network on a data set.
///
/// ```swift
/// let pets = try Dataset(at: "pets")
/// let recipe = Recipe(model: .classicCNN, epochs: 20, optimizer: .adam(rate: 1e-3))
/// let result = try await Hone.train(recipe, on: pets, folder: "run")
/// print(result.history.map(\.validationAccuracy))
/// ```
///
/// - Parameters:
///   - split: which pictures train and which validate; nil holds out what the recipe says.
///   - folder: keeps the model, the metrics and checkpoints; a run that was stopped in there goes on. Nil keeps nothing.
///   - timeLimit: seconds after which training ends in good order.
///   - stop: ends training after the batch at hand once it is raised.
///   - progress: is told what happens, on the engine's thread.
/// - Throws: `HoneError`, `EngineError`.
@discardableResult
public func train(
  _ recipe: Recipe, on dataset: Dataset, split: Split? = nil, folder: String? = nil, timeLimit: Double? = nil,
  stop: StopFlag = StopFlag(), progress: @escaping @Sendable (TrainingEvent) -> Void = { _ in }
) async throws -> FitResult {
  let split = try split ?? Split(dataset, validation: recipe.data.validation, seed: recipe.seed)
  return try await Engine.run {
    try Trainer(
      recipe, dataset: dataset, split: split, folder: folder, timeLimit: timeLimit, stop: stop, progress: progress
    ).fit()
  }
}
