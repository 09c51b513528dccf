import CHoneKernels
public import HoneImage

extension AddedNoise: DeepEffect {
  /// The numbers of the 8-bit picture's noise, not rounded.
  public func apply(to image: inout Image<Float>) {
    let shared = together ? image.channels : 1
    let noise = grain > 1 ? grains(image.size, image.channels / shared) : plain(image.elements.count / shared)
    for index in image.elements.indices {
      let level = Double(image.elements[index]) * 255
      let deviation = strength.reversed().reduce(0) { $0 * level + $1 }
      image.elements[index] += Float(deviation) / 255 * noise[index / shared]
    }
  }

  /// Noise of deviation one.
  private func plain(_ count: Int) -> [Float] {
    var numbers = [Int16](repeating: 0, count: count)
    hk_noise(seed, 0, count, shape.code, NoiseShape.laplaceTable, &numbers)
    return numbers.map { Float($0) / Float(HK_NOISE_DEVIATION) }
  }

  /// The same on a lattice of grains, smooth between them and as strong as the 8-bit picture's.
  private func grains(_ size: Size, _ channels: Int) -> [Float] {
    let small = Size(height: (size.height + grain - 1) / grain, width: (size.width + grain - 1) / grain)
    let coarse = Image<Float>(
      height: small.height, width: small.width, channels: channels,
      elements: plain(small.height * small.width * channels).map { $0 * 11 / 8 })
    let box = Box(
      y: 0, x: 0, height: Double(size.height) / Double(grain), width: Double(size.width) / Double(grain))
    let spread = Resample(
      valid: Rect(small), box: box, size: size, window: Rect(size), symmetry: .identity, filter: .bicubic)
    return GeometryPass.resample(spread).run(on: coarse).elements
  }
}

extension CloudLight: DeepEffect {
  public func apply(to image: inout Image<Float>) {
    let (mask, channels) = (Mask.plasma(image.size, roughness: roughness, seed: seed), image.channels)
    func change(_ level: (_ level: Float, _ cloud: Float) -> Float) {
      for index in image.elements.indices {
        image.elements[index] = level(image.elements[index], Float(mask.elements[index / channels]) / 255)
      }
      image.clamp()
    }
    change { $0 * (1 - Float(shadow) * $1) + Float(brightness) * $1 }
    let mean = Float(image.elements.reduce(0.0) { $0 + Double($1) } / Double(image.elements.count))
    change { $0 + Float(contrast) * ($0 - mean) * $1 }
  }
}

extension Tiles: DeepEffect {
  public func apply(to image: inout Image<Float>) {
    guard rows > 0, columns > 0, order.count == rows * columns, order.allSatisfy(order.indices.contains) else { return }
    let (source, height, width) = (image.elements, image.height / rows, image.width / columns * image.channels)
    for (to, from) in order.enumerated() where to != from {
      for y in 0..<height {
        let target = (to / columns * height + y) * image.rowLength + to % columns * width
        let start = (from / columns * height + y) * image.rowLength + from % columns * width
        image.elements.replaceSubrange(target..<target + width, with: source[start..<start + width])
      }
    }
  }
}

extension Overlay: DeepEffect {
  public func apply(to image: inout Image<Float>) throws(PipelineError) {
    var sum = image.elements.map { $0 * Float(own) }
    for copy in copies {
      let plan = Plan(sourceSize: image.size, channels: image.channels, actions: copy.actions)
      let changed = try plan.applied(to: image).resized(to: image.size)
      for index in sum.indices { sum[index] += Float(copy.weight) * changed.elements[index] }
    }
    image.elements = sum
  }
}

extension PartOfChannels: DeepEffect {
  public func apply(to image: inout Image<Float>) throws(PipelineError) {
    let (all, channels) = (image.channels, channels.filter { (0..<image.channels).contains($0) })
    guard !channels.isEmpty else { return }
    let pixels = image.height * image.width
    let picked = (0..<pixels).flatMap { pixel in channels.map { image.elements[pixel * all + $0] } }
    let part = Image<Float>(height: image.height, width: image.width, channels: channels.count, elements: picked)
    let changed = try Plan(sourceSize: part.size, channels: part.channels, actions: actions).applied(to: part)
      .resized(to: part.size)
    for pixel in 0..<pixels {
      for (slot, channel) in channels.enumerated() {
        image.elements[pixel * all + channel] = changed.elements[pixel * channels.count + slot]
      }
    }
  }
}
