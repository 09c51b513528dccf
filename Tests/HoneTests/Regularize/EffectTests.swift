import Hone
import HoneAugment
import HoneTensor
import HoneTesting
import Testing

/// Each technique moves the number that it exists to move: one of each kind in a few pairs of runs, all in more with
/// HONE_SLOW=1.
@Suite(.serialized) struct EffectTests {
  typealias Techniques = [String: @Sendable (inout Recipe) -> Void]

  /// The techniques of a kind that run: all of them in the slow suite, else the one named.
  static func running(_ techniques: Techniques, else name: String) -> [String] {
    TestData.runsSlowTests ? techniques.keys.sorted() : [name]
  }

  /// The mean change is downwards, and in the slow suite all but one of eight pairs agree.
  static func expectFall(
    _ technique: String, of techniques: Techniques, on effect: Effect, _ number: Effect.Number,
    location: SourceLocation = #_sourceLocation
  ) async throws {
    let change = try #require(techniques[technique])
    let differences = try await effect.differences(technique, change, of: number)
    let count = differences.count
    #expect(differences.reduce(0, +) < 0, "\(differences)", sourceLocation: location)
    #expect(
      count < 8 || differences.count { $0 < 0 } >= count - 1, "\(differences)", sourceLocation: location)
  }

  static let shrinkingTheGap: Techniques = [
    "dropout": { $0.regularization.dropout = 0.6 },
    "spatial dropout": {
      $0.model.options.insets = [Inset(SpatialDropout(0.3), after: LayerFilter(layers: [.pool]))]
    },
    "Gaussian dropout": {
      $0.model.options.insets = [Inset(GaussianDropout(0.6), after: LayerFilter(layers: [.pool]))]
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
    "elastic net": { $0.regularization.penalties = [Penalty(l1: 1e-3, l2: 5e-3)] },
    "decoupled decay": { $0.optimizer = .adamW(rate: 3e-3, weightDecay: 2) },
    "max-norm": { $0.regularization.constraints = [.maxNorm(0.5)] },
    "min-max norm": { $0.regularization.constraints = [Constraint(MinMaxNorm(least: 0.4, most: 0.5))] },
    "spectral norm": { $0.regularization.constraints = [.spectral(0.8)] },
    "gradient penalty": { $0.regularization.gradientPenalty = 0.05 },
    "R-Drop": {
      $0.regularization.dropout = 0.6
      $0.loss.consistency = Consistency(weight: 10, passes: 2)
    },
    "MixUp": { $0.mixing = Mixing(mixUp: 1) },
    "CutMix": { $0.mixing = Mixing(mixUp: 0, cutMix: 1) },
    "sharpness-aware steps": { $0.optimizer.sharpness = Sharpness(radius: 0.3) },
  ]

  @Test(
    "On a small set the gap between seen and unseen pictures shrinks",
    arguments: running(shrinkingTheGap, else: "dropout"))
  func gap(_ name: String) async throws {
    try await Self.expectFall(name, of: Self.shrinkingTheGap, on: .smallSet, .gap)
  }

  static let overlookingTokens: Techniques = [
    "attention dropout": { $0.model.options.attentionDropout = 0.6 },
    "token dropout": { $0.model.options.tokenDropout = 0.6 },
  ]

  @Test("So it does in a transformer", arguments: running(overlookingTokens, else: "token dropout"))
  func transformerGap(_ name: String) async throws {
    try await Self.expectFall(name, of: Self.overlookingTokens, on: .transformer, .gap)
  }

  static let loweringConfidence: Techniques = [
    "label smoothing": { $0.loss.labelSmoothing = 0.2 },
    "activity penalty": {
      $0.model.options.insets = [Inset(ActivityPenalty(l2: 0.01), after: LayerFilter(names: ["classifier.2"]))]
    },
    "confidence penalty": { $0.loss.confidencePenalty = 0.5 },
    "self-distillation": {
      $0.ema = Averaging(decay: 0.95)
      $0.loss.distillation = Distillation(weight: 0.7)
    },
    "focal loss": { $0.loss.kind = .init(Focal(gamma: 3)) },
    "asymmetric loss": { $0.loss.kind = .init(Asymmetric(positive: 3, negative: 4)) },
    "poly loss of the other sign": { $0.loss.kind = .init(Poly(epsilon: -0.9)) },
  ]

  @Test("The network becomes less certain", arguments: running(loweringConfidence, else: "label smoothing"))
  func confidence(_ name: String) async throws {
    try await Self.expectFall(name, of: Self.loweringConfidence, on: .smallSet, .confidence)
  }

  static let forgivingLabels: Techniques = [
    "small losses": { $0.loss.distrusted = 0.3 },
    "generalized cross-entropy": { $0.loss.kind = .init(GeneralizedCrossEntropy(q: 0.7)) },
    "bootstrapping": { $0.loss.kind = .init(Bootstrap(beta: 0.6, isHard: true)) },
    // To the end the worst are left out, fewer and fewer.
    "easy pictures first": { $0.schedules.share = Schedule(Constant(), warmup: .epochs(40), warmupFrom: 0.65) },
  ]

  @Test(
    "With a third of the labels wrong, the true ones are found better",
    arguments: running(forgivingLabels, else: "generalized cross-entropy"))
  func wrongLabels(_ name: String) async throws {
    try await Self.expectFall(name, of: Self.forgivingLabels, on: .wrongLabels, .error)
  }

  static let comingToRest: Techniques = [
    "lookahead": { $0.optimizer.lookahead = Lookahead(every: 10, part: 0.2) }
  ]

  @Test("Restless weights answer better when drawn back", arguments: running(comingToRest, else: "lookahead"))
  func rest(_ name: String) async throws {
    try await Self.expectFall(name, of: Self.comingToRest, on: .restless, .loss)
  }

  static let helpingRareClasses: Techniques = [
    "balanced sampling": { $0.balance = 1 },
    "class weights, deferred": { $0.loss.classWeights = ClassWeights(.balanced, begins: 0.6) },
    "class-balanced weights": { $0.loss.classWeights = ClassWeights(.effectiveNumber, beta: 0.999) },
    "logit adjustment": { $0.loss.logitAdjustment = 1 },
    "LDAM, deferred re-weighting": {
      $0.model.head = HeadSpec(.cosine)
      $0.loss.kind = .init(LDAM(margin: 15))
      $0.loss.classWeights = ClassWeights(.balanced, begins: 0.6)
    },
  ]

  @Test(
    "Rare classes are recognized better", .needsData, arguments: running(helpingRareClasses, else: "balanced sampling"))
  func rareClasses(_ name: String) async throws {
    try await Self.expectFall(name, of: Self.helpingRareClasses, on: .rareClasses, .balancedError)
  }

  @Test("Answers about variations of a picture that must agree do agree more", .slow)
  func agreement() async throws {
    var effect = Effect.smallSet
    effect.base.augmentation = Pipeline { Flip().applied(0.5) }
    effect.base.repeats = 4
    let change: Techniques = [
      "Jensen–Shannon consistency": { $0.loss.consistency = Consistency(weight: 30, measure: .jensenShannon) }
    ]
    try await Self.expectFall("Jensen–Shannon consistency", of: change, on: effect, .disagreement)
  }
}
