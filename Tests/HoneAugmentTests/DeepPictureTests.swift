import Foundation
import HoneAugment
import HoneImage
import Testing

/// Pictures of 16 bits and float32: the same as in 8 bits, but finer.
@Suite("Deep pictures")
struct DeepPictureTests {
  static let names = Catalogue.transforms.map { $0.name }.filter { !Catalogue.eightBitOnly.contains($0) }

  private func plan(_ name: String, _ image: Image<UInt8>, position: Int) throws -> Plan {
    let type = try #require(Registry.transforms.first { $0.name == name })
    return Pipeline([Step(type.standard)])
      .plan(for: image.size, channels: image.channels, key: SampleKey(seed: 4, epoch: 0, position: position))
  }

  private func spread(_ image: Image<UInt8>) -> Image<UInt16> { image.converted { UInt16($0) * 257 } }
  private func float(_ image: Image<UInt8>) -> Image<Float> { image.converted { Float($0) / 255 } }

  @Test("an 8-bit picture in 16 bits or float32 becomes what it becomes in 8 bits", arguments: names)
  func same(name: String) throws {
    for position in 0..<3 {
      let image = texture(height: 37, width: 45)
      let plan = try plan(name, image, position: position)
      let expected = plan.applied(to: image).elements.map(Double.init)
      let sixteen = try plan.applied(to: spread(image)).elements.map { Double($0) / 257 }
      let real = try plan.applied(to: float(image)).elements.map { 255 * Double(min(1, max(0, $0))) }
      for levels in [sixteen, real] {
        try #require(levels.count == expected.count)
        let apart = zip(levels, expected).map { abs($0 - $1) }
        let mean = apart.reduce(0, +) / Double(apart.count)
        // Rounding after each of several passes; and thresholds that a fraction of a level may cross.
        #expect(mean < 1.5, "\(plan)")
        #expect(apart.count { $0 > 6 } < apart.count / 50, "\(plan): \(apart.max() ?? 0)")
      }
    }
  }

  @Test("any size, and up to sixteen channels", arguments: names)
  func sizes(name: String) throws {
    for (height, width) in [(1, 1), (1, 7), (9, 1), (12, 17)] {
      for channels in [1, 2, 4, 16] {
        let image = texture(height: height, width: width, channels: channels)
        let plan = try plan(name, image, position: channels)
        let changed = try plan.applied(to: spread(image))
        #expect(changed.size == plan.outputSize && changed.channels == channels)
      }
    }
  }

  @Test("levels between those of 8 bits are kept: geometry moves them, brightness scales them")
  func fine() throws {
    let fine = Image<UInt16>(height: 1, width: 600, channels: 1, elements: (0..<600).map { UInt16(30000 + $0) })
    let flip = Plan(sourceSize: fine.size, channels: 1, actions: [.symmetry(.horizontal)])
    #expect(try flip.applied(to: fine).elements == fine.elements.reversed())
    let half = Pipeline { Brightness(factor: 0.5...0.5) }
      .plan(for: fine.size, channels: 1, key: SampleKey(seed: 0, epoch: 0, position: 0))
    let darker = try half.applied(to: fine).elements
    #expect(zip(darker, fine.elements).allSatisfy { abs(Double($0) - Double($1) / 2) <= 129 })
    #expect(Set(darker).count > 200)
  }

  @Test("geometry keeps light beyond 1, and colour ends at it")
  func bright() throws {
    let sun = Image<Float>(height: 5, width: 5, channels: 3, repeating: 7)
    let key = SampleKey(seed: 0, epoch: 0, position: 0)
    let turned = try Pipeline { Rotate(degrees: 30...30, border: .edge) }.plan(for: sun.size, key: key).applied(to: sun)
    #expect(turned.elements.allSatisfy { abs($0 - 7) < 1e-5 })
    let lit = try Pipeline { Brightness() }.plan(for: sun.size, key: key).applied(to: sun)
    #expect(lit.elements.allSatisfy { $0 <= 1 })
  }

  @Test("what is no number does not crash")
  func unsound() throws {
    let image = Image<Float>(height: 8, width: 8, channels: 3, repeating: .nan)
    for name in Self.names {
      let plan = try plan(name, texture(height: 8, width: 8), position: 1)
      #expect(try plan.applied(to: image).size == plan.outputSize)
    }
  }

  @Test("a batch takes float32 pictures, normalized")
  func batch() throws {
    let image = texture(height: 6, width: 4)
    let plan = Plan(image, [.symmetry(.vertical)])
    let normalization = Normalization.imageNet
    let bytes = empty()
    let reals = empty()
    plan.write(image, normalization: normalization, into: bytes, slot: 0)
    try plan.write(float(image), normalization: normalization, into: reals, slot: 0)
    let (a, b) = (bytes.slot(0), reals.slot(0))
    for index in 0..<72 {
      let apart = a.load(fromByteOffset: 4 * index, as: Float.self) - b.load(fromByteOffset: 4 * index, as: Float.self)
      #expect(abs(apart) < 1e-5)
    }
  }

  private func empty() -> Batch {
    Batch(count: 1, channels: 3, height: 6, width: 4, classes: 1)
  }

  @Test("what knows 8 bits only says so, and what else does")
  func refused() throws {
    #expect(Catalogue.eightBitOnly.contains("JPEG"))
    for name in Catalogue.eightBitOnly {
      let image = texture(height: 20, width: 20)
      let error = #expect(throws: PipelineError.self) {
        for position in 0..<16 { _ = try plan(name, image, position: position).applied(to: spread(image)) }
      }
      #expect(error?.code == .unsupported)
      #expect(error?.message.contains(name) == true)
    }
  }
}

extension Image {
  func converted<Other: PixelElement>(_ element: (Element) -> Other) -> Image<Other> {
    Image<Other>(height: height, width: width, channels: channels, elements: elements.map(element))
  }
}
