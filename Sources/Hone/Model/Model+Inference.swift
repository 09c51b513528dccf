public import HoneTensor

extension Model {
  /// A copy for inference: norms folded into the convolutions before them, weights laid out for the processor, activations
  /// and shortcuts done within the convolutions, large batches taken a few pictures at a time, nothing trainable.
  ///
  /// Outputs agree within about 1e-4 in float32. It cannot be trained or saved; keep the original for that. The first
  /// batch of each size takes longer.
  ///
  /// - Parameter device: where it computes; nil stays where this model is.
  public func optimizedForInference(on device: Device? = nil) throws -> Model {
    let copy = try copy()
    try copy.move(to: device ?? self.device)
    try copy.fold()
    for entry in copy.parameters { try entry.parameter.setTrainable(false) }
    return copy
  }

  func fold() throws {
    for case (_, let layer as any Foldable) in layers { try layer.fold() }
    isOptimized = true
    collect()
  }

  /// What decides how many pictures go through the trunk together.
  package struct Batch: Hashable {
    /// Of one picture.
    let shape: [Int]
    /// What computes; nil: the pictures' own.
    let type: DType?
  }

  /// So many pictures that what one operation hands to the next is still in the processor's caches when that one reads it.
  private func fewEnoughForCaches(_ x: Tensor) throws -> Int {
    let batch = Batch(shape: Array(x.shape.dropFirst()), type: autocastType())
    if let known = picturesAtOnce[batch] { return known }
    let bytes = Double(20 << 20)
    let (_, operations) = try Engine.timed { try trunk(x.narrow(0, start: 0, length: 1), .evaluation) }
    let count = max(1, Int(bytes / max(1, operations.map(\.resultBytes).max() ?? 1)))
    picturesAtOnce[batch] = count
    return count
  }

  /// The pictures that go through the trunk together.
  func slices(of x: Tensor) throws -> [Tensor] {
    guard isOptimized, x.device == .cpu, x.shape[0] > 1 else { return [x] }
    let count = try fewEnoughForCaches(x)
    return try stride(from: 0, to: x.shape[0], by: count).map {
      try x.narrow(0, start: $0, length: min(count, x.shape[0] - $0))
    }
  }
}
