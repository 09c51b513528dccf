import Foundation
import Hone
import HoneTensor
import Testing

/// Reference values made by `Goldens/Study/probe.py` with scikit-learn.
private struct ProbeGolden: Decodable {
  var penalty: Double
  var labels: [Int]
  var features: [[Float]]
  var probabilities: [[Double]]
}

@Suite struct LogisticProbeTests {
  @Test(arguments: ["more pictures", "more features"])
  func `the fitted layer gives scikit-learn's probabilities`(_ shape: String) async throws {
    let file = URL(filePath: #filePath).appending(path: "../../Goldens/Study/probe.json").standardized
    let golden = try #require(JSONDecoder().decode([String: ProbeGolden].self, from: Data(contentsOf: file))[shape])
    let answers = try await Engine.run {
      let features = try Tensor(golden.features.flatMap { $0 }, shape: [golden.labels.count, golden.features[0].count])
      let targets = try Tensor(
        golden.labels.flatMap { label in (0..<3).map { $0 == label ? 1.0 : 0 } }, shape: [golden.labels.count, 3])
      let probe = try LogisticProbe(
        features: features, targets: targets, groups: Array(golden.labels.indices), penalty: golden.penalty, seed: 0)
      return try probe.probabilities(features)
    }
    for (ours, theirs) in zip(answers, golden.probabilities) {
      for (a, b) in zip(ours, theirs) { #expect(abs(Double(a) - b) < 2e-3) }
    }
  }
}
