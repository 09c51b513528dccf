extension TrainingReport {
  /// The report on a training, with the pictures that it shows: mistakes on validation pictures, augmented samples.
  ///
  /// - Parameter modelPath: where the model lies, as a person would type it.
  public init(_ result: FitResult, dataset: Dataset, split: Split, modelPath: String) {
    var extras = ReportExtras(
      data: dataset.name, classes: dataset.classes, counts: dataset.counts, modelPath: modelPath, date: Study.today)
    extras.problems = dataset.problems + result.problems
    extras.mistakes = result.validation.map { Gallery.mistakes($0, in: dataset) } ?? []
    extras.augmented = Gallery.augmented(result.recipe, pictures: split.train, in: dataset)
    self.init(
      recipe: result.recipe, history: result.history, bestEpoch: result.bestEpoch > 0 ? result.bestEpoch : nil,
      predictions: result.validation, trainPictures: split.train.count, seconds: result.seconds,
      peakBytes: result.peakBytes, ending: Self.words(result.stop), extras: extras)
  }

  private static func words(_ reason: StopReason) -> String {
    switch reason {
    case .finished: "All epochs were done."
    case .earlyStopping: "It stopped early: the validation no longer improved."
    case .timeLimit: "It stopped because its time was used up."
    case .interrupted: "It was interrupted, and can go on from its folder."
    }
  }
}
