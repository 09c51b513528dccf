import Hone
import HoneTensor
import HoneTesting
import Testing

/// Each technique moves the number that it exists to move: one of each kind in a few pairs of runs, all in more with
/// HONE_SLOW=1.
@Suite(.serialized) struct EffectTests {
  /// The mean change, and in the slow suite whether all but one of eight pairs agree about its sign.
  private static func falls(_ differences: [Double]) -> Bool {
    let mean = differences.reduce(0, +) / Double(differences.count)
    return mean < 0 && (differences.count < 8 || differences.count { $0 < 0 } >= differences.count - 1)
  }

  /// The techniques of a kind that run: all of them in the slow suite, else the one named.
  private static func running(
    _ techniques: [String: @Sendable (inout Recipe) -> Void], else name: String
  ) -> [String] {
    TestData.runsSlowTests ? techniques.keys.sorted() : [name]
  }

  static let shrinkingTheGap: [String: @Sendable (inout Recipe) -> Void] = [
    "dropout": { $0.regularization.dropout = 0.6 },
    "spatial dropout": {
      $0.model.options.insets = [Inset(SpatialDropout(0.3), after: LayerFilter(layers: [.pool]))]
    },
    "Gaussian dropout": {
      $0.model.options.insets = [Inset(GaussianDropout(0.5), after: LayerFilter(names: ["classifier.0"]))]
    },
    "Gaussian noise": {
      $0.model.options.insets = [Inset(GaussianNoise(0.5), after: LayerFilter(layers: [.pool]))]
    },
    "alpha dropout": {
      $0.model.options.insets = [Inset(AlphaDropout(0.3), after: LayerFilter(names: ["classifier.1"]))]
    },
    "DropConnect": {
      $0.model.options.insets = [Inset(Dropout(0.6), after: LayerFilter(layers: [.dense]), onWeights: true)]
    },
    "DropBlock": {
      $0.model.options.insets = [Inset(DropBlock(0.4, size: 3), after: LayerFilter(layers: [.pool]))]
    },
    "L2": { $0.regularization.penalties = [.l2(0.01)] },
    "activity penalty": {
      $0.model.options.insets = [Inset(ActivityPenalty(l2: 0.003), after: LayerFilter(names: ["classifier.0"]))]
    },
    "max-norm": { $0.regularization.constraints = [.maxNorm(0.5)] },
    "spectral norm": { $0.regularization.constraints = [.spectral(0.8)] },
    "gradient penalty": { $0.regularization.gradientPenalty = 0.05 },
    "R-Drop": {
      $0.regularization.dropout = 0.5
      $0.loss.consistency = Consistency(weight: 2, passes: 2)
    },
  ]

  @Test(
    "On a small set the gap between seen and unseen pictures shrinks",
    arguments: running(shrinkingTheGap, else: "dropout"))
  func gap(_ name: String) async throws {
    let change = try #require(Self.shrinkingTheGap[name])
    let differences = try await Effect.smallSet.differences("\(name) on the gap", change) { try $0.gap }
    #expect(Self.falls(differences), "\(differences)")
  }

  static let loweringConfidence: [String: @Sendable (inout Recipe) -> Void] = [
    "label smoothing": { $0.loss.labelSmoothing = 0.2 },
    "confidence penalty": { $0.loss.confidencePenalty = 0.5 },
    "self-distillation": {
      $0.ema = Averaging(decay: 0.95)
      $0.loss.distillation = Distillation(weight: 0.7)
    },
  ]

  @Test("The network becomes less certain", arguments: running(loweringConfidence, else: "label smoothing"))
  func confidence(_ name: String) async throws {
    let change = try #require(Self.loweringConfidence[name])
    let differences = try await Effect.smallSet.differences("\(name) on certainty", change) { try $0.confidence }
    #expect(Self.falls(differences), "\(differences)")
  }

  @Test(
    "Proximal L1 makes numbers zero, proximal groups whole filters, and the accuracy stays", arguments: [false, true])
  func sparsity(_ byGroups: Bool) async throws {
    var effect = Effect.smallSet
    effect.base.optimizer = .sgd(rate: 0.05, momentum: 0.9)
    let change: @Sendable (inout Recipe) -> Void = {
      $0.regularization.penalties = [byGroups ? .groups(0.02, proximal: true) : .l1(0.01, proximal: true)]
    }
    let name = byGroups ? "group lasso" : "L1"
    let zeros = try await effect.differences("\(name) on the share of zeros", change) { outcome in
      guard let sparsity = outcome.result.sparsity else { return 0 }
      return byGroups ? Double(sparsity.emptyFilters) / Double(sparsity.filters) : sparsity.share
    }
    #expect(zeros.allSatisfy { $0 > 0.2 }, "\(zeros)")
    let accuracy = try await effect.differences("\(name) on accuracy", change) { try $0.validation.accuracy }
    #expect(accuracy.reduce(0, +) / Double(accuracy.count) > -0.05, "\(accuracy)")
  }

  static let forgivingLabels: [String: @Sendable (inout Recipe) -> Void] = [
    "small losses": { $0.loss.distrusted = 0.3 },
    "generalized cross-entropy": { $0.loss.kind = .init(GeneralizedCrossEntropy(q: 0.7)) },
    "bootstrapping": { $0.loss.kind = .init(Bootstrap(beta: 0.6, isHard: true)) },
  ]

  @Test(
    "With a third of the labels wrong, the true ones are found better",
    arguments: running(forgivingLabels, else: "generalized cross-entropy"))
  func wrongLabels(_ name: String) async throws {
    let change = try #require(Self.forgivingLabels[name])
    let losses = try await Effect.wrongLabels.differences("\(name) on error under wrong labels", change) {
      try 1 - $0.validation.accuracy
    }
    #expect(Self.falls(losses), "\(losses)")
  }

  static let helpingRareClasses: [String: @Sendable (inout Recipe) -> Void] = [
    "balanced sampling": { $0.balance = 1 },
    "class weights": { $0.loss.classWeights = ClassWeights(.balanced) },
    "logit adjustment": { $0.loss.logitAdjustment = 1 },
    "LDAM, deferred re-weighting": {
      $0.loss.kind = .init(LDAM(margin: 0.5, scale: 10))
      $0.loss.classWeights = ClassWeights(.effectiveNumber, beta: 0.999, begins: 0.5)
    },
  ]

  @Test(
    "Rare classes are recognized better", .needsData, arguments: running(helpingRareClasses, else: "balanced sampling"))
  func rareClasses(_ name: String) async throws {
    let change = try #require(Self.helpingRareClasses[name])
    let errors = try await Effect.rareClasses.differences("\(name) on balanced error", change) {
      try 1 - $0.validation.balancedAccuracy
    }
    #expect(Self.falls(errors), "\(errors)")
  }
}
