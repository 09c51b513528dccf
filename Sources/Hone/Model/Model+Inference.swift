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
    picturesAtOnce = try fewEnoughForCaches()
    collect()
  }

  /// So many pictures that what one layer hands to the next is still in the processor's caches when that one reads it.
  private func fewEnoughForCaches() throws -> Int {
    let (bytes, bytesOfNumber) = (20 << 20, 4)
    let largest = try summary().rows.map { $0.output.reduce(1, *) }.max() ?? 1
    return max(1, bytes / (bytesOfNumber * largest))
  }

  /// The pictures that go through the trunk together.
  func slices(of x: Tensor) throws -> [Tensor] {
    guard let count = picturesAtOnce, x.shape[0] > count, x.device == .cpu else { return [x] }
    return try stride(from: 0, to: x.shape[0], by: count).map {
      try x.narrow(0, start: $0, length: min(count, x.shape[0] - $0))
    }
  }
}
