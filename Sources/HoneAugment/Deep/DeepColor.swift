import CHoneKernels
import Foundation
import HoneImage

extension Image where Element == Float {
  /// What `PointPass` does to 8 bits.
  mutating func change(by point: PointPass) {
    switch point {
    case .table(let table): change(by: (0..<channels).map { table.curve(for: $0) })
    case .matrix(let matrix): changeColors { $0.mixed(by: matrix) }
    case .hue(let shift): changeColors { $0.turned(by: Float(shift) / 1536) }
    case .shade(let saturation, let value): changeColors { $0.shaded(by: saturation, value / 255) }
    case .bleach(let point, let gain): changeColors { $0.bleached(below: point / 510, gain) }
    }
    clamp()
  }

  mutating func change(by tone: Tone) {
    switch tone {
    case .contrast(let factor):
      let mean = meanLuma
      for index in elements.indices { elements[index] = mean + Float(factor) * (elements[index] - mean) }
    case .autoContrast: for channel in 0..<channels { stretch(channel) }
    case .equalize:
      change(by: (0..<channels).map { ColorTable([ColorTable.flattening(histogram($0))]).curve(for: 0) })
    }
    clamp()
  }

  /// Each channel through a curve of 256 levels, straight between them.
  private mutating func change(by curves: [[Float]]) {
    for index in elements.indices {
      let (curve, place) = (curves[index % channels], min(255, max(0, elements[index] * 255)))
      let low = min(254, Int(place))
      elements[index] = curve[low] + (curve[low + 1] - curve[low]) * (place - Float(low))
    }
  }

  /// Every pixel's first three channels; pictures with fewer are left alone.
  private mutating func changeColors(_ change: (SIMD3<Float>) -> SIMD3<Float>) {
    guard channels >= 3 else { return }
    for index in stride(from: 0, to: elements.count, by: channels) {
      let color = change(SIMD3(elements[index], elements[index + 1], elements[index + 2]))
      for channel in 0..<3 { elements[index + channel] = color[channel] }
    }
  }

  private var meanLuma: Float {
    let weights = channels >= 3 ? ColorMatrix.luma : [1]
    var sum = 0.0
    for start in stride(from: 0, to: elements.count, by: channels) {
      for (channel, weight) in weights.enumerated() { sum += weight * Double(elements[start + channel]) }
    }
    return Float(sum / Double(height * width))
  }

  private mutating func stretch(_ channel: Int) {
    let places = stride(from: channel, to: elements.count, by: channels)
    let (low, high) = places.reduce((Float.infinity, -Float.infinity)) {
      (min($0.0, elements[$1]), max($0.1, elements[$1]))
    }
    guard high > low else { return }
    for index in places { elements[index] = (elements[index] - low) / (high - low) }
  }

  private func histogram(_ channel: Int) -> [UInt32] {
    var counts = [UInt32](repeating: 0, count: 256)
    for index in stride(from: channel, to: elements.count, by: channels) {
      counts[Int(255 * min(1, max(0, elements[index])) + 0.5)] += 1
    }
    return counts
  }
}

extension ColorTable {
  /// The levels of a channel's table, 0…1.
  fileprivate func curve(for channel: Int) -> [Float] { table(for: channel).map { Float($0) / 255 } }
}

extension SIMD3<Float> {
  /// Red, green and blue through a matrix in the kernels' fixed point.
  fileprivate func mixed(by matrix: [Int32]) -> SIMD3 {
    let unit = Float(1 << HK_MATRIX_BITS)
    func row(_ start: Int) -> Float {
      let weights = SIMD3(Float(matrix[start]), Float(matrix[start + 1]), Float(matrix[start + 2]))
      return ((self * weights).sum() + Float(matrix[start + 3]) / 255) / unit
    }
    return SIMD3(row(0), row(4), row(8))
  }

  /// Hue turned in HSV, value and saturation kept.
  fileprivate func turned(by turns: Float) -> SIMD3 {
    let (high, chroma) = (self.max(), self.max() - self.min())
    guard chroma > 0 else { return self }
    let sixth =
      high == x
      ? (y - z) / chroma : high == y ? 2 + (z - x) / chroma : 4 + (x - y) / chroma
    func channel(_ offset: Float) -> Float {
      let place = (offset + sixth + 6 * turns + 12).truncatingRemainder(dividingBy: 6)
      return high - chroma * Swift.max(0, Swift.min(place, 4 - place, 1))
    }
    return SIMD3(channel(5), channel(3), channel(1))
  }

  /// Lightness multiplied in HLS where it is below a point.
  fileprivate func bleached(below point: Float, _ gain: Float) -> SIMD3 {
    let light = (self.max() + self.min()) / 2
    guard light < point else { return self }
    let lit = Swift.min(1, light * gain)
    let (before, after) = (0.5 - abs(light - 0.5), 0.5 - abs(lit - 0.5))
    return SIMD3(repeating: lit) + (self - SIMD3(repeating: light)) * (after / Swift.max(before, 1 / 510))
  }

  /// Saturation and value moved in HSV; grey stays grey.
  fileprivate func shaded(by saturation: Float, _ value: Float) -> SIMD3 {
    let (high, chroma) = (self.max(), self.max() - self.min())
    let top = Swift.min(1, Swift.max(0, high + value))
    guard chroma > 0 else { return SIMD3(repeating: top) }
    let share = Swift.min(1, Swift.max(0, chroma / high + saturation))
    return SIMD3(repeating: top) - (SIMD3(repeating: high) - self) * (top * share / chroma)
  }
}
