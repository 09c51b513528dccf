import Foundation
import Hone
import HoneAugment
import Testing

@Suite struct RecipeTests {
  static let full: Recipe = {
    var recipe = Recipe(
      epochs: 7, batchSize: 48, optimizer: .adam(rate: 0.1 + 0.2),
      schedule: Schedule(MultiStep(at: [.epochs(2.5), .steps(40)]), warmup: .epochs(1)),
      regularization: Regularization(
        penalties: [.l2(0.001, on: .convolutionKernels), .l1(1e-7, proximal: true)], dropout: 0.25),
      transfer: TransferChoice(frozenEpochs: 3),
      earlyStopping: EarlyStopping(patience: 3, monitor: .validationAccuracy),
      seed: .max)
    recipe.augmentation = Pipeline {
      RandomResizedCrop(height: 32, width: 32)
      Flip().applied(0.5)
    }
    recipe.mixing = Mixing(mixUp: 0.3)
    recipe.ema = Averaging(decay: 0.9999)
    recipe.precision = .fixed(.bfloat16)
    recipe.clipping.norm = 1
    recipe.optimizer.rates = [.init(0.1, on: ParameterFilter(names: ["features.*"]))]
    return recipe
  }()

  @Test("A recipe comes back as it was, bit for bit, from YAML and from JSON", arguments: ["yaml", "json"])
  func roundTrip(_ kind: String) async throws {
    try await withFolder { folder in
      for recipe in [Recipe(), Self.full] {
        try recipe.save(to: "\(folder)/recipe.\(kind)")
        #expect(try Recipe(contentsOf: "\(folder)/recipe.\(kind)") == recipe)
      }
    }
  }

  @Test("A recipe names only what differs from the defaults")
  func partial() throws {
    let recipe = try Recipe(
      text: """
        epochs: 3
        optimizer: {rate: 1e-2, rule: sgd}
        schedule: {warmup: 2 epochs, shape: cosine}
        earlyStopping: {patience: 4}
        ema: {}
        """)
    var expected = Recipe(epochs: 3)
    expected.optimizer = .sgd(rate: 0.01)
    expected.schedule = .cosine(warmup: .epochs(2))
    expected.earlyStopping = EarlyStopping(patience: 4)
    expected.ema = Averaging()
    #expect(recipe == expected)
  }

  @Test(
    "An unknown setting is refused with its line and the nearest known one",
    arguments: [
      ("epochs: 3\nepohcs: 4", "2", "'epochs'"),
      ("optimizer:\n  rate: 0.1\n  ruel: adam", "3", "'rule'"),
      ("optimizer:\n  rule:\n    adam:\n      epsilom: 1", "4", "'epsilon'"),
      ("optimizer: {rule: adma}", "1", "'adam'"),
      ("schedule: {shape: {cosin: {}}}", "1", "'cosine'"),
      ("seed: 1\nregularization:\n  penalties:\n    - {l2: 1}\n    - {l3: 1}", "5", "'l1'"),
      ("augmentation:\n  - Flip\n  - Rotat: {}", "3", "Rotate"),
      ("mixing: {mixup: 1}", "1", "'mixUp'"),
      ("{\n\"epochs\": 2,\n\"sede\": 3}", "3", "'seed'"),
    ])
  func unknown(_ text: String, _ line: String, _ remedy: String) throws {
    let error = try #require(throws: HoneError.self) { try Recipe(text: text, file: "r.yaml") }
    #expect(error.code == .unknownKey && error.context["line"] == line && error.message.contains(remedy), "\(error)")
    #expect(error.context["file"] == "r.yaml")
  }

  @Test(
    "A value of the wrong kind or out of range is refused with its place",
    arguments: [
      ("epochs: many", "epochs"), ("epochs: 0", "epochs"), ("optimizer: {rate: fast}", "optimizer.rate"),
      ("schedule: {warmup: 5}", "schedule.warmup"), ("accumulation: 1.5", "accumulation"),
      ("loss: {labelSmoothing: 2}", "loss.labelSmoothing"), ("optimizer: [1]", "optimizer"),
      ("schedule: {shape: {cosine: {}, step: {}}}", "schedule.shape"), ("flipsWhenTesting: 3", "flipsWhenTesting"),
      ("optimizer: {rule: {sgd: {momentum: 1}}}", "optimizer.rule.sgd.momentum"),
      ("optimizer: {rule: {muon: {rest: {adamW: {beta2: 1.5}}}}}", "optimizer.rule.muon.rest.adamW.beta2"),
      ("optimizer: {rule: {prodigy: {distance: 0}}}", "optimizer.rule.prodigy.distance"),
      ("optimizer: {rates: [{factor: -1}]}", "optimizer.rates"),
      ("schedule: {shape: {oneCycle: {peakAt: 3}}}", "schedule.shape.oneCycle.peakAt"),
      ("schedule: {warmup: 1 epochs, warmupFrom: -1}", "schedule"),
      ("schedules: {noise: {shape: {cosine: {final: 2}}}}", "schedules.noise"),
      ("schedules: {size: {warmup: 1 epochs, warmupFrom: 1.5}}", "schedules.size"),
      (
        "optimizer: {rule: {sgd: {momentum: 0.9}}}\nschedules: {momentum: {shape: {oneCycle: {start: 1.2}}}}",
        "schedules.momentum"
      ),
      ("loss: {kind: {focal: {gamma: -1}}}", "loss.kind.focal.gamma"),
      ("loss: {kind: {generalized: {q: 0}}}", "loss.kind.generalized.q"),
      ("regularization: {constraints: [{kind: {maxNorm: {limit: -1}}}]}", "regularization.constraints.maxNorm.limit"),
      ("model: {options: {insets: [{put: {dropout: {chance: 1}}}]}}", "model.options.insets.dropout.chance"),
    ])
  func invalid(_ text: String, _ key: String) throws {
    let error = try #require(throws: HoneError.self) { try Recipe(text: text, file: "r.yaml") }
    #expect(error.code == .invalidValue && error.context["key"] == key, "\(error)")
  }

  @Test("What every kind asks of its settings holds of its own defaults")
  func defaults() {
    let kinds: [[any NamedSettings.Type]] = [
      OptimizerChoice.Rule.known, Schedule.Shape.known, LossChoice.Kind.known, ConstraintKinds.known, Insets.known,
    ]
    for kind in kinds.joined() { #expect(kind.init().demands.allSatisfy { $0.holds }, "\(kind.name)") }
  }

  @Test("Text that is not YAML, and nothing at all, are refused", arguments: ["epochs: [1", "", "- 1\n- 2"])
  func malformed(_ text: String) throws {
    #expect(throws: HoneError.self) { try Recipe(text: text) }
  }

  @Test("A newer format is refused before its settings are")
  func newer() throws {
    let error = try #require(throws: HoneError.self) { try Recipe(text: "formatVersion: 2\nunheardOf: 1") }
    #expect(error.code == .newerVersion && error.message.contains("2"))
  }

  @Test("Every auto is resolved, and what is fixed stays")
  func resolved() {
    var recipe = Recipe()
    recipe.workers = 3
    let there = Circumstances(cores: 2, hasFastBFloat16: true, pictures: 1000, side: 224)
    let known = recipe.resolved(for: there)
    #expect(known.threads == 2 && known.workers == 3 && known.batchSize == 32 && known.precision == .fixed(.bfloat16))
    #expect(known.resolved(for: Circumstances(cores: 9, hasFastBFloat16: false, pictures: 9, side: 9)) == known)
  }
}
