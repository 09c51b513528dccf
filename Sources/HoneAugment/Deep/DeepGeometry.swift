import CHoneKernels
import HoneImage

extension GeometryPass {
  /// Reads a float32 source through this pass.
  func run(on image: Image<Float>) -> Image<Float> {
    if isIdentity(on: image.size) { return image }
    return switch self {
    case .gather(let rect, let symmetry): Self.gather(image, rect, symmetry)
    case .resample(let resample): resample.run(on: image)
    case .warp(let warp): warp.run(on: image)
    }
  }

  /// Pixels laid out anew: their bytes, in other words.
  static func gather(_ image: Image<Float>, _ rect: Rect, _ symmetry: Symmetry) -> Image<Float> {
    let (size, pixel) = (symmetry.outputSize(of: rect.size), image.channels * MemoryLayout<Float>.stride)
    return image.remade(size) { from, to in
      from.withMemoryRebound(to: UInt8.self, capacity: image.height * image.width * pixel) { from in
        to.withMemoryRebound(to: UInt8.self, capacity: size.height * size.width * pixel) { to in
          gather(from, stride: image.width * pixel, channels: pixel, rect: rect, symmetry: symmetry, to: to)
        }
      }
    }
  }
}

extension Resample {
  fileprivate func run(on image: Image<Float>) -> Image<Float> {
    let across = ResampleWeights(
      filter, origin: box.x, length: box.width, size: size.width, window: window.x..<window.x + window.width,
      valid: valid.x..<valid.x + valid.width, mirrored: false)
    let down = ResampleWeights(
      filter, origin: box.y, length: box.height, size: size.height, window: window.y..<window.y + window.height,
      valid: valid.y..<valid.y + valid.height, mirrored: false)
    let upright = image.weighed(across: across).weighed(down: down)
    return symmetry == .identity ? upright : GeometryPass.gather(upright, Rect(upright.size), symmetry)
  }
}

extension ResampleWeights {
  /// What an output position weighs its inputs by.
  fileprivate func taps(of slot: Int) -> [(place: Int, weight: Float)] {
    (0..<Int(counts[slot])).map {
      (Int(starts[slot]) + $0, Float(weights[slot * taps + $0]) / Float(1 << HK_WEIGHT_BITS))
    }
  }
}

extension Image where Element == Float {
  /// The picture at another size, antialiased where it shrinks.
  func resized(to size: Size) -> Image {
    guard size != self.size else { return self }
    let resample = Resample(
      valid: Rect(self.size), box: Box(Rect(self.size)), size: size, window: Rect(size), symmetry: .identity,
      filter: .bilinear)
    return resample.run(on: self)
  }

  /// A picture of another size, written by `write` from the pixels of this one.
  func remade(
    _ size: Size, _ write: (_ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>) -> Void
  ) -> Image {
    let count = size.height * size.width * channels
    let made = [Float](unsafeUninitializedCapacity: count) { out, filled in
      out.initialize(repeating: 0)
      elements.withUnsafeBufferPointer { source in
        if let from = source.baseAddress, let to = out.baseAddress { write(from, to) }
      }
      filled = count
    }
    return Image(height: size.height, width: size.width, channels: channels, elements: made, colorSpace: colorSpace)
  }

  fileprivate func weighed(across weights: ResampleWeights) -> Image {
    let (height, width, channels) = (height, width, channels)
    return remade(Size(height: height, width: weights.count)) { from, to in
      for slot in 0..<weights.count {
        for (place, weight) in weights.taps(of: slot) {
          for row in 0..<height {
            let (out, pixel) = (to + (row * weights.count + slot) * channels, from + (row * width + place) * channels)
            for channel in 0..<channels { out[channel] += weight * pixel[channel] }
          }
        }
      }
    }
  }

  fileprivate func weighed(down weights: ResampleWeights) -> Image {
    let length = width * channels
    return remade(Size(height: weights.count, width: width)) { from, to in
      for slot in 0..<weights.count {
        for (place, weight) in weights.taps(of: slot) {
          let (out, row) = (to + slot * length, from + place * length)
          for index in 0..<length { out[index] += weight * row[index] }
        }
      }
    }
  }
}
