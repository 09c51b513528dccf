package import HoneTensor

/// The loss of a recipe for a model's kind of head.
package struct Objective {
  let labelSmoothing: Double
  /// Whether the head has one output for two classes.
  let isBinary: Bool

  package init(_ choice: LossChoice, outputs: Int, classes: Int) throws {
    labelSmoothing = choice.labelSmoothing
    isBinary = outputs == 1
    guard outputs == classes || (isBinary && classes == 2) else {
      throw HoneError(
        .conflict,
        "the head has \(outputs) outputs and the data \(classes) classes; a head needs one output per class, or one for two"
      )
    }
  }

  /// The mean loss of a batch.
  ///
  /// - Parameters:
  ///   - logits: `[N, outputs]`
  ///   - targets: `[N, classes]`, each row a distribution
  package func loss(_ logits: Tensor, _ targets: Tensor) throws -> Tensor {
    let logits = try logits.to(.float32)
    guard isBinary else { return try logits.crossEntropy(targets, labelSmoothing: labelSmoothing) }
    let smooth = try targets.narrow(1, start: 1, length: 1).mul(1 - labelSmoothing).add(labelSmoothing / 2)
    return try logits.binaryCrossEntropyWithLogits(smooth)
  }

  /// How many pictures of a batch have the most probable class that their target has.
  package func hits(_ logits: Tensor, _ targets: Tensor) throws -> Int {
    let wanted = try targets.argmax(1)
    let guessed = try isBinary ? logits.gt(0).to(.int64).reshape([-1]) : logits.argmax(1)
    return Int(try guessed.eq(wanted).to(.float32).sum().item())
  }

  /// `[N, classes]`, each row a distribution.
  package func probabilities(_ logits: Tensor) throws -> Tensor {
    let logits = try logits.to(.float32)
    guard isBinary else { return try logits.softmax(1) }
    let second = try logits.sigmoid()
    return try Tensor.cat([second.subtracted(from: 1), second], axis: 1)
  }
}
