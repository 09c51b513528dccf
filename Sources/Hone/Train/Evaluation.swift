internal import HoneTensor

/// A network being asked about labelled pictures.
struct Evaluation {
  let network: PhaseWork.Network
  let objective: Objective
  let precision: Precision
  /// Whether each answer is the mean of those about a picture and about its mirror image.
  let flips: Bool

  /// The answers about every picture of a source, in the source's order.
  func predictions(from source: any BatchSource, classes: [String]) throws -> Predictions {
    var predictions = Predictions(classes: classes)
    let next = source.epoch(0, from: 0)
    while let batch = try next() {
      predictions.indices += batch.indices
      predictions.labels += try batch.targets.argmax(1).ints()
      predictions.probabilities += try rows(of: batch.input)
    }
    return predictions
  }

  /// One distribution for each entry of a batch's input.
  func rows(of input: Tensor) throws -> [[Float]] {
    let answers = try withoutGradients {
      let answers = try probabilities(input)
      return flips ? try answers.add(probabilities(input.flip([3]))).mul(0.5) : answers
    }
    let width = answers.shape[1]
    let numbers = try answers.floats()
    return stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) }
  }

  private func probabilities(_ input: Tensor) throws -> Tensor {
    let logits = try withAutocast(precision.autocast, on: input.device) { try network(input, .evaluation) }
    return try objective.probabilities(logits)
  }
}

extension Precision {
  /// What convolutions and matrix products are done in; nil is float32.
  var autocast: DType? {
    switch self {
    case .float32: nil
    case .bfloat16: .bfloat16
    case .float16: .float16
    }
  }
}
