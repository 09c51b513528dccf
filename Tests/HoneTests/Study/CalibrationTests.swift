import Foundation
import Hone
import HoneAugment
import HoneTesting
import Testing

/// The evidence itself, tested: simulated studies whose truth is known.
///
/// A study has `pictures` of differing difficulty, 5 folds and some seeds. Each model of each fold has luck of its own,
/// each technique suits some pictures better than others. Techniques are placebos unless `effect` says otherwise.
struct SimulatedStudy {
  var pictures = 60
  var seeds = 3
  /// Spread of the models' luck, on the logit scale.
  var luck = 0.3
  /// Spread of how a technique suits single pictures, on the logit scale.
  var taste = 1.0
  /// What the technique adds to every picture's logit.
  var effect = 0.0
  var foldCount = 5

  func runs(_ stream: inout RandomStream) -> PairedRuns {
    let difficulty = (0..<pictures).map { _ in 1.5 + 2 * stream.normal() }
    let suited = (0..<pictures).map { _ in effect + taste * stream.normal() }
    var folds: [[Int]] = []
    var scores: [[Double]] = []
    for _ in 0..<seeds {
      let assignment = stream.permutation(pictures).map { $0 % foldCount }
      let ours = (0..<foldCount).map { _ in luck * stream.normal() }
      let theirs = (0..<foldCount).map { _ in luck * stream.normal() }
      folds.append(assignment)
      scores.append(
        (0..<pictures).map { index in
          let fold = assignment[index]
          let with = stream.chance(Self.logistic(difficulty[index] + suited[index] + ours[fold]))
          let without = stream.chance(Self.logistic(difficulty[index] + theirs[fold]))
          return (with ? 1 : 0) - (without ? 1 : 0)
        })
    }
    return PairedRuns(scores: scores, folds: folds, foldCount: foldCount)
  }

  /// The difference that endless pictures and models would show.
  func truth() -> Double {
    var stream = RandomStream(seed: 99, name: "truth")
    let draws = 200_000
    let sum = (0..<draws).reduce(0.0) { sum, _ in
      let difficulty = 1.5 + 2 * stream.normal()
      let with = Self.logistic(difficulty + effect + taste * stream.normal() + luck * stream.normal())
      return sum + with - Self.logistic(difficulty + luck * stream.normal())
    }
    return sum / Double(draws)
  }

  static func logistic(_ value: Double) -> Double { 1 / (1 + exp(-value)) }
}

@Suite struct CalibrationTests {
  /// Full size with HONE_SLOW=1: 1000 studies of each kind.
  static let studies = TestData.runsSlowTests ? 1000 : 250

  static let kinds: [SimulatedStudy] = [
    SimulatedStudy(pictures: 50, seeds: 3, luck: 0.3),
    SimulatedStudy(pictures: 50, seeds: 1, luck: 0.3),
    SimulatedStudy(pictures: 150, seeds: 3, luck: 0.3, effect: 1),
    SimulatedStudy(pictures: 150, seeds: 5, luck: 0.2),
    SimulatedStudy(pictures: 400, seeds: 1, luck: 0.3),
  ]

  @Test(arguments: kinds.indices) func `intervals cover the truth in 92 to 98 percent of simulated studies`(kind: Int) {
    let study = Self.kinds[kind]
    let truth = study.truth()
    var stream = RandomStream(seed: 17, index: kind, name: "coverage")
    let covered = (0..<Self.studies).count { _ in study.runs(&stream).corrected().interval().contains(truth) }
    let share = Double(covered) / Double(Self.studies)
    let slack = TestData.runsSlowTests ? 0 : 0.015
    #expect((0.92 - slack...0.98 + slack).contains(share), "covered in \(share * 100) %")
  }

  @Test func `among ten placebos none is called helpful or harmful in at least 93 percent of simulated studies`() {
    let placebo = SimulatedStudy(pictures: 60, seeds: 3, luck: 0.3, taste: 0)
    var stream = RandomStream(seed: 23, name: "placebo")
    let fooled = (0..<Self.studies).count { _ in
      Holm.intervals((0..<10).map { _ in placebo.runs(&stream).corrected() }).contains { $0.excludesZero }
    }
    #expect(Double(fooled) / Double(Self.studies) <= 0.07, "fooled in \(fooled) of \(Self.studies)")
  }

  @Test func `a technique that helps much is called helpful in most simulated studies`() {
    let helpful = SimulatedStudy(pictures: 150, seeds: 3, luck: 0.2, effect: 1.5)
    var stream = RandomStream(seed: 29, name: "power")
    let found = (0..<Self.studies).count { _ in helpful.runs(&stream).corrected().interval().lower > 0 }
    #expect(Double(found) / Double(Self.studies) >= 0.8, "found in \(found) of \(Self.studies)")
  }
}
