internal import Foundation
internal import HoneImage

/// Where a run keeps what it makes.
///
/// `recipe.yaml`, `metrics.csv`, `events.out.tfevents.*`, `checkpoint.safetensors` while it runs, and at its end
/// `model.safetensors` and `predictions.json`. Files are replaced whole, so a kill never leaves half of one.
struct RunFolder {
  let path: String

  init(_ path: String) throws {
    self.path = path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw HoneError(
        .unwritable, "cannot make the run folder \(path); check the path and its rights", file: path, cause: error)
    }
  }

  var recipe: String { path + "/recipe.yaml" }
  var metrics: String { path + "/metrics.csv" }
  var checkpoint: String { path + "/checkpoint.safetensors" }
  var model: String { path + "/model.safetensors" }
  var predictions: String { path + "/predictions.json" }
  var result: String { path + "/result.json" }

  var hasCheckpoint: Bool { FileManager.default.fileExists(atPath: checkpoint) }

  func write(_ text: String, to file: String) throws { try AtomicFile.write(Array(text.utf8), to: file) }

  func write(_ history: [EpochMetrics]) throws { try write(EpochMetrics.csv(history), to: metrics) }

  /// A finished run needs its checkpoint no more.
  func removeCheckpoint() { try? FileManager.default.removeItem(atPath: checkpoint) }
}

extension RunFolder {
  /// Lays the folder out for a run that has come so far.
  func begin(_ recipe: Recipe, history: [EpochMetrics]) throws {
    try recipe.save(to: self.recipe)
    try write(history)
    _ = try EventFile(folder: path, keepingEpochs: history.count)
  }

  /// Writes down one more epoch.
  func record(_ epoch: EpochMetrics, history: [EpochMetrics]) throws {
    try write(history)
    try EventFile(folder: path, keepingEpochs: history.count - 1).append(epoch)
  }

  /// Writes what a finished run leaves.
  func conclude(_ result: FitResult, model: Model) throws {
    try ModelFile.save(model, recipe: result.recipe.description, to: self.model)
    try write(StrictDocument.json(result), to: self.result)
    if let validation = result.validation { try write(StrictDocument.json(validation), to: predictions) }
    removeCheckpoint()
  }
}
