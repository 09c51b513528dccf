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

  /// The mean loss of a batch.
  ///
  /// - Parameters:
  ///   - logits: `[N, outputs]`
  ///   - targets: `[N, classes]`, each row a distribution
  ///   - progress: the part of the training that is done, 0…1.
  package func loss(_ logits: Tensor, _ targets: Tensor, progress: Double = 1) throws -> Tensor {
    var logits = try scores(logits)
    if let adjustment { logits = try logits.add(adjustment) }
    var losses = try kind.losses(logits, smoothed(targets), counts: counts)
    if let weights, progress >= choice.classWeights.begins {
      losses = try losses.mul(targets.mul(weights).sum([1]))
    }
    if choice.confidencePenalty > 0 {
      let log = try logits.logSoftmax(1)
      losses = try losses.add(log.mul(log.exp()).sum([1]).mul(choice.confidencePenalty))
    }
    return try believed(losses, progress: progress).mean()
  }

  private func smoothed(_ targets: Tensor) throws -> Tensor {
    let part = choice.labelSmoothing
    return try part == 0 ? targets : targets.mul(1 - part).add(part / Double(counts.count))
  }

  /// The losses that are small enough to be believed.
  private func believed(_ losses: Tensor, progress: Double) throws -> Tensor {
    guard choice.distrusted > 0 else { return losses }
    let count = losses.shape[0]
    let kept = Double(count) * (1 - choice.distrusted * min(1, progress / 0.2))
    return try losses.topk(max(1, min(count, Int(kept.rounded()))), axis: 0, largest: false).values
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
