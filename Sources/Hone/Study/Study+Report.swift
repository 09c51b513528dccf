import Foundation
import HoneAugment
import HoneImage

extension Study {
  /// The report on a finished study, with the pictures that it shows.
  func report(on dataset: Dataset, modelPath: String) throws -> StudyReport {
    let result = try result()
    let judged = testPredictions ?? outOfFold()
    var extras = ReportExtras(
      data: dataset.name, classes: dataset.classes, counts: dataset.counts, modelPath: modelPath, date: Self.today)
    extras.problems = dataset.problems
    extras.mistakes = judged.map { Gallery.mistakes($0, in: dataset) } ?? []
    extras.augmented = Gallery.augmented(result.winner.recipe, or: techniques, pictures: plan.pool, in: dataset)
    var report = StudyReport(result: result, extras: extras, predictions: judged)
    report.histories = [("baseline", baselineHistory), ("winner", winnerFoldHistory)].filter { !$0.1.isEmpty }
    return report
  }

  static var today: String { Date().formatted(date: .long, time: .omitted) }
}

/// Pictures for reports, read from a data set.
enum Gallery {
  /// The most confident wrong answers, as pictures; those that cannot be read are passed over.
  static func mistakes(_ predictions: Predictions, in dataset: Dataset, most: Int = 12) -> [Mistake] {
    predictions.worstMistakes.prefix(most).compactMap { position in
      let row = predictions.probabilities[position]
      let (guess, label) = (predictions.guesses[position], predictions.labels[position])
      guard let image = try? dataset.picture(at: predictions.indices[position]), let thumbnail = try? Thumbnail(image)
      else {
        return nil
      }
      return Mistake(
        thumbnail: thumbnail, label: predictions.classes[label], guess: predictions.classes[guess],
        confidence: Double(row[guess]), chance: Double(row[label]),
        title: dataset.title(of: predictions.indices[position]))
    }
  }

  /// Rows of an original and its copies, as a recipe varies them, or the first technique that varies anything.
  static func augmented(
    _ recipe: Recipe, or techniques: [Technique] = [], pictures: [Int], in dataset: Dataset, rows: Int = 3,
    copies: Int = 6
  ) -> [[Thumbnail]] {
    let fallback = techniques.lazy.compactMap { $0.applied(to: recipe).augmentation }.first
    guard let pipeline = recipe.augmentation ?? fallback else { return [] }
    let chosen = dataset.spread(pictures, count: rows)
    return chosen.enumerated().compactMap { row, index in
      guard let image = try? dataset.picture(at: index) else { return nil }
      let varied = (0..<copies).map { copy in
        pipeline.plan(
          for: image.size, channels: image.channels, key: SampleKey(seed: recipe.seed, epoch: copy, position: row)
        ).applied(to: image)
      }
      return try? ([image] + varied).map { try Thumbnail($0) }
    }
  }
}
