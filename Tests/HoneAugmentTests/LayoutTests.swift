import Foundation
import HoneAugment
import HoneImage
import HoneTesting
import Testing

@Suite("The layout of a batch")
struct LayoutTests {
  private static let size = Size(height: 13, width: 17)
  private static let ways: [MixStep.How?] = [
    nil, .blend(0.3), .swap(Rect(y: 2, x: 3, height: 7, width: 9)), .inset(Rect(y: 4, x: 1, height: 6, width: 8)),
    .quarters(y: 5, x: 8),
  ]

  @Test(
    "interleaved batches hold the numbers of planar ones", arguments: [BatchPrecision.float32, .bfloat16, .uint8], ways)
  func same(precision: BatchPrecision, how: MixStep.How?) {
    for channels in [1, 3, 4] {
      let planar = numbers(.planar, precision, channels, how)
      #expect(Set(planar).count > 50)
      #expect(planar == numbers(.interleaved, precision, channels, how), "\(channels) channels")
    }
  }

  @Test("so do batches of float32 pictures")
  func deep() throws {
    let image = texture(height: 13, width: 17).converted { Float($0) / 255 }
    let planar = batch(.planar, .float32, 3)
    let interleaved = batch(.interleaved, .float32, 3)
    try Plan(texture(height: 13, width: 17), []).write(image, normalization: .imageNet, into: planar, slot: 2)
    try Plan(texture(height: 13, width: 17), []).write(image, normalization: .imageNet, into: interleaved, slot: 2)
    #expect(picture(planar, 2) == picture(interleaved, 2))
  }

  /// A batch of four pictures of which two are changed in colour, mixed, as bit patterns in planar order.
  private func numbers(
    _ layout: BatchLayout, _ precision: BatchPrecision, _ channels: Int, _ how: MixStep.How?
  ) -> [UInt32] {
    let batch = batch(layout, precision, channels)
    let pipeline = Pipeline { Brightness(factor: 0.5...1.5).applied(0.5) }
    for slot in 0..<4 {
      let image = TestPicture.noise(height: 13, width: 17, channels: channels, seed: UInt64(slot))
      let plan = pipeline.plan(for: image.size, channels: channels, key: SampleKey(seed: 1, epoch: 0, position: slot))
      plan.write(
        image, normalization: .init(mean: [0.1, 0.2, 0.3, 0.4], standardDeviation: [0.5]), into: batch, slot: slot)
    }
    if let how { MixStep(slots: Array(0..<how.pictures), how: how).apply(to: batch) }
    return (0..<4).flatMap { picture(batch, $0) }
  }

  private func batch(_ layout: BatchLayout, _ precision: BatchPrecision, _ channels: Int) -> Batch {
    Batch(
      count: 4, channels: channels, height: Self.size.height, width: Self.size.width, classes: 2, precision: precision,
      layout: layout)
  }

  /// The bit patterns of a picture, plane after plane.
  private func picture(_ batch: borrowing Batch, _ slot: Int) -> [UInt32] {
    let (pixels, channels, precision) = (batch.height * batch.width, batch.channels, batch.precision)
    let (isPlanar, start) = (batch.layout == .planar, batch.slot(slot))
    return (0..<channels * pixels).map { index in
      let (channel, pixel) = index.quotientAndRemainder(dividingBy: pixels)
      let place = (isPlanar ? index : pixel * channels + channel) * precision.bytes
      return switch precision {
      case .float32: start.load(fromByteOffset: place, as: UInt32.self)
      case .bfloat16: UInt32(start.load(fromByteOffset: place, as: UInt16.self))
      case .uint8: UInt32(start.load(fromByteOffset: place, as: UInt8.self))
      }
    }
  }
}
