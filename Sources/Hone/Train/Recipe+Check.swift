internal import HoneAugment

extension Recipe {
  /// Refuses settings that no training could follow.
  ///
  /// - Throws: `HoneError` `.invalidValue`, naming the setting and its range.
  public func check(file: String? = nil) throws {
    for demand in running + learning + averaging + losing + regularizing + kinds + moving where !demand.holds {
      throw HoneError(.invalidValue, "'\(demand.key)' must be \(demand.rule)", file: file, key: demand.key)
    }
    if let problem = mixing?.problem { throw HoneError(.invalidValue, "mixing: \(problem)", file: file, key: "mixing") }
  }

  private var running: [Demand] {
    [
      Demand(epochs >= 1, "epochs", "at least 1"),
      Demand(batchSize.value ?? 1 >= 1, "batchSize", "at least 1, or auto"),
      Demand(threads.value ?? 1 >= 1, "threads", "at least 1, or auto"),
      Demand(workers.value ?? 1 >= 1, "workers", "at least 1, or auto"),
      Demand(
        repeats >= 1 && (batchSize.value ?? repeats) % max(1, repeats) == 0, "repeats",
        "at least 1, and a divisor of batchSize"),
      Demand((0...1).contains(balance), "balance", "from 0 to 1"),
      Demand(accumulation >= 1, "accumulation", "at least 1"),
      Demand(segments >= 1, "segments", "at least 1"),
      Demand(
        segments == 1 || !(model.options.insets ?? []).contains { $0.put.value is ActivityPenalty }, "segments",
        "1 where activities are penalized"),
      Demand(
        !cudaGraphs
          || accumulation == 1 && segments == 1 && optimizer.sharpness == nil && loss.distillation == nil
            && regularization.gradientPenalty == 0 && precision.value != .float16,
        "cudaGraphs",
        "false with accumulation, segments, sharpness, distillation, gradientPenalty or precision: float16"),
      Demand(keeping?.best ?? 1 >= 1, "keeping.best", "at least 1"),
      Demand(keeping?.megabytes ?? 1 > 0, "keeping.megabytes", "above 0"),
      Demand((0..<1).contains(data.validation), "data.validation", "a fraction from 0 to below 1"),
      Demand(earlyStopping?.patience ?? 1 >= 1, "earlyStopping.patience", "at least 1"),
      Demand((0...1).contains(transfer?.frozenPart ?? 0), "transfer.frozenPart", "from 0 to 1"),
      Demand(transfer?.frozenEpochs ?? 0 >= 0, "transfer.frozenEpochs", "0 or more"),
    ]
  }

  private var learning: [Demand] {
    [
      Demand(optimizer.rate >= 0 && optimizer.rate.isFinite, "optimizer.rate", "0 or more"),
      Demand((0...1).contains(optimizer.layerDecay), "optimizer.layerDecay", "from 0 to 1"),
      Demand(
        optimizer.rates.allSatisfy { $0.factor >= 0 && $0.decay >= 0 }, "optimizer.rates", "factors of 0 or more"),
      Demand(optimizer.lookahead?.every ?? 1 >= 1, "optimizer.lookahead.every", "at least 1"),
      Demand((0...1).contains(optimizer.lookahead?.part ?? 0), "optimizer.lookahead.part", "from 0 to 1"),
      Demand(optimizer.sharpness?.radius ?? 1 > 0, "optimizer.sharpness.radius", "above 0"),
      Demand(clipping.norm ?? 1 > 0, "clipping.norm", "above 0"),
      Demand(clipping.value ?? 1 > 0, "clipping.value", "above 0"),
      Demand(clipping.adaptive ?? 1 > 0, "clipping.adaptive", "above 0"),
      Demand(
        schedules.momentum == nil || optimizer.rule.value is any MomentumRule, "schedules.momentum",
        "used with an optimizer that has a momentum or a beta1, not \(optimizer.rule.name)"),
    ]
  }

  private var averaging: [Demand] {
    [
      Demand((0..<1).contains(ema?.decay ?? 0), "ema.decay", "from 0 to below 1"),
      Demand(ema == nil || swa == nil, "swa", "left out where ema is used"),
      Demand((0..<1).contains(swa?.begins ?? 0), "swa.begins", "from 0 to below 1"),
      Demand(normBatches >= 0, "normBatches", "0 or more"),
    ]
  }

