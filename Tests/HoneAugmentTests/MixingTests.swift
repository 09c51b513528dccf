import Foundation
import HoneAugment
import HoneImage
import HoneTesting
import Testing

@Suite("Mixing")
struct MixingTests {
  static let size = Size(height: 6, width: 5)
  static let ways: [Mixing] = [
    Mixing(mixUp: 0.4), Mixing(mixUp: 0, cutMix: 1), Mixing(mixUp: 0, fMix: 1), Mixing(mixUp: 0, patchMix: 1),
    Mixing(mixUp: 0, resizeMix: 1), Mixing(mixUp: 0, mosaic: 1),
    Mixing(mixUp: 1, cutMix: 1, fMix: 1, patchMix: 1, resizeMix: 1, mosaic: 1),
  ]

  /// Levels that stand for 1 where a batch holds levels.
  private static let unit: Float = 20

  /// Picture n is n everywhere and belongs to class n.
  private func batch(_ count: Int, _ precision: BatchPrecision = .float32) -> Batch {
    let (height, width) = (Self.size.height, Self.size.width)
    let batch = Batch(count: count, channels: 2, height: height, width: width, classes: count, precision: precision)
    for slot in 0..<count {
      for index in 0..<2 * height * width {
        switch precision {
        case .float32: batch.slot(slot).assumingMemoryBound(to: Float.self)[index] = Float(slot)
        case .bfloat16:
          batch.slot(slot).assumingMemoryBound(to: UInt16.self)[index] = UInt16(Float(slot).bitPattern >> 16)
        case .uint8: batch.slot(slot).assumingMemoryBound(to: UInt8.self)[index] = UInt8(Float(slot) * Self.unit)
        }
      }
      batch.labels[slot * count + slot] = 1
    }
    return batch
  }

  private func pixel(_ batch: borrowing Batch, _ slot: Int, _ index: Int) -> Float {
    switch batch.precision {
    case .float32: batch.slot(slot).assumingMemoryBound(to: Float.self)[index]
    case .bfloat16: Float(bitPattern: UInt32(batch.slot(slot).assumingMemoryBound(to: UInt16.self)[index]) << 16)
    case .uint8: Float(batch.slot(slot).assumingMemoryBound(to: UInt8.self)[index]) / Self.unit
    }
  }

