import Foundation
import HoneAugment
import HoneImage
import Testing

/// Random pipelines on random sizes: nothing but a picture of the size that the plan says may come out.
@Suite("Fuzz")
struct FuzzTests {
  /// `Scripts/fuzz-plans` asks for more of them, where mistakes in memory are seen.
  static let rounds: Int = {
    let environment = ProcessInfo.processInfo.environment
    return environment["HONE_FUZZ_ROUNDS"].flatMap { Int($0) } ?? (environment["HONE_SLOW"] == nil ? 60 : 3000)
  }()

  @Test("random pipelines give what their plans say, again from a file, and the same in a batch", arguments: 0..<4)
  func pipelines(worker: Int) throws {
    for round in stride(from: worker, to: Self.rounds, by: 4) {
      var stream = RandomStream(seed: 77, index: round, name: "fuzz")
      let pipeline = Pipeline((0..<stream.integer(1...4)).map { _ in Self.step(&stream, depth: 2) })
      let image = texture(
        height: Self.side(&stream), width: Self.side(&stream),
        channels: [1, 3, 3, 3, 4, stream.integer(1...16)][stream.integer(0...5)])
      let key = SampleKey(seed: stream.next(), epoch: round, position: stream.integer(0...1_000_000))
      let plan = pipeline.plan(for: image.size, channels: image.channels, key: key, label: stream.integer(0...3))
      let result = plan.applied(to: image)
      #expect(result.size == plan.outputSize && result.channels == image.channels, "round \(round): \(pipeline)")
      let saved = try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan))
      #expect(saved.applied(to: image) == result, "round \(round): \(pipeline)")
      #expect(try Pipeline(json: pipeline.json) == pipeline, "round \(round)")
      #expect(Self.levels(plan, image) == result, "round \(round): \(pipeline)")
      try Self.moveTargets(plan, image)
    }
  }

  /// Masks, points, boxes and pictures of 16 bits: they may be refused, and nothing else.
  private static func moveTargets(_ plan: Plan, _ image: Image<UInt8>) throws {
    let (bottom, right) = (Double(image.height), Double(image.width))
    let box = Box(y: bottom / 4, x: 0, height: bottom / 2, width: right)
    #expect(plan.applied(toMask: image).size == plan.outputSize)
    #expect(plan.kept([Point(y: 0, x: right - 1), Point(y: -1e9, x: 1e9)]).count == 2)
    if let moved = plan.moved(box) { #expect(moved.height > 0 && moved.width > 0) }
    if let moved = plan.moved(TurnedBox(box)) { #expect(moved.height.isFinite && moved.width.isFinite) }
    if let back = plan.inverse { #expect(back.outputSize == image.size) }
    do {
      let deep = try plan.applied(to: image.converted { UInt16($0) << 8 })
      #expect(deep.size == plan.outputSize)
    } catch { #expect(error.code == .unsupported) }
  }

  /// The picture read back from a batch of raw levels.
  private static func levels(_ plan: Plan, _ image: Image<UInt8>) -> Image<UInt8> {
    let size = plan.outputSize
    let batch = Batch(count: 1, channels: image.channels, height: size.height, width: size.width, classes: 1)
    plan.write(
      image, normalization: Normalization(mean: [0], standardDeviation: [1.0 / 255]), into: batch, slot: 0)
    let planes = batch.slot(0).assumingMemoryBound(to: Float.self)
    let pixels = size.height * size.width
    let elements = (0..<pixels * image.channels).map { index in
      UInt8(planes[index % image.channels * pixels + index / image.channels].rounded())
    }
    return Image(height: size.height, width: size.width, channels: image.channels, elements: elements)
  }

  /// Small sides mostly, of one pixel often.
  private static func side(_ stream: inout RandomStream) -> Int {
    [1, 2, stream.integer(1...9), stream.integer(10...70), stream.integer(10...70)][stream.integer(0...4)]
  }

  private static func step(_ stream: inout RandomStream, depth: Int) -> Step {
    let chance = stream.chance(0.5) ? 1 : stream.uniform()
    guard depth > 0, stream.chance(0.25) else {
      let all = Catalogue.transforms
      return Step(small(all[stream.integer(0...all.count - 1)].standard, &stream), chance: chance)
    }
    let inner = (0..<stream.integer(1...3)).map { _ in step(&stream, depth: depth - 1) }
    let nests: [any Transform] = [
      OneOf(inner), SomeOf(inner, count: 0...2, shuffles: true), RandomOrder(inner), InOrder(inner), Blended(inner),
      OnChannels([0, 2], inner), PerClass([1: inner], otherwise: []), OnSize(shorterSide: 3...50, inner),
    ]
    return Step(nests[stream.integer(0...nests.count - 1)], chance: chance)
  }

  /// Transforms that make large pictures make smaller ones here, to be quick.
  private static func small(_ transform: any Transform, _ stream: inout RandomStream) -> any Transform {
    let (height, width) = (stream.integer(1...60), stream.integer(1...60))
    switch transform {
    case is Crop: return Crop(height: height, width: width, border: .reflect)
    case is CenterCrop: return CenterCrop(height: height, width: width)
    case is FiveCrop: return FiveCrop(height: height, width: width)
    case is TenCrop: return TenCrop(height: height, width: width)
    case is Resize: return Resize(height: height, width: width, filter: .lanczos)
    case is RandomResizedCrop: return RandomResizedCrop(height: height, width: width)
    case is PadToSize: return PadToSize(height: height, width: width)
    case is LongerSide: return LongerSide(pixels: height)
    case is ShorterSide: return ShorterSide(pixels: stream.integer(1...8))
    default: return transform
    }
  }
}
