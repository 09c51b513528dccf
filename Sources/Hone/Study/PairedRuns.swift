import Foundation
import HoneAugment

/// Two arms tested on the same pictures, folds and seeds: the raw material of every claim.
///
/// - Shape: `scores[repeat][picture]` is the first arm's score minus the second's (for accuracy −1, 0 or 1);
///   `folds[repeat][picture]` is the fold whose model was tested on the picture.
public struct PairedRuns: Sendable, Hashable {
  public let scores: [[Double]]
  public let folds: [[Int]]
  public let foldCount: Int

  public init(scores: [[Double]], folds: [[Int]], foldCount: Int) {
    self.scores = scores
    self.folds = folds
    self.foldCount = foldCount
  }

  public var pictures: Int { scores.first?.count ?? 0 }
  public var seeds: Int { scores.count }

  /// The difference of each picture, averaged over seeds.
  public var averaged: [Double] {
    guard let first = scores.first else { return [] }
    return scores.dropFirst().reduce(first) { zip($0, $1).map { $0 + $1 } }.map { $0 / Double(seeds) }
  }

  /// The mean and sampling variance of the pictures of each fold of each repeat.
  private var foldMoments: [Moments] {
    var result: [Moments] = []
    for (row, assignment) in zip(scores, folds) {
      for fold in 0..<foldCount {
        let members = zip(row, assignment).filter { $0.1 == fold }.map(\.0)
        if !members.isEmpty { result.append(Moments(members)) }
      }
    }
    return result
  }

  /// The textbook interval for repeated K-fold: the variance of fold means, enlarged for shared training pictures.
  ///
  /// Kept for comparison. It charges the sampling error of the pictures as if training sets were shared *and* pictures
  /// were not, so it covers the truth in 98 to 100 % of simulated studies where 95 % was asked for.
  ///
  /// - Units: those of the scores.
  /// - Throws: nothing; fewer than two folds know nothing and say so with an infinite error.
  /// - Source: Nadeau & Bengio, 2003, doi:10.1023/A:1024068626366, §3.
  public func nadeauBengio() -> Difference {
    let means = foldMoments.map(\.mean)
    let moments = Moments(means)
    let count = Double(means.count)
    let error =
      count < 2 ? .infinity : (moments.variance * (1 / count + 1 / Double(max(1, foldCount - 1)))).squareRoot()
    return Difference(
      mean: moments.mean, evidence: .student(standardError: error, degrees: count - 1), pictures: pictures,
      seeds: seeds)
  }

  /// The interval Hone prints for repeated K-fold: Nadeau and Bengio's correction where it belongs.
  ///
  /// Two things make the difference uncertain. Which *pictures* were drawn: known exactly from the spread of the
  /// seed-averaged differences over pictures, since each picture is tested once per repeat. Which *models* came out of
  /// training: the spread of fold means beyond what their pictures explain, enlarged by `1/(K−1)` because the training
  /// sets overlap. The degrees of freedom follow Welch and Satterthwaite. One more disagreement each way in one seed
  /// is added (Bonett and Price), so that two arms that agree on every picture are not called equal with certainty.
  /// With a single fold, that is test pictures asked again by models of other seeds, the spread between seeds counts whole.
  ///
  /// - Units: those of the scores.
  /// - Throws: nothing; fewer than two pictures know nothing and say so with an infinite error.
  /// - Source: ours, from Nadeau & Bengio, 2003, doi:10.1023/A:1024068626366, and Bonett & Price, 2012,
  ///   doi:10.3102/1076998611411915. Calibration: `CalibrationTests`.
  public func corrected() -> Difference {
    let averaged = averaged
    let overall = Moments(averaged)
    let n = Double(pictures)
    guard n >= 2 else {
      return Difference(
        mean: overall.mean, evidence: .student(standardError: .infinity, degrees: 1), pictures: pictures, seeds: seeds)
    }
    let agreement = 2 / Double(seeds * seeds)
    let ofPictures = (overall.variance * (n - 1) + agreement) / (n - 1 + agreement / 2) / n
    let folds = foldMoments
    let between = folds.count < 2 ? 0 : Moments(folds.map(\.mean)).variance
    let explained = folds.map { $0.count < 2 ? $0.mean * $0.mean : $0.variance / Double($0.count) }
    let ofTraining = max(0, between - Moments(explained).mean)
    let ofModels =
      foldCount < 2
      ? between / Double(seeds) : ofTraining * (1 / Double(folds.count) + 1 / Double(max(1, foldCount - 1)))
    let variance = ofPictures + ofModels
    let degrees =
      variance * variance
      / (ofPictures * ofPictures / (n - 1) + ofModels * ofModels / Double(max(1, folds.count - 1)))
    return Difference(
      mean: overall.mean, evidence: .student(standardError: variance.squareRoot(), degrees: degrees),
      pictures: pictures, seeds: seeds)
  }

  /// The percentile bootstrap over pictures of the seed-averaged difference, for one large split.
  ///
  /// - Units: those of the scores.
  /// - Randomness: keyed by `seed`; the same runs and seed give the same interval.
  /// - Throws: nothing.
  /// - Source: Efron & Tibshirani, An Introduction to the Bootstrap, 1993, §13.3.
  public func bootstrapped(samples: Int = 10_000, seed: UInt64 = 0) -> Difference {
    let values = averaged
    var stream = RandomStream(seed: seed, name: "bootstrap over pictures")
    let means = (0..<(values.isEmpty ? 0 : samples)).map { _ in
      var sum = 0.0
      for _ in values { sum += values[Int(stream.next(upperBound: UInt64(values.count)))] }
      return sum / Double(values.count)
    }
    return Difference(
      mean: Moments(values).mean, evidence: .bootstrap(means.sorted()), pictures: pictures, seeds: seeds)
  }
}

/// Count, mean and unbiased variance of a few numbers.
package struct Moments: Sendable, Hashable {
  package let count: Int
  package let mean: Double
  package let variance: Double

  package init(_ values: [Double]) {
    count = values.count
    guard count > 0 else {
      (mean, variance) = (0, 0)
      return
    }
    let mean = values.reduce(0, +) / Double(values.count)
    self.mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    variance = count < 2 ? 0 : squares / Double(count - 1)
  }
}
