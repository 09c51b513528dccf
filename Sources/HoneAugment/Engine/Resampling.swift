import HoneImage

extension ResampleWeights {
  /// One axis of a resize of a stretch of the source, of which a window is kept, reading only valid pixels.
  init(
    _ filter: ResizeFilter, origin: Double, length: Double, size: Int, window: Range<Int>, valid: Range<Int>,
    mirrored: Bool
  ) {
    let from = origin - Double(valid.lowerBound)
    let weights = ResampleWeights(
      ResampleKernel(filter) ?? .box, length: valid.count, from: from, to: from + length, count: size, window: window,
      mirrored: mirrored)
    self = weights.lifted(by: -valid.lowerBound)
  }
}
