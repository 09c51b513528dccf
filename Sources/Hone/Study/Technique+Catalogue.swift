import HoneAugment

extension Recipe {
  /// The augmentation with further steps after it. Photographs are shrunk first: the rest then costs less.
  fileprivate mutating func augment(_ steps: [Step], _ setting: StudySetting) {
    augmentation = Pipeline((augmentation?.steps ?? (setting.arePhotographs ? [shrinking] : [])) + steps)
  }

  private var shrinking: Step {
    if case .shorterSide(let side) = preprocessing.resize { return Step(ShorterSide(pixels: side)) }
    return Step(Resize(height: preprocessing.input.height, width: preprocessing.input.width))
  }

  private var preprocessing: Preprocessing {
    Preprocessing(for: Structure(model.structure, input: model.input, classes: 2))
  }

  /// Shifted, turned and zoomed: small pictures as a whole, photographs by cutting a part out.
  fileprivate mutating func vary(_ setting: StudySetting) {
    guard setting.arePhotographs else { return augment([Step(Affine())], setting) }
    var size = (height: preprocessing.input.height, width: preprocessing.input.width)
    if case .shorterSide(let side) = preprocessing.resize { size = (side, side) }
    let cut = RandomResizedCrop(height: size.height, width: size.width, area: 0.35...1)
    augmentation = Pipeline([Step(cut), Step(Rotate(degrees: -10...10))] + (augmentation?.steps ?? []))
  }
}

extension Technique {
  /// The techniques that `hone improve` tries, the most promising first.
  public static func catalogue(_ setting: StudySetting) -> [Technique] {
    let transfer = transfer(setting)
    let answers = Technique(
      "mirrored answers", .augmentation, "Answers with the mean over a picture and its mirror image.",
      needs: Set(transfer.map(\.name) + [flip])
    ) { $0.flipsWhenTesting = true }
    return transfer + [answers] + augmentation(setting) + optimization(setting) + balancing(setting)
      + regularization(setting)
  }

  private static let flip = "horizontal flip"

  /// Names of techniques that are used together wherever a network learns photographs from nothing: each alone does little
  /// without the others, so they are measured as one from the start. Empty where a backbone makes them unlikely to win.
  ///
  /// - Source: Wightman et al. 2021, "ResNet strikes back"; torchvision's reference recipe of 2021.
  public static func usualCompany(_ setting: StudySetting) -> Set<String> {
    guard setting.arePhotographs, setting.backbones.isEmpty else { return [] }
    return ["shift, turn and zoom", flip, "TrivialAugment", "one-cycle AdamW", "longer training"]
  }

  // MARK: Transfer

  private static func transfer(_ setting: StudySetting) -> [Technique] {
    setting.backbones.flatMap { backbone -> [Technique] in
      let whole = [
        frozen(
          backbone.name, backbone.choice, "Keeps what \(backbone.name) learnt elsewhere and learns only the last layer."
        ),
        tuned(
          backbone, backbone.choice, setting,
          "Begins from what \(backbone.name) learnt elsewhere and goes on teaching it, gently."),
      ]
      guard let (choice, place) = backbone.withoutLastStage else { return whole }
      let name = "\(backbone.name) up to \(place)"
      let early = frozen(
        name, choice,
        "Keeps the earlier layers of \(backbone.name), which suit more kinds of pictures, and where they saw what.")
      // In photographs the last stage is worth its time.
      guard backbone.isSmall else { return whole + [early] }
      return [
        tuned(
          backbone, choice, setting, "Begins from the earlier layers of \(backbone.name) and goes on teaching them."),
        early,
      ] + whole
    }
  }

  private static func frozen(_ name: String, _ choice: ModelChoice, _ summary: String) -> Technique {
    Technique("frozen \(name)", .transfer, summary, slot: "model") {
      $0.model = choice
      $0.transfer = TransferChoice(frozenEpochs: nil, fitsHead: true)
      $0.earlyStopping = nil
    }
  }

  private static func tuned(
    _ backbone: Backbone, _ choice: ModelChoice, _ setting: StudySetting, _ summary: String
  ) -> Technique {
    let isSmall = backbone.isSmall
    let name = choice.options.until.map { "\(backbone.name) up to \($0)" } ?? backbone.name
    return Technique("fine-tuned \(name)", .transfer, summary, slot: "model") {
      $0.model = choice
      // Small networks are far from their new pictures: the norms' statistics must follow.
      $0.transfer = TransferChoice(
        frozenEpochs: 0, cachesFeatures: false, trunkRate: 1, layerDecay: isSmall ? 1 : 0.9,
        freezesNorms: !isSmall, frozenPart: isSmall ? 0 : 0.4, fitsHead: true)
      $0.optimizer = .adamW(rate: isSmall ? 1e-3 : 5e-4, weightDecay: 0.05)
      $0.schedule = Schedule(OneCycle())
      $0.batchSize = 16
      $0.epochs = isSmall ? min(40, setting.epochs) : min(12, max(6, setting.epochs / 4))
      $0.earlyStopping = nil
    }
  }

