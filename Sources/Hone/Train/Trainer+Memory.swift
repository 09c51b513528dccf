internal import HoneTensor

extension Trainer {
  /// Runs `body`; where memory runs out, the error says what to lower.
  func sayingWhatToLower<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as EngineError where error.code == .outOfMemory {
      throw HoneError(
        .outOfMemory,
        "memory ran out while training with \(size); \(remedies.joined(separator: ", or ")); "
          + "'hone train --dry-run' foretells what a recipe takes",
        file: nil, cause: error)
    }
  }

  private var batchSize: Int { recipe.batchSize.value ?? 1 }

  private var size: String { "\(model.structure.name), batches of \(batchSize), pictures of \(model.structure.input)" }

  /// What makes a step smaller, the least costly first.
  private var remedies: [String] {
    var remedies: [String] = []
    if batchSize > recipe.repeats {
      let half = max(recipe.repeats, batchSize / 2 / recipe.repeats * recipe.repeats)
      remedies.append(
        "lower batchSize to \(half), with accumulation: \(2 * recipe.accumulation) for steps as long as now")
    }
    if recipe.segments == 1 { remedies.append("set segments to 4, which takes time instead") }
    if recipe.precision.value == .float32, Engine.hasFastBFloat16 { remedies.append("set precision to bfloat16") }
    return remedies + ["choose a smaller model.input"]
  }
}
