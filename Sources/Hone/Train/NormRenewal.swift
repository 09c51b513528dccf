internal import HoneAugment
internal import HoneTensor

/// Takes the statistics of batch norms anew from training pictures, for weights that never trained: averages, and what
/// schedule-free optimizers settle on.
///
/// - Source: Izmailov et al., 2018, arXiv:1803.05407, §3.3; `torch.optim.swa_utils.update_bn`.
struct NormRenewal {
  private let model: Model
  private let norms: [BatchNormLayer]
  private let batches: Int
  private let precision: Precision

  /// - Parameter batches: how many to look at; 0 leaves the statistics as they are.
  init(_ model: Model, batches: Int, precision: Precision) {
    self.model = model
    self.batches = batches
    self.precision = precision
    norms = batches == 0 ? [] : model.layers.compactMap { $0.layer as? BatchNormLayer }.filter { !$0.isFrozen }
  }

  /// The statistics become the means over the first batches of the first epoch.
  func renew(from source: any BatchSource) throws {
    guard !norms.isEmpty else { return }
    defer { for norm in norms { norm.share = nil } }
    let next = source.epoch(0, from: 0)
    for count in 1...batches {
      guard let batch = try next() else { return }
      for norm in norms { norm.share = 1 / Double(count) }
      let pass = Pass(training: true, seed: RandomStream.key(seed: 0, index: count, name: "norms"))
      try withoutGradients {
        _ = try withAutocast(precision.autocast, on: batch.input.device) { try model(batch.input, pass) }
      }
    }
  }

  /// Runs `body`, and puts back the statistics that were there.
  func keeping<Result>(_ body: () throws -> Result) throws -> Result {
    guard !norms.isEmpty else { return try body() }
    let kept = try model.buffers.map { ($0.buffer, try $0.buffer.value.clone()) }
    let result = try body()
    for (buffer, value) in kept { try buffer.load(value) }
    return result
  }
}