  private var losing: [Demand] {
    let answers = (loss.consistency?.passes ?? 1) * repeats * views
    let comparesPictures = loss.consistency != nil && repeats * views > 1
    return [
      Demand(views >= 1, "views", "at least 1"),
      Demand(
        views == 1 || loss.consistency != nil, "loss.consistency",
        "given where there are several views: who compares them?"),
      Demand(
        views == 1 || repeats == 1 && loss.consistency?.passes == 1, "views",
        "1 where pictures are repeated or pass several times"),
      Demand((0...1).contains(loss.labelSmoothing), "loss.labelSmoothing", "from 0 to 1"),
      Demand(loss.confidencePenalty >= 0, "loss.confidencePenalty", "0 or more"),
      Demand((0..<1).contains(loss.distrusted), "loss.distrusted", "from 0 to below 1"),
      Demand((0..<1).contains(loss.classWeights.beta), "loss.classWeights.beta", "from 0 to below 1"),
      Demand((0...1).contains(loss.classWeights.begins), "loss.classWeights.begins", "from 0 to 1"),
      Demand(loss.consistency?.weight ?? 0 >= 0, "loss.consistency.weight", "0 or more"),
      Demand(
        loss.consistency == nil || answers >= 2 && answers >= repeats, "loss.consistency.passes",
        "2 or more where views and repeats are 1: there must be several answers to compare"),
      Demand(
        !comparesPictures || mixing == nil, "mixing",
        "left out where loss.consistency compares variations of a picture"),
      Demand(
        !comparesPictures || !(transfer?.cachesFeatures ?? false), "transfer.cachesFeatures",
        "false where loss.consistency compares variations of a picture"),
      Demand((0...1).contains(loss.distillation?.weight ?? 0), "loss.distillation.weight", "from 0 to 1"),
      Demand(loss.distillation?.temperature ?? 1 > 0, "loss.distillation.temperature", "above 0"),
      Demand(
        loss.distillation == nil || ema != nil || swa != nil, "loss.distillation",
        "used together with ema or swa, whose average is the teacher"),
    ]
  }

  private var regularizing: [Demand] {
    let regularization = regularization
    return [
      Demand((0..<1).contains(regularization.dropout ?? 0), "regularization.dropout", "from 0 to below 1"),
      Demand(
        regularization.penalties.allSatisfy { $0.amounts.allSatisfy { $0 >= 0 } }, "regularization.penalties",
        "0 or more"),
      Demand(regularization.gradientPenalty >= 0, "regularization.gradientPenalty", "0 or more"),
      Demand(
        regularization.gradientPenalty == 0 || [nil, .float32].contains(precision.value), "precision",
        "float32 where regularization.gradientPenalty is used"),
      Demand(regularization.gradientNoise?.amount ?? 0 >= 0, "regularization.gradientNoise.amount", "0 or more"),
      Demand(regularization.gradientNoise?.decay ?? 0 >= 0, "regularization.gradientNoise.decay", "0 or more"),
    ]
  }
}

// What holds of parts wherever they stand, and of schedules.
extension Recipe {
  /// What the kinds that were chosen ask of their own settings.
  private var kinds: [Demand] {
    let insets = model.options.insets ?? []
    var chosen: [(place: String, kind: any NamedSettings)] = [
      ("optimizer.rule", optimizer.rule.value), ("loss.kind", loss.kind.loss),
    ]
    chosen += regularization.constraints.map { ("regularization.constraints", $0.kind.value) }
    chosen += insets.map { ("model.options.insets", $0.put.value) }
    chosen += pacing.map { ($0.place + ".shape", $0.schedule.shape.kind) }
    return chosen.flatMap { place, kind in
      kind.demands.map { $0.within("\(place).\(type(of: kind).name)") }
    }
  }

  /// What schedules' factors keep to from the first step to the last.
  private var moving: [Demand] {
    let bounded = pacing.map { place, schedule, limit in
      Demand(
        schedule.factors(over: epochs).allSatisfy { (0...limit).contains($0) }, place,
        "a schedule whose factors are 0 or more\(limit.isFinite ? ", and at most \(Numbers.short(limit))" : "")")
    }
    guard let momentum = schedules.momentum, let base = optimizer.rule.momentum else { return bounded }
    let highest = base * (momentum.factors(over: epochs).max() ?? 1)
    return bounded + [
      Demand(
        highest < 1, "schedules.momentum",
        "such that the momentum stays below 1; of \(base) it makes \(Numbers.short(highest))")
    ]
  }

  private var pacing: [(place: String, schedule: Schedule, limit: Double)] {
    [("schedule", schedule, .infinity)] + schedules.movers.map { ("schedules.\($0.name)", $0.schedule, $0.limit) }
  }
}
