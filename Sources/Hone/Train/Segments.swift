internal import HoneTensor

/// A trunk in parts whose insides are forgotten after the way forwards, and computed again on the way back: memory for time.
///
/// - Source: Chen et al., 2016, arXiv:1604.06174, §4.
struct Segments {
  private let model: Model
  fileprivate let parts: [ArraySlice<any Layer>]
  private let precision: Precision

  /// Nil where the trunk has fewer blocks than that.
  init?(_ count: Int, of model: Model, precision: Precision) {
    guard count > 1, let units = (model.trunk as? SequentialLayer)?.units, units.count >= count else { return nil }
    self.model = model
    self.precision = precision
    parts = (0..<count).map { units[units.count * $0 / count..<units.count * ($0 + 1) / count] }
  }

  /// One way forwards, as it is needed for the way back.
  struct Tape {
    fileprivate let segments: Segments
    fileprivate let inputs: [Tensor]
    fileprivate let features: Tensor
    fileprivate let pass: Pass
  }

  /// The scores of a batch, whose gradients end at the features; the tape leads on from there.
  func callAsFunction(_ input: Tensor, _ pass: Pass) throws -> (logits: Tensor, tape: Tape) {
    var inputs: [Tensor] = []
    let features = try withoutGradients {
      try parts.reduce(input) { x, part in
        inputs.append(x)
        return try run(part, x, pass)
      }
    }.detach().requiresGradient(true)
    let logits = try withAutocast(precision.autocast, on: input.device) {
      try model.classify(model.head.pool(features, pass), pass)
    }
    return (logits, Tape(segments: self, inputs: inputs, features: features, pass: pass))
  }

  fileprivate func run(_ part: ArraySlice<any Layer>, _ x: Tensor, _ pass: Pass) throws -> Tensor {
    try withAutocast(precision.autocast, on: x.device) { try part.reduce(x) { try $1($0, pass) } }
  }
}

extension Segments.Tape {
  /// Takes the gradients that have come to the features on to the input.
  func backward() throws {
    var gradient = features.gradient
    for (place, part) in segments.parts.enumerated().reversed() {
      let leaf = try inputs[place].detach().requiresGradient(place > 0)
      try segments.run(part, leaf, pass.again()).backward(gradient)
      gradient = leaf.gradient
    }
  }
}
