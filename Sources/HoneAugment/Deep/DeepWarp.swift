import CHoneKernels
import HoneImage

extension WarpPass {
  func run(on image: Image<Float>) -> Image<Float> {
    let fill = (0..<image.channels).map { Float(border.fill[min($0, border.fill.count - 1)]) / 255 }
    let beyond = (0..<image.channels).map { Float(outside[min($0, outside.count - 1)]) / 255 }
    let length = size.width * image.channels
    return image.remade(size) { from, to in
      let source = Source(pixels: from, image: image, valid: valid, border: border.code, fill: fill)
      forEachRow { row, x, y in
        let out = to + row * length
        for column in 0..<size.width {
          source.add(interpolation.taps(x[column]), interpolation.taps(y[column]), to: out + column * image.channels)
        }
        for clip in clips {
          let seen = shown(clip, row: row)
          for column in 0..<size.width where !seen.contains(column) {
            for channel in 0..<image.channels { out[column * image.channels + channel] = beyond[channel] }
          }
        }
      }
    }
  }
}

/// The pixels along one axis that count at a place, and how much each does.
private struct Taps {
  let first: Int32
  let count: Int
  let weights: SIMD4<Float>
}

extension Interpolation {
  /// At a place of `HK_COORDINATE_BITS` fraction bits.
  fileprivate func taps(_ place: Int32) -> Taps {
    let one = Int32(1) << HK_COORDINATE_BITS
    let (whole, part) = (place >> Int32(HK_COORDINATE_BITS), Float(place & (one - 1)) / Float(one))
    switch self {
    case .nearest: return Taps(first: (place + one / 2) >> Int32(HK_COORDINATE_BITS), count: 1, weights: [1, 0, 0, 0])
    case .bilinear: return Taps(first: whole, count: part == 0 ? 1 : 2, weights: [1 - part, part, 0, 0])
    case .bicubic: return Taps(first: whole - 1, count: 4, weights: Self.cubic(part))
    }
  }

  /// Keys' cubic with a = −3/4.
  private static func cubic(_ t: Float) -> SIMD4<Float> {
    let u = 1 - t
    func near(_ x: Float) -> Float { (1.25 * x - 2.25) * x * x + 1 }
    return [-0.75 * t * u * u, near(t), near(u), -0.75 * u * t * t]
  }
}

/// A float32 picture that is read within a rectangle, by a border rule beyond it.
private struct Source {
  let pixels: UnsafePointer<Float>
  let image: Image<Float>
  let valid: Rect
  let border: Int32
  let fill: [Float]

  /// Adds up the neighbours of a place.
  func add(_ x: Taps, _ y: Taps, to out: UnsafeMutablePointer<Float>) {
    for dy in 0..<y.count {
      let row = hk_border_index(y.first + Int32(dy) - Int32(valid.y), Int32(valid.height), border)
      for dx in 0..<x.count {
        let column = hk_border_index(x.first + Int32(dx) - Int32(valid.x), Int32(valid.width), border)
        let weight = x.weights[dx] * y.weights[dy]
        guard row >= 0, column >= 0 else {
          for channel in fill.indices { out[channel] += weight * fill[channel] }
          continue
        }
        let pixel = pixels + ((valid.y + Int(row)) * image.width + valid.x + Int(column)) * image.channels
        for channel in fill.indices { out[channel] += weight * pixel[channel] }
      }
    }
  }
}
