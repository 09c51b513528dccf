import CHoneKernels
import HoneImage

extension Batch {
  /// Where a number of a picture lies, counted from the picture's first.
  func index(channel: Int, pixel: Int) -> Int {
    layout == .planar ? channel * height * width + pixel : pixel * channels + channel
  }

  /// Stops a picture of another size than the batch's.
  func demand(_ height: Int, _ width: Int, _ channels: Int, _ slot: Int) {
    precondition(
      height == self.height && width == self.width && channels == self.channels && (0..<count).contains(slot),
      "a plan must end at the batch's size")
  }

  /// Writes the levels of a picture, in the batch's layout, as normalized numbers; or as they are.
  func fill(_ slot: Int, with levels: [UInt8], by normalization: Normalization) {
    if precision == .uint8 {
      levels.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(start: self.slot(slot), count: stride).copyMemory(from: $0)
      }
      return
    }
    let lines = (0..<channels).map(normalization.line)
    switch layout {
    case .planar:
      let plane = height * width
      for (channel, line) in lines.enumerated() {
        normalize(levels, channel * plane..<(channel + 1) * plane, [line], slot)
      }
    case .interleaved: normalize(levels, 0..<levels.count, lines, slot)
    }
  }

  /// Normalizes a stretch of levels whose channels follow each other.
  private func normalize(_ levels: [UInt8], _ stretch: Range<Int>, _ lines: [(scale: Float, bias: Float)], _ slot: Int)
  {
    let period = 16 * lines.count
    let scales = (0..<period).map { lines[$0 % lines.count].scale }
    let biases = (0..<period).map { lines[$0 % lines.count].bias }
    let out = self.slot(slot) + stretch.lowerBound * precision.bytes
    levels.withUnsafeBufferPointer { levels in
      guard let from = levels.baseAddress.map({ $0 + stretch.lowerBound }) else { return }
      switch precision {
      case .float32:
        hk_normalize_float32(from, stretch.count, scales, biases, period, out.assumingMemoryBound(to: Float.self))
      case .bfloat16:
        hk_normalize_bfloat16(from, stretch.count, scales, biases, period, out.assumingMemoryBound(to: UInt16.self))
      case .uint8: preconditionFailure("levels are not normalized")
      }
    }
  }
}
