import CHoneKernels
import HoneImage

/// A picture of a batch and its label.
struct MixSlot {
  let pixels: UnsafeMutableRawPointer
  let labels: UnsafeMutablePointer<Float>
}

/// Does to the pixels and labels of a batch what a `MixStep` says.
struct Mixer {
  private let size: Size
  private let channels: Int
  private let classes: Int
  private let precision: BatchPrecision
  private let layout: BatchLayout

  init(_ batch: borrowing Batch) {
    size = Size(height: batch.height, width: batch.width)
    (channels, classes) = (batch.channels, batch.classes)
    (precision, layout) = (batch.precision, batch.layout)
  }

  private var plane: Int { size.height * size.width }
  private var bytes: Int { channels * plane * precision.bytes }

  func mix(_ slots: [MixSlot], _ how: MixStep.How) {
    switch how {
    case .blend(let weight):
      blendPixels(slots[0], slots[1], weight)
      blendLabels(slots[0], slots[1], keeping: weight)
    case .swap, .cloud, .patches:
      let stretches = how.stretches(of: size)
      swap(slots[0], slots[1], stretches)
      blendLabels(slots[0], slots[1], keeping: 1 - share(stretches))
    case .inset(let rect):
      inset(slots, rect)
      blendLabels(slots[0], slots[1], keeping: 1 - Float(rect.height * rect.width) / Float(plane))
    case .quarters(let y, let x): quarter(slots, y: y, x: x)
    }
  }

  /// Hands over a copy that is gone afterwards.
  func withCopy(of slot: MixSlot, _ body: (MixSlot) -> Void) {
    let pixels = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes), alignment: 64)
    let labels = UnsafeMutablePointer<Float>.allocate(capacity: max(1, classes))
    pixels.copyMemory(from: slot.pixels, byteCount: bytes)
    labels.initialize(from: slot.labels, count: classes)
    body(MixSlot(pixels: pixels, labels: labels))
    pixels.deallocate()
    labels.deallocate()
  }

  private func share(_ stretches: [Range<Int>]) -> Float {
    Float(stretches.reduce(0) { $0 + $1.count }) / Float(plane)
  }

  private func blendPixels(_ a: MixSlot, _ b: MixSlot, _ weight: Float) {
    switch precision {
    case .float32:
      hk_mix_float32(
        a.pixels.assumingMemoryBound(to: Float.self), b.pixels.assumingMemoryBound(to: Float.self), channels * plane,
        weight, weight)
    case .bfloat16:
      hk_mix_bfloat16(
        a.pixels.assumingMemoryBound(to: UInt16.self), b.pixels.assumingMemoryBound(to: UInt16.self), channels * plane,
        weight, weight)
    case .uint8:
      let parts = Int32((weight * 65536).rounded())
      hk_mix_levels(
        a.pixels.assumingMemoryBound(to: UInt8.self), b.pixels.assumingMemoryBound(to: UInt8.self), channels * plane,
        parts, parts)
    }
  }

  private func blendLabels(_ a: MixSlot, _ b: MixSlot, keeping weight: Float) {
    hk_mix_float32(a.labels, b.labels, classes, weight, weight)
  }

  private func swap(_ a: MixSlot, _ b: MixSlot, _ stretches: [Range<Int>]) {
    // The channels of a stretch of pixels lie together, or one plane after another.
    let (planes, pixel) = layout == .planar ? (channels, precision.bytes) : (1, channels * precision.bytes)
    withUnsafeTemporaryAllocation(byteCount: max(1, plane * pixel), alignment: 16) { kept in
      guard let kept = kept.baseAddress else { return }
      for number in 0..<planes {
        for stretch in stretches {
          let offset = (number * plane + stretch.lowerBound) * pixel
          let length = stretch.count * pixel
          kept.copyMemory(from: a.pixels + offset, byteCount: length)
          (a.pixels + offset).copyMemory(from: b.pixels + offset, byteCount: length)
          (b.pixels + offset).copyMemory(from: kept, byteCount: length)
        }
      }
    }
  }

  /// In quarter q, picture i shows picture i + q; swaps of pairs do it in place.
  private func quarter(_ slots: [MixSlot], y: Int, x: Int) {
    let turns: [[(Int, Int)]] = [[], [(0, 1), (1, 2), (2, 3)], [(0, 2), (1, 3)], [(2, 3), (1, 2), (0, 1)]]
    let quarters = [
      Rect(y: 0, x: 0, height: y, width: x), Rect(y: 0, x: x, height: y, width: size.width - x),
      Rect(y: y, x: 0, height: size.height - y, width: x),
      Rect(y: y, x: x, height: size.height - y, width: size.width - x),
    ].map { $0.stretches(of: size) }
    for (pairs, stretches) in zip(turns, quarters) {
      for (i, j) in pairs { swap(slots[i], slots[j], stretches) }
    }
    let shares = quarters.map(share)
    for label in 0..<classes {
      let old = slots.map { $0.labels[label] }
      for (i, slot) in slots.enumerated() {
        slot.labels[label] = (0..<4).reduce(0) { $0 + shares[$1] * old[(i + $1) % 4] }
      }
    }
  }

  /// Each shows the other as it was, shrunk, in the rectangle.
  private func inset(_ slots: [MixSlot], _ rect: Rect) {
    let small = slots.map { shrunk($0, to: rect.size) }
    for (slot, picture) in zip(slots, [small[1], small[0]]) {
      for index in picture.indices {
        let (channel, place) = index.quotientAndRemainder(dividingBy: rect.height * rect.width)
        let (row, column) = place.quotientAndRemainder(dividingBy: rect.width)
        store(picture[index], slot, offset(channel, rect.y + row, rect.x + column))
      }
    }
  }

  /// Means of the pixels that fall on each pixel of a smaller picture.
  private func shrunk(_ slot: MixSlot, to small: Size) -> [Float] {
    (0..<channels * small.height * small.width).map { index in
      let (channel, place) = index.quotientAndRemainder(dividingBy: small.height * small.width)
      let (row, column) = place.quotientAndRemainder(dividingBy: small.width)
      let rows = row * size.height / small.height..<(row + 1) * size.height / small.height
      let columns = column * size.width / small.width..<(column + 1) * size.width / small.width
      var sum: Float = 0
      for y in rows { for x in columns { sum += load(slot, offset(channel, y, x)) } }
      return sum / Float(rows.count * columns.count)
    }
  }

  private func offset(_ channel: Int, _ y: Int, _ x: Int) -> Int {
    let pixel = y * size.width + x
    return layout == .planar ? channel * plane + pixel : pixel * channels + channel
  }

  private func load(_ slot: MixSlot, _ index: Int) -> Float {
    switch precision {
    case .float32: slot.pixels.assumingMemoryBound(to: Float.self)[index]
    case .bfloat16: Float(bitPattern: UInt32(slot.pixels.assumingMemoryBound(to: UInt16.self)[index]) << 16)
    case .uint8: Float(slot.pixels.assumingMemoryBound(to: UInt8.self)[index])
    }
  }

  private func store(_ value: Float, _ slot: MixSlot, _ index: Int) {
    switch precision {
    case .float32: slot.pixels.assumingMemoryBound(to: Float.self)[index] = value
    case .bfloat16:
      let bits = value.bitPattern  // rounded to the nearest, ties to even
      slot.pixels.assumingMemoryBound(to: UInt16.self)[index] = UInt16((bits + 0x7fff + (bits >> 16 & 1)) >> 16)
    case .uint8: slot.pixels.assumingMemoryBound(to: UInt8.self)[index] = UInt8(value.rounded())
    }
  }
}
