package import HoneTensor

/// The loss of a recipe for a model's kind of head.
package struct Objective {
  private let choice: LossChoice
  private let kind: any LossKind
  /// Pictures of each class that are learnt from.
  private let counts: [Int]
  /// `[1, classes]`; nil where all classes count alike.
  private let weights: Tensor?
  /// `[1, classes]`; nil where logits stay as they are.
  private let adjustment: Tensor?
  /// Whether the head has one output for two classes.
  let isBinary: Bool

  /// - Parameter counts: pictures of each class that are learnt from.
  package init(_ choice: LossChoice, outputs: Int, counts: [Int]) throws {
    let classes = counts.count
    self.choice = choice
    self.counts = counts
    isBinary = outputs == 1
    guard outputs == classes || (isBinary && classes == 2) else {
      throw HoneError(
        .conflict,
        "the head has \(outputs) outputs and the data \(classes) classes; a head needs one output per class, or one for two"
      )
    }
    // With one output the question per class is cross-entropy.
    kind = isBinary && choice.kind.loss is BinaryPerClass ? CrossEntropy() : choice.kind.loss
    weights = try choice.classWeights.rule == .even ? nil : Self.row(choice.classWeights.weights(counts))
    adjustment = try choice.logitAdjustment == 0 ? nil : Self.adjustment(counts, power: choice.logitAdjustment)
  }

  private static func row(_ values: [Double]) throws(EngineError) -> Tensor {
    try Tensor(values.map(Float.init), shape: [1, values.count])
  }

  private static func adjustment(_ counts: [Int], power: Double) throws -> Tensor {
    let total = Double(max(1, counts.reduce(0, +)))
    return try row(counts.map { max(Double($0), 0.5) / total }).log().mul(power)
  }

  /// Whether the loss is another one as training goes on.
  package var changes: Bool { choice.classWeights.begins > 0 || choice.distrusted > 0 }

  /// The mean loss of a batch.
  ///
  /// - Parameters:
  ///   - logits: `[N, outputs]`
  ///   - targets: `[N, classes]`, each row a distribution
  ///   - progress: the part of the training that is done, 0…1.
  ///   - share: the part of the batch that counts, the easiest.
  ///   - answers: how many rows in turn are about one picture.
  ///   - learnsFromFirst: whether the targets concern the first answer alone, and the others only have to agree.
  ///   - teacher: what another network says, `[N, outputs]`.
  package func loss(
    _ logits: Tensor, _ targets: Tensor, progress: Double = 1, share: Double = 1, answers: Int = 1,
    learnsFromFirst: Bool = false, teacher: Tensor? = nil
  ) throws -> Tensor {
    func learnt(_ rows: Tensor) throws -> Tensor {
      try learnsFromFirst ? rows.reshape([-1, answers, rows.shape[1]]).select(1, 0) : rows
    }
    let losses = try losses(learnt(logits), learnt(targets), progress: progress)
    var loss = try easiest(losses, share * believed(at: progress)).mean()
    if let teacher, let distillation = choice.distillation {
      let price = try distillation.price(scores(logits), scores(teacher))
      loss = try loss.mul(1 - distillation.weight).add(price.mul(distillation.weight))
    }
    guard answers > 1, let consistency = choice.consistency else { return loss }
    return try loss.add(consistency.price(scores(logits), answers: answers).mul(consistency.weight))
  }

  /// The loss of each picture.
  package func losses(_ logits: Tensor, _ targets: Tensor, progress: Double = 1) throws -> Tensor {
    var logits = try scores(logits)
    if let adjustment { logits = try logits.add(adjustment.to(logits.device)) }
    var losses = try kind.losses(logits, smoothed(targets), counts: counts)
    if let weights, progress >= choice.classWeights.begins {
      losses = try losses.mul(targets.mul(weights.to(targets.device)).sum([1]))
    }
    guard choice.confidencePenalty > 0 else { return losses }
    let log = try logits.logSoftmax(1)
    return try losses.add(log.mul(log.exp()).sum([1]).mul(choice.confidencePenalty))
  }

  private func smoothed(_ targets: Tensor) throws -> Tensor {
    let part = choice.labelSmoothing
    return try part == 0 ? targets : targets.mul(1 - part).add(part / Double(counts.count))
  }

  /// The part of a batch whose losses are small enough to be believed.
  private func believed(at progress: Double) -> Double { 1 - choice.distrusted * min(1, progress / 0.2) }

  /// The smallest losses.
  private func easiest(_ losses: Tensor, _ share: Double) throws -> Tensor {
    guard share < 1 else { return losses }
    let count = losses.shape[0]
    let kept = max(1, Int((Double(count) * share).rounded()))
    return try losses.topk(kept, axis: 0, largest: false).values
  }

  /// One score per class: of a single output, 0 for the first class and the output for the second.
  private func scores(_ logits: Tensor) throws -> Tensor {
    let logits = try logits.to(.float32)
    return try isBinary ? Tensor.cat([logits.mul(0), logits], axis: 1) : logits
  }

  /// How many pictures of a batch have the most probable class that their target has.
  package func hits(_ logits: Tensor, _ targets: Tensor) throws -> Int {
    Int(try scores(logits).argmax(1).eq(targets.argmax(1)).to(.float32).sum().item())
  }

  /// `[N, classes]`, each row a distribution.
  package func probabilities(_ logits: Tensor) throws -> Tensor { try scores(logits).softmax(1) }
}
