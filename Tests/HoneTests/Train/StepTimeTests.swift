import Foundation
import Hone
import HoneTensor
import HoneTesting
import Testing

/// What techniques cost in time. Figures of the machine at hand; they need a quiet one, so they run with the slow tests.
@Suite(.serialized) struct StepTimeTests {
  static let changes: [String: @Sendable (inout Recipe) -> Void] = [
    "four segments": { $0.segments = 4 },
    "a gradient penalty": { $0.regularization.gradientPenalty = 0.01 },
    "sharpness-aware steps": { $0.optimizer.sharpness = Sharpness() },
  ]

  @Test(
    "A step takes as much longer as the pages say", .slow,
    arguments: [("four segments", 1.2...1.7), ("a gradient penalty", 2.5...4.5), ("sharpness-aware steps", 1.6...2.2)])
  func ratio(_ name: String, _ expected: ClosedRange<Double>) async throws {
    let change = try #require(Self.changes[name])
    let ratios = try await withFolder { folder in
      let data = try ToyData.make(in: folder, count: 320, side: 32)
      var plain = ToyData.recipe(epochs: 2, side: 32)
      plain.model = ModelChoice("resnet20-cifar", input: InputSpec(side: 32))
      plain.batchSize = 32
      var changed = plain
      change(&changed)
      let recipes = [plain, changed]
      return try await Engine.run {
        try (0..<5).map { _ in
          let seconds = try recipes.map {
            try Trainer($0, dataset: data, split: Split(train: Array(0..<320))).fit().history[1].seconds
          }
          return seconds[1] / seconds[0]
        }
      }
    }
    print("\(name): \(ratios.sorted()) times as long")
    #expect(expected.contains(ratios.sorted()[2]), "\(ratios)")
  }

  @Test("Adam's kin take at most five times as long as the fused AdamW", .slow)
  func rules() async throws {
    let rules: [any UpdateRule] = [
      AdamW(), NAdam(), RAdam(), LAMB(), Adan(), Prodigy(), ScheduleFreeAdamW(),
    ]
    let seconds = try await Engine.run {
      Engine.setThreads(1)
      return try rules.map { try Self.secondsOfStep($0) }
    }
    for (rule, seconds) in zip(rules, seconds) { print("\(type(of: rule).name): \(seconds * 1000) ms a step") }
    #expect(seconds.allSatisfy { $0 < 5 * seconds[0] }, "\(seconds)")
  }

  /// The fastest of some steps on ResNet-18's parameters.
  private static func secondsOfStep(_ rule: any UpdateRule) throws -> Double {
    let model = try Model.make(Structure("resnet18", classes: 10), seed: 1)
    let optimizer = try Optimizer(OptimizerChoice(rule, rate: 1e-3), for: model.parameters)
    for member in model.parameters {
      try member.parameter.setGradient(.normal(member.parameter.shape, std: 1e-3, seed: 1))
    }
    return try (0..<6).map { _ in
      try ContinuousClock().measure { try optimizer.step(rate: 1e-3) } / .seconds(1)
    }.min() ?? .infinity
  }
}
