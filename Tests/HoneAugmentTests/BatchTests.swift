import Foundation
import HoneAugment
import HoneImage
import HoneTesting
import Testing

@Suite("Into a batch")
struct BatchTests {
  private let key = SampleKey(seed: 4, epoch: 1, position: 2)

  private func floats(_ batch: borrowing Batch, slot: Int) -> [Float] {
    let count = batch.channels * batch.height * batch.width
    let start = batch.slot(slot).assumingMemoryBound(to: Float.self)
    return Array(UnsafeBufferPointer(start: start, count: count))
  }

  @Test("planes hold (level ÷ 255 − mean) ÷ deviation of the picture that `applied` gives")
  func normalization() {
    let image = texture(height: 50, width: 70)
    let pipeline = Pipeline {
      RandomResizedCrop(height: 24, width: 32)
      ColorJitter()
    }
    let plan = pipeline.plan(for: image.size, key: key)
    let expected = plan.applied(to: image)
    let batch = Batch(count: 2, channels: 3, height: 24, width: 32, classes: 1)
    plan.write(image, normalization: .imageNet, into: batch, slot: 1)
    let written = floats(batch, slot: 1)
    for (c, (mean, deviation)) in zip(Normalization.imageNet.mean, Normalization.imageNet.standardDeviation)
      .enumerated()
    {
      for index in 0..<24 * 32 {
        let exact = (Double(expected.elements[index * 3 + c]) / 255 - Double(mean)) / Double(deviation)
        #expect(abs(Double(written[c * 24 * 32 + index]) - exact) < 1e-5)
      }
    }
    let half = Batch(count: 1, channels: 3, height: 24, width: 32, classes: 1, precision: .bfloat16)
    plan.write(image, normalization: .imageNet, into: half, slot: 0)
    let stored = half.slot(0).assumingMemoryBound(to: UInt16.self)
    for index in 0..<written.count {
      let value = Float(bitPattern: UInt32(stored[index]) << 16)
      #expect(abs(value - written[index]) <= abs(written[index]) / 256 + 1e-6)
    }
    let levels = Batch(
      count: 1, channels: 3, height: 24, width: 32, classes: 1, precision: .uint8, layout: .interleaved)
    plan.write(image, normalization: .imageNet, into: levels, slot: 0)
    #expect(levels.pixelBytes.elementsEqual(expected.elements))
  }

  @Test("decoding only the part that is needed gives the same batch as decoding all", arguments: 0..<24)
  func regions(position: Int) throws {
    let image = TestPicture.gradient(height: 301, width: 413)
    let file = try image.jpegEncoded(quality: 95)
    let pipeline = Pipeline {
      RandomResizedCrop(height: 160, width: 160, area: 0.1...0.6)
      Flip().applied(0.5)
      Rotate().applied(0.5)
    }
    let key = SampleKey(seed: 1, epoch: 0, position: position)
    let batch = Batch(count: 2, channels: 3, height: 160, width: 160, classes: 1)
    let plan = try file.withUnsafeBytes {
      try pipeline.write(decoding: $0, key: key, normalization: .identity, into: batch, slot: 0)
    }
    plan.write(try Image<UInt8>(decoding: file), normalization: .identity, into: batch, slot: 1)
    let (part, whole) = (floats(batch, slot: 0), floats(batch, slot: 1))
    if plan.region(of: image.size).size != image.size { #expect(plan.decodeHint == nil || part.count == whole.count) }
    let worst = zip(part, whole).map { abs($0 - $1) }.max() ?? 1
    #expect(worst <= (plan.decodeHint == nil ? 1.01 : 8) / 255)
  }

  @Test("a window of a resize decodes only its part", arguments: [ResizeFilter.bilinear, .lanczos, .nearest])
  func windowOfResize(filter: ResizeFilter) throws {
    let image = texture(height: 300, width: 500)
    let file = try image.pngEncoded()
    let pipeline = Pipeline {
      ShorterSide(pixels: 256, filter: filter)
      CenterCrop(height: 224, width: 224)
      Flip()
    }
    let batch = Batch(count: 2, channels: 3, height: 224, width: 224, classes: 1)
    let plan = try file.withUnsafeBytes {
      try pipeline.write(decoding: $0, key: key, normalization: .identity, into: batch, slot: 0)
    }
    plan.write(image, normalization: .identity, into: batch, slot: 1)
    #expect(floats(batch, slot: 0) == floats(batch, slot: 1))
    if filter != .nearest { #expect(plan.region(of: image.size).size.width < 300) }
  }

  @Test("a reduced decode stays close to a full one: mean ≤ 2, 99th percentile ≤ 12 levels")
  func reduced() throws {
    let image = texture(height: 800, width: 1200).resized(to: Size(height: 1000, width: 1500), filter: .bicubic)
    let file = try image.jpegEncoded(quality: 92)
    let pipeline = Pipeline {
      ShorterSide(pixels: 256)
      CenterCrop(height: 224, width: 224)
    }
    let batch = Batch(count: 2, channels: 3, height: 224, width: 224, classes: 1)
    let plan = try file.withUnsafeBytes {
      try pipeline.write(decoding: $0, key: key, normalization: .identity, into: batch, slot: 0)
    }
    #expect(plan.decodeHint == Size(height: 256, width: 384))
    plan.write(try Image<UInt8>(decoding: file), normalization: .identity, into: batch, slot: 1)
    let differences = zip(floats(batch, slot: 0), floats(batch, slot: 1)).map { abs($0 - $1) * 255 }.sorted()
    #expect(differences.reduce(0, +) / Float(differences.count) <= 2)
    #expect(differences[differences.count * 99 / 100] <= 12)
  }
}