  @Test("levels mix to the nearest level", arguments: [Float(0), 0.1, 0.37, 0.5, 1])
  func levels(weight: Float) {
    func mixed(_ precision: BatchPrecision) -> [Double] {
      let batch = Batch(count: 2, channels: 3, height: 9, width: 11, classes: 2, precision: precision)
      for slot in 0..<2 {
        let image = TestPicture.noise(height: 9, width: 11, seed: UInt64(slot + 5))
        Plan(image, []).write(image, normalization: .identity, into: batch, slot: slot)
      }
      MixStep(slots: [0, 1], how: .blend(weight)).apply(to: batch)
      return precision == .uint8
        ? batch.pixelBytes.map(Double.init) : batch.pixelBytes.bindMemory(to: Float.self).map { 255 * Double($0) }
    }
    for (level, exact) in zip(mixed(.uint8), mixed(.float32)) { #expect(abs(level - exact) < 0.5 + 0.005) }
  }

  @Test(
    "labels mix in the proportion of the pixels, in every way, mode and precision", arguments: ways,
    Mixing.Mode.allCases)
  func labels(mixing: Mixing, mode: Mixing.Mode) {
    var mixing = mixing
    mixing.mode = mode
    for (seed, precision) in [
      (3, BatchPrecision.float32), (4, .bfloat16), (5, .float32), (6, .float32), (7, .uint8), (8, .uint8),
    ] {
      let count = 9
      let key = SampleKey(seed: UInt64(seed), epoch: 0, position: 64)
      let plan = mixing.plan(count: count, size: Self.size, key: key)
      let touched = plan.flatMap(\.slots)
      #expect(!plan.isEmpty)
      #expect(Set(touched).count == touched.count)
      let batch = batch(count, precision)
      for step in plan { step.apply(to: batch) }
      for slot in 0..<count {
        let area = 2 * Self.size.height * Self.size.width
        let mean = (0..<area).reduce(Float(0)) { $0 + pixel(batch, slot, $1) } / Float(area)
        let row = (0..<count).map { batch.labels[slot * count + $0] }
        let label = row.enumerated().reduce(Float(0)) { $0 + Float($1.offset) * $1.element }
        #expect(abs(mean - label) < (precision == .float32 ? 1e-4 : 0.05), "\(mixing) \(slot)")
        #expect(abs(row.reduce(0, +) - 1) < 1e-5)
        if !touched.contains(slot) { #expect(row[slot] == 1) }
      }
    }
  }

  @Test("in element mode each picture takes from its partner as it was, by a weight of its own")
  func elements() throws {
    let plan = Mixing(mixUp: 1, mode: .element)
      .plan(count: 2, size: Self.size, key: SampleKey(seed: 1, epoch: 0, position: 0))
    let step = try #require(plan.first)
    guard case .blend(let weight) = step.how, case .blend(let back)? = step.back else {
      Issue.record("no blends")
      return
    }
    #expect(weight != back)
    let batch = batch(2)
    step.apply(to: batch)
    let (a, b) = (Float(step.slots[0]), Float(step.slots[1]))
    #expect(abs(pixel(batch, step.slots[0], 7) - (weight * a + (1 - weight) * b)) < 1e-6)
    #expect(abs(pixel(batch, step.slots[1], 7) - (back * b + (1 - back) * a)) < 1e-6)
  }

  @Test("in batch mode all groups share one draw")
  func oneDraw() {
    let plan = Mixing(mixUp: 1, cutMix: 1, mode: .batch)
      .plan(count: 16, size: Size(height: 32, width: 32), key: SampleKey(seed: 8, epoch: 0, position: 0))
    #expect(plan.count == 8)
    #expect(Set(plan.map(\.how)).count == 1)
  }

  @Test("a mosaic shows four pictures around a point, each in its own place")
  func mosaic() {
    let batch = batch(4)
    MixStep(slots: [0, 1, 2, 3], how: .quarters(y: 2, x: 3)).apply(to: batch)
    func drawn(_ slot: Int) -> String {
      (0..<6).map { y in (0..<5).map { "\(Int(pixel(batch, slot, y * 5 + $0)))" }.joined() }.joined(separator: " ")
    }
    #expect(drawn(0) == "00011 00011 22233 22233 22233 22233")
    #expect(drawn(3) == "33300 33300 11122 11122 11122 11122")
    #expect(batch.labels[0] == 6.0 / 30 && batch.labels[3] == 8.0 / 30)
  }

  @Test("an inset shows the other picture's means in its place")
  func inset() {
    let batch = batch(2)
    for index in 0..<60 { batch.slot(1).assumingMemoryBound(to: Float.self)[index] = Float(index % 30) }
    MixStep(slots: [0, 1], how: .inset(Rect(y: 1, x: 2, height: 1, width: 1))).apply(to: batch)
    #expect(pixel(batch, 0, 5 + 2) == 14.5)
    #expect(pixel(batch, 1, 30 + 5 + 2) == 0)
    #expect(pixel(batch, 0, 0) == 0)
  }

  @Test("a cloud takes about the share asked for and hangs together", arguments: [0.1, 0.5, 0.9])
  func clouds(share: Double) {
    let size = Size(height: 60, width: 90)
    var worst = 0.0
    for seed in 0..<10 as Range<UInt64> {
      let how = MixStep.How.cloud(Cloud(share: share, seed: seed))
      let stretches = how.stretches(of: size)
      let taken = Double(stretches.reduce(0) { $0 + $1.count }) / 5400
      worst = max(worst, abs(taken - share))
      // Noise without a scale would have about share · (1 − share) · 5400 stretches.
      #expect(stretches.count < 300)
    }
    #expect(worst < 0.03)
  }

  @Test("the same key gives the same groups; chance 0, α 0 and a late epoch give none; a batch of one stays")
  func keys() throws {
    let size = Size(height: 8, width: 8)
    let key = SampleKey(seed: 3, epoch: 5, position: 0)
    let both = Mixing(mixUp: 0.8, cutMix: 1)
    #expect(both.plan(count: 16, size: size, key: key) == both.plan(count: 16, size: size, key: key))
    #expect(both.plan(count: 16, size: size, key: key).count == 8)
    #expect(Mixing(mixUp: 1, chance: 0).plan(count: 16, size: size, key: key).isEmpty)
    #expect(Mixing(mixUp: 1, until: 5).plan(count: 16, size: size, key: key).isEmpty)
    #expect(Mixing(mixUp: 1, until: 6).plan(count: 16, size: size, key: key).count == 8)
    #expect(Mixing(mixUp: 0).plan(count: 16, size: size, key: key).isEmpty)
    #expect(both.plan(count: 1, size: size, key: key).isEmpty)
    #expect(both.plan(count: 0, size: size, key: key).isEmpty)
    let saved = try JSONDecoder().decode(
      [MixStep].self, from: JSONEncoder().encode(Self.ways[6].plan(count: 16, size: size, key: key)))
    #expect(saved == Self.ways[6].plan(count: 16, size: size, key: key))
  }

  @Test("missing keys of a file take their defaults")
  func files() throws {
    func read(_ text: String) throws -> Mixing { try JSONDecoder().decode(Mixing.self, from: Data(text.utf8)) }
    #expect(try read("{}") == Mixing())
    #expect(try read(#"{"mixUp": 0, "cutMix": 1}"#) == Mixing(mixUp: 0, cutMix: 1))
    #expect(
      try read(#"{"mixUp": 0.8, "mosaic": 1, "mode": "element", "until": 9}"#)
        == Mixing(mixUp: 0.8, mosaic: 1, mode: .element, until: 9))
    #expect(Mixing(fMix: -1).problem?.contains("fMix") == true)
  }

  @Test("weights follow the Beta distribution asked for", arguments: [0.2, 1, 3])
  func beta(alpha: Double) {
    let weights = (0..<600).flatMap { position in
      Mixing(mixUp: alpha).plan(
        count: 8, size: Size(height: 2, width: 2), key: SampleKey(seed: 1, epoch: 0, position: position)
      ).compactMap { step -> Double? in
        guard case .blend(let weight) = step.how else { return nil }
        return Double(weight)
      }
    }
    let mean = weights.reduce(0, +) / Double(weights.count)
    let variance = weights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(weights.count)
    #expect(abs(mean - 0.5) < 0.03)
    #expect(abs(variance - 1 / (4 * (2 * alpha + 1))) < 0.012)
  }
}
