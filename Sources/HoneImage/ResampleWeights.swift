import CHoneKernels

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A filter's shape: Pillow's definitions. `nil` for `nearest`, which weighs nothing.
package struct ResampleKernel: Sendable {
  let support: Double
  let weight: @Sendable (Double) -> Double

  package init?(_ filter: ResizeFilter) {
    switch filter {
    case .nearest: return nil
    case .box: self = .box
    case .bilinear: self.init(1) { abs($0) < 1 ? 1 - abs($0) : 0 }
    case .hamming: self.init(1) { abs($0) >= 1 ? 0 : sinc($0) * (0.54 + 0.46 * cos($0 * .pi)) }
    case .bicubic: self.init(2, cubic)
    case .lanczos: self.init(3) { abs($0) < 3 ? sinc($0) * sinc($0 / 3) : 0 }
    }
  }

  package static let box = ResampleKernel(0.5) { $0 > -0.5 && $0 <= 0.5 ? 1 : 0 }

  private init(_ support: Double, _ weight: @Sendable @escaping (Double) -> Double) {
    self.support = support
    self.weight = weight
  }
}

private func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }

/// Keys' cubic with a = −1/2.
private func cubic(_ x: Double) -> Double {
  let a = -0.5
  let x = abs(x)
  if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
}

/// For every output position along one axis: the first input, how many, and their fixed-point weights.
package struct ResampleWeights: Sendable, Hashable {
  package let taps: Int
  package private(set) var starts: [Int32]
  package let counts: [Int32]
  /// `taps` per output position, `HK_WEIGHT_BITS` fraction bits.
  package let weights: [Int32]
  package var count: Int { starts.count }

  /// Weights of a filter over `from..<to` of an axis of `length` pixels, for `count` output pixels, of which a `window`
  /// is kept, in reverse order where it is `mirrored`.
  package init(
    _ kernel: ResampleKernel, length: Int, from: Double, to: Double, count: Int, window: Range<Int>? = nil,
    mirrored: Bool = false
  ) {
    let window = window ?? 0..<count
    let scale = (to - from) / Double(count)
    let stretch = max(scale, 1)
    let support = kernel.support * stretch
    let taps = Int(support.rounded(.up)) * 2 + 1
    var starts = [Int32](repeating: 0, count: window.count)
    var counts = starts
    var weights = [Int32](repeating: 0, count: window.count * taps)
    var values = [Double](repeating: 0, count: taps)
    for pixel in window {
      let slot = mirrored ? window.upperBound - 1 - pixel : pixel - window.lowerBound
      let center = from + (Double(pixel) + 0.5) * scale
      let first = max(Int(center - support + 0.5), 0)
      let last = max(first, min(Int(center + support + 0.5), length))
      for tap in 0..<last - first { values[tap] = kernel.weight((Double(first + tap) - center + 0.5) / stretch) }
      let sum = values[..<(last - first)].reduce(0, +)
      for tap in 0..<last - first { weights[slot * taps + tap] = fixed(sum == 0 ? values[tap] : values[tap] / sum) }
      starts[slot] = Int32(first)
      counts[slot] = Int32(last - first)
    }
    (self.taps, self.starts, self.counts, self.weights) = (taps, starts, counts, weights)
  }

  /// The inputs that are read at all.
  package var used: Range<Int> {
    let end = zip(starts, counts).map { Int($0 + $1) }.max() ?? 0
    return Int(starts.min() ?? 0)..<end
  }

  /// The same for an axis whose first `offset` positions were left out.
  package func lifted(by offset: Int) -> ResampleWeights {
    var copy = self
    copy.starts = starts.map { $0 - Int32(offset) }
    return copy
  }

  /// Every row across; the outputs lie one after another.
  ///
  /// - Parameter readable: how many bytes may be read from `pixels` on.
  package func resample(
    _ pixels: UnsafePointer<UInt8>, stride: Int, rows: Int, readable: Int, channels: Int,
    to out: UnsafeMutablePointer<UInt8>
  ) {
    let room = hk_resample_space(count, Int32(channels), Int32(taps))
    withUnsafeTemporaryAllocation(byteCount: room, alignment: 64) { space in
      hk_resample_rows(
        pixels, stride, rows, readable, Int32(channels), starts, counts, weights, Int32(taps), count,
        space.baseAddress, out)
    }
  }

  /// Whether every output is the input at the same place.
  func isIdentity(for length: Int) -> Bool {
    guard count == length else { return false }
    let one = Int32(1) << HK_WEIGHT_BITS
    return (0..<count).allSatisfy { i in
      (0..<Int(counts[i])).allSatisfy { weights[i * taps + $0] == (Int(starts[i]) + $0 == i ? one : 0) }
    }
  }
}

private func fixed(_ value: Double) -> Int32 {
  let scaled = value * Double(1 << HK_WEIGHT_BITS)
  return Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
}
