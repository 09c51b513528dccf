import Foundation
import Hone
import HoneAugment
import Testing

/// Reference values made by `Goldens/Study/statistics.py` with SciPy.
struct StatisticsGolden: Decodable {
  struct Runs: Decodable {
    var scores: [[Double]]
    var folds: [[Int]]
    var mean, error, lower, upper: Double
  }
  struct Adjusted: Decodable { var values, adjusted: [Double] }
  var quantiles, cdfs, wilson: [[Double]]
  var runs: Runs
  var holm: Adjusted

  static let shared = Result {
    let file = URL(filePath: #filePath).appending(path: "../../Goldens/Study/statistics.json").standardized
    return try JSONDecoder().decode(StatisticsGolden.self, from: Data(contentsOf: file))
  }
}

@Suite struct StatisticsTests {
  @Test func `Student's t agrees with SciPy to nine digits`() throws {
    let golden = try StatisticsGolden.shared.get()
    for row in golden.quantiles {
      let value = StudentT(degrees: row[0]).quantile(row[1])
      #expect(abs(value - row[2]) <= 1e-8 * max(1, abs(row[2])), "quantile \(row[1]) of t(\(row[0]))")
    }
    for row in golden.cdfs {
      #expect(abs(StudentT(degrees: row[0]).cdf(row[1]) - row[2]) <= 1e-10, "cdf \(row[1]) of t(\(row[0]))")
    }
  }

  @Test func `without a bound on its degrees of freedom, t is the normal distribution`() {
    #expect(abs(StudentT(degrees: .infinity).quantile(0.975) - 1.959963984540054) < 1e-9)
    #expect(StudentT(degrees: 5).quantile(0) == -.infinity)
    #expect(StudentT(degrees: 5).quantile(1) == .infinity)
  }

  @Test func `Wilson's interval agrees with SciPy`() throws {
    for row in try StatisticsGolden.shared.get().wilson {
      let interval = Interval.wilson(successes: Int(row[0]), of: Int(row[1]))
      #expect(abs(interval.lower - row[2]) < 1e-9 && abs(interval.upper - row[3]) < 1e-9)
    }
    #expect(Interval.wilson(successes: 0, of: 0) == Interval(lower: 0, upper: 1))
  }

  @Test func `Nadeau and Bengio's interval agrees with its definition computed in NumPy`() throws {
    let golden = try StatisticsGolden.shared.get().runs
    let difference = PairedRuns(scores: golden.scores, folds: golden.folds, foldCount: 5).nadeauBengio()
    #expect(abs(difference.mean - golden.mean) < 1e-12)
    #expect(abs(difference.interval().lower - golden.lower) < 1e-8)
    #expect(abs(difference.interval().upper - golden.upper) < 1e-8)
    #expect(difference.pictures == 40 && difference.seeds == 3)
  }

  @Test func `Holm's p-values agree with the reference, and an interval excludes zero exactly when Holm rejects`()
    throws
  {
    let golden = try StatisticsGolden.shared.get().holm
    for (ours, theirs) in zip(Holm.adjusted(golden.values), golden.adjusted) { #expect(abs(ours - theirs) < 1e-12) }
    var stream = RandomStream(seed: 3, name: "holm")
    for _ in 0..<200 {
      let differences = (0..<7).map { _ in
        Difference(
          mean: 2.5 * stream.normal(), evidence: .student(standardError: 1, degrees: 12), pictures: 50, seeds: 3)
      }
      let rejected = Holm.adjusted(differences.map(\.pValue)).map { $0 < 0.05 }
      #expect(Holm.intervals(differences).map(\.excludesZero) == rejected)
    }
  }

  @Test func `the bootstrap of a large split agrees with the normal interval, and repeats itself`() {
    var stream = RandomStream(seed: 1, name: "bootstrap test")
    let scores = (0..<3).map { _ in (0..<2000).map { _ in Double(stream.integer(-1...1)) + 0.05 } }
    let runs = PairedRuns(scores: scores, folds: scores.map { $0.map { _ in 0 } }, foldCount: 1)
    let bootstrap = runs.bootstrapped(samples: 2000, seed: 9)
    let student = runs.corrected()
    #expect(abs(bootstrap.mean - student.mean) < 1e-12)
    #expect(abs(bootstrap.interval().lower - student.interval().lower) < 0.004)
    #expect(abs(bootstrap.interval().upper - student.interval().upper) < 0.004)
    #expect(runs.bootstrapped(samples: 2000, seed: 9) == bootstrap)
  }

  @Test func `arms that agree on every picture are not told apart, but not called equal with certainty`() {
    let folds = (0..<3).map { _ in (0..<50).map { $0 % 5 } }
    let same = PairedRuns(scores: folds.map { $0.map { _ in 0 } }, folds: folds, foldCount: 5).corrected()
    #expect(same.mean == 0 && same.pValue == 1)
    #expect(same.interval().lower < 0 && same.interval().upper > 0)
    let lone = PairedRuns(scores: [[1]], folds: [[0]], foldCount: 5).corrected()
    #expect(!lone.interval().excludesZero)
  }

  @Test func `more seeds narrow the interval but never below what the pictures allow`() {
    var stream = RandomStream(seed: 4, name: "seeds")
    let pictures = (0..<60).map { _ in Double(stream.integer(-1...1)) }
    func error(_ seeds: Int) -> Double {
      let folds = (0..<seeds).map { seed in (0..<60).map { ($0 + seed) % 5 } }
      let runs = PairedRuns(scores: folds.map { _ in pictures }, folds: folds, foldCount: 5)
      return runs.corrected().interval().upper - runs.corrected().mean
    }
    let floor = 1.9 * (Moments(pictures).variance / 60).squareRoot()
    #expect(error(1) > error(10) && error(10) > floor)
  }
}
