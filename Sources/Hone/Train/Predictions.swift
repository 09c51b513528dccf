internal import Foundation

/// What a model says about labelled pictures: one distribution over the classes for each.
///
/// All metrics are pure functions of it, so a stored value answers every later question.
///
/// - Shape: `probabilities[i]` has one entry per class and sums to 1.
public struct Predictions: Codable, Sendable, Hashable {
  public var classes: [String]
  /// Where each picture lies in its data set.
  public var indices: [Int]
  public var labels: [Int]
  public var probabilities: [[Float]]

  public init(classes: [String], indices: [Int] = [], labels: [Int] = [], probabilities: [[Float]] = []) {
    self.classes = classes
    self.indices = indices
    self.labels = labels
    self.probabilities = probabilities
  }

  public var count: Int { labels.count }

  /// The most probable class of each picture; the first of several equals.
  public var guesses: [Int] {
    probabilities.map { row in row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 } }
  }

  /// Whether each picture was recognized.
  public var hits: [Bool] { zip(guesses, labels).map { $0 == $1 } }

  public mutating func append(_ other: Predictions) {
    indices += other.indices
    labels += other.labels
    probabilities += other.probabilities
  }
}

extension Predictions {
  /// The part of the pictures whose most probable class is the right one.
  ///
  /// - Shape: none.
  /// - Units: a fraction, 0…1; 0 without pictures.
  /// - Throws: nothing.
  /// - Source: `sklearn.metrics.accuracy_score`.
  public var accuracy: Double { ratio(hits.count { $0 }, count) }

  /// The part of the pictures whose class is among the `k` most probable; of equals the first classes count.
  ///
  /// - Shape: none.
  /// - Units: a fraction, 0…1.
  /// - Throws: nothing.
  /// - Source: `torch.topk` over the class dimension. Differs: ties go to the class listed first.
  public func topAccuracy(_ k: Int) -> Double {
    let found = zip(probabilities, labels).count { row, label in
      row.indices.count { row[$0] > row[label] || (row[$0] == row[label] && $0 < label) } < k
    }
    return ratio(found, count)
  }

  /// Mean negative log-likelihood of the right class.
  ///
  /// - Shape: none.
  /// - Units: nats; probabilities below 1e-12 count as 1e-12.
  /// - Throws: nothing.
  /// - Source: `sklearn.metrics.log_loss`. Differs: the lower limit.
  public var negativeLogLikelihood: Double {
    let sum = zip(probabilities, labels).reduce(0.0) { $0 - log(max(Double($1.0[$1.1]), 1e-12)) }
    return count == 0 ? 0 : sum / Double(count)
  }

  /// How far confidence and accuracy lie apart, on average over equally wide bins of confidence.
  ///
  /// - Shape: none.
  /// - Units: a fraction, 0…1.
  /// - Throws: nothing.
  /// - Source: Guo et al., 2017, arXiv:1706.04599, §2 (15 bins, each open below and closed above).
  public func calibrationError(bins: Int = 15) -> Double {
    calibration(bins: bins).reduce(0) {
      $0 + abs($1.accuracy - $1.confidence) * ratio($1.count, count)
    }
  }

  /// The bins of `calibrationError` that hold pictures: mean confidence, accuracy, and how many.
  public func calibration(bins: Int = 15) -> [(confidence: Double, accuracy: Double, count: Int)] {
    var sums = Array(repeating: (confidence: 0.0, hits: 0, count: 0), count: bins)
    for (row, hit) in zip(probabilities, hits) {
      let confidence = Double(row.max() ?? 0)
      let bin = min(bins - 1, max(0, Int((confidence * Double(bins)).rounded(.up)) - 1))
      sums[bin].confidence += confidence
      sums[bin].hits += hit ? 1 : 0
      sums[bin].count += 1
    }
    return sums.filter { $0.count > 0 }.map {
      ($0.confidence / Double($0.count), ratio($0.hits, $0.count), $0.count)
    }
  }

  /// How often each class (row) was taken for each class (column).
  ///
  /// - Shape: `[classes, classes]`.
  /// - Units: none.
  /// - Throws: nothing.
  /// - Source: `sklearn.metrics.confusion_matrix`.
  public var confusion: [[Int]] {
    var matrix = [[Int]](repeating: [Int](repeating: 0, count: classes.count), count: classes.count)
    for (label, guess) in zip(labels, guesses) { matrix[label][guess] += 1 }
    return matrix
  }

  /// What one class got.
  public struct ClassScore: Codable, Sendable, Hashable {
    public var name: String
    /// Pictures of this class.
    public var support: Int
    /// Of those taken for this class, the part that is.
    public var precision: Double
    /// Of those in this class, the part that was found.
    public var recall: Double
    /// The harmonic mean of the two.
    public var f1: Double
  }

  /// Precision, recall and F1 of each class; 0 where nothing can be divided.
  ///
  /// - Shape: none.
  /// - Units: fractions, 0…1.
  /// - Throws: nothing.
  /// - Source: `sklearn.metrics.precision_recall_fscore_support`.
  public var perClass: [ClassScore] {
    let matrix = confusion
    return classes.indices.map { index in
      let right = matrix[index][index]
      let support = matrix[index].reduce(0, +)
      let guessed = matrix.reduce(0) { $0 + $1[index] }
      return ClassScore(
        name: classes[index], support: support, precision: ratio(right, guessed), recall: ratio(right, support),
        f1: ratio(2 * right, support + guessed))
    }
  }

  /// Mean F1 over the classes that occur or were guessed.
  ///
  /// - Shape: none.
  /// - Units: a fraction, 0…1.
  /// - Throws: nothing.
  /// - Source: `sklearn.metrics.f1_score(average="macro")`.
  public var macroF1: Double {
    let guessed = Set(guesses)
    return mean(perClass.enumerated().filter { $1.support > 0 || guessed.contains($0) }.map { $1.f1 })
  }

  /// Mean recall over the classes that occur.
  ///
  /// - Shape: none.
  /// - Units: a fraction, 0…1.
  /// - Throws: nothing.
  /// - Source: `sklearn.metrics.balanced_accuracy_score`.
  public var balancedAccuracy: Double { mean(perClass.filter { $0.support > 0 }.map(\.recall)) }

  /// The interval that holds the accuracy on pictures like these.
  public func accuracyInterval(level: Double = 0.95) -> Interval {
    .wilson(successes: hits.count { $0 }, of: count, level: level)
  }

  private func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }
}

private func ratio(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