  // MARK: Augmentation

  private static func augmentation(_ setting: StudySetting) -> [Technique] {
    [
      Technique(
        "shift, turn and zoom", .augmentation,
        "Shows each picture a little shifted, turned and zoomed, anew each time.",
        slot: setting.arePhotographs ? "cut" : "geometry"
      ) { $0.vary(setting) },
      Technique(flip, .augmentation, "Mirrors half of the pictures, left to right.") {
        $0.augment([Flip(.horizontal).applied(0.5)], setting)
      },
      Technique("colour jitter", .augmentation, "Varies brightness, contrast and colour.") {
        $0.augment([Step(ColorJitter())], setting)
      },
      Technique(
        "TrivialAugment", .augmentation, "One distortion per picture, drawn from a wide list at any strength.",
        slot: "geometry"
      ) { $0.augment([Step(TrivialAugmentWide())], setting) },
      Technique(
        "MixUp", .augmentation, "Blends pictures in pairs, and their labels in the same proportion.", slot: "mixing"
      ) {
        $0.mixing = Mixing(mixUp: 0.4)
      },
      Technique(
        "CutMix", .augmentation, "Pastes a part of one picture into another, and shares the label.", slot: "mixing"
      ) {
        $0.mixing = Mixing(mixUp: 0, cutMix: 1, chance: 0.5)
      },
      Technique("erasing", .augmentation, "Blanks out a random rectangle of each picture.") {
        $0.augment([Erase().applied(0.5)], setting)
      },
    ]
  }

  // MARK: Optimization

  private static func optimization(_ setting: StudySetting) -> [Technique] {
    let deep = setting.isSmall ? "resnet20-cifar" : "resnet18"
    return [
      Technique(
        "one-cycle AdamW", .optimization,
        "Raises the learning rate, then lets it fall to nothing; decays weights apart.",
        slot: "schedule"
      ) {
        // What begins from a backbone has a gentler schedule of its own.
        guard $0.transfer == nil else { return }
        $0.optimizer = .adamW(rate: 2e-3, weightDecay: 0.05)
        $0.schedule = Schedule(OneCycle())
        $0.earlyStopping = nil
      },
      Technique(
        "residual network", .optimization, "A deeper structure (\(deep)) whose layers learn what to add.", slot: "model"
      ) { $0.model = ModelChoice(deep, input: setting.input) },
      Technique("averaged weights", .optimization, "Ends with a moving average of the weights.") {
        $0.ema = Averaging(decay: 0.99)
      },
      Technique(
        "sharpness-aware steps", .optimization,
        "Takes each gradient at the worst point nearby, which ends in flatter places, at twice the time."
      ) {
        guard $0.transfer == nil else { return }
        $0.optimizer.sharpness = Sharpness(radius: 0.05)
      },
      Technique("smaller batches", .optimization, "Batches of 8: more, noisier steps from the same pictures.") {
        guard $0.transfer == nil else { return }
        $0.batchSize = 8
      },
      Technique(
        "longer training", .optimization, "Trains three times as long, which pays where no picture comes twice alike.",
        needs: ["cut", "geometry", "mixing"]
      ) {
        guard $0.transfer == nil else { return }
        $0.epochs *= 3
        $0.earlyStopping?.patience *= 3
      },
    ]
  }

  // MARK: Imbalance

  /// Rare classes are worth a try of their own once they are three times rarer.
  private static func balancing(_ setting: StudySetting) -> [Technique] {
    guard setting.imbalance >= 3 else { return [] }
    return [
      Technique(
        "balanced classes", .regularization, "Shows pictures of rare classes more often, until all come alike.",
        slot: "balance"
      ) { $0.balance = 1 },
      Technique(
        "logit adjustment", .regularization, "Makes rare classes win by more while learning, as their rarity asks.",
        slot: "balance"
      ) { $0.loss.logitAdjustment = 1 },
    ]
  }

  // MARK: Regularization

  private static func regularization(_ setting: StudySetting) -> [Technique] {
    [
      Technique("label smoothing", .regularization, "Never asks for certainty: a tenth of each label is spread evenly.")
      {
        $0.loss.labelSmoothing = 0.1
      },
      Technique("dropout", .regularization, "Silences half of the last hidden units at random while learning.") {
        $0.regularization.dropout = 0.5
      },
      Technique("L2 penalty", .regularization, "Prices large weights: 0.001 times the sum of their squares.") {
        $0.regularization.penalties.append(.l2(0.001, on: .convolutionKernels))
      },
    ]
  }
}
