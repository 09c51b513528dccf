import Foundation
import HoneAugment
import HoneImage
import Testing

/// Against Keras: `Goldens/generator.py` made the numbers and pictures and says with which version.
@Suite("ImageDataGenerator")
struct GeneratorTests {
  struct Reference: Decodable {
    let moves: [Move]
    let cuts: [[Int]]
    let mean: [Double]
    let deviation: [Double]
    let features: [Double]
    let sample: [Double]
    let white: [Double]
    let matrix: [[Double]]
  }

  struct Move: Decodable {
    let mode: ImageDataGenerator.FillMode
    let theta, tx, ty, shear, zx, zy, brightness: Double?
    let flipHorizontal, flipVertical: Bool?

    /// The picture changed by Hone's own steps.
    func applied(to image: Image<UInt8>) -> Image<UInt8> {
      if let brightness {
        return changed(image, by: ImageDataGenerator(brightnessRange: brightness...brightness))
      }
      if flipHorizontal == true { return HoneAugmentTests.changed(image, .symmetry(.horizontal)) }
      if flipVertical == true { return HoneAugmentTests.changed(image, .symmetry(.vertical)) }
      var move = KerasAffine.Move()
      (move.theta, move.tx, move.ty) = (theta ?? 0, tx ?? 0, ty ?? 0)
      (move.shear, move.zx, move.zy) = (shear ?? 0, zx ?? 1, zy ?? 1)
      let affine = ImageDataGenerator(fillMode: mode, cval: 90).affine
      return HoneAugmentTests.changed(image, affine.action(move, on: image.size))
    }

    private func changed(_ image: Image<UInt8>, by generator: ImageDataGenerator) -> Image<UInt8> {
      generator.pipeline().plan(for: image.size, key: SampleKey(seed: 0, epoch: 0, position: 0)).applied(to: image)
    }
  }

  private static func reference() throws -> Reference {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      Reference.self, from: Data(contentsOf: URL(filePath: GoldenTests.folder + "generator.json")))
  }

  /// The source and what Keras made of it, one below the other.
  private static func pictures() throws -> [Image<UInt8>] {
    let stack = try Image<UInt8>(contentsOf: GoldenTests.folder + "generator.png")
    return (0..<stack.height / 60).map {
      HoneAugmentTests.changed(stack, .window(Rect(y: $0 * 60, x: 0, height: 60, width: 60), .black))
    }
  }

  /// The little pictures that the statistics were made on.
  private static func data(_ reference: Reference) throws -> [Image<UInt8>] {
    let source = try pictures()[0]
    return reference.cuts.map {
      HoneAugmentTests.changed(source, .window(Rect(y: $0[0], x: $0[1], height: 4, width: 3), .black))
    }
  }

  @Test("turns, shifts, slants, zooms, mirrors and brightness make Keras's pictures")
  func moves() throws {
    let (reference, pictures) = (try Self.reference(), try Self.pictures())
    #expect(reference.moves.count == pictures.count - 1)
    for (move, expected) in zip(reference.moves, pictures.dropFirst()) {
      // SciPy wraps and fills in ways of its own right at the edges; there the middle is compared.
      let middle = move.mode == .wrap || move.mode == .constant ? Rect(y: 15, x: 15, height: 30, width: 30) : nil
      func part(_ image: Image<UInt8>) -> [UInt8] {
        middle.map { HoneAugmentTests.changed(image, .window($0, .black)).elements } ?? image.elements
      }
      let differences = zip(part(move.applied(to: pictures[0])), part(expected))
        .map { abs(Int($0) - Int($1)) }.sorted()
      let mean = Double(differences.reduce(0, +)) / Double(differences.count)
      #expect(mean < 0.5 && differences[differences.count * 99 / 100] <= 4, "\(move): mean \(mean)")
    }
  }

  @Test("feature-wise mean and spread are Keras's, and so are the numbers they make")
  func statistics() throws {
    let reference = try Self.reference()
    let data = try Self.data(reference)
    let found = try #require(FeatureStatistics(of: data))
    for (ours, keras) in zip(found.mean + found.standardDeviation, reference.mean + reference.deviation) {
      #expect(abs(ours - keras) < 1e-6)
    }
    let generator = ImageDataGenerator(featurewiseStdNormalization: true, rescale: 1.0 / 255)
    #expect(try Self.distance(data[5], generator, found, reference.features) < 1e-4)
    #expect(throws: PipelineError.self) { try generator.normalization() }
    #expect(FeatureStatistics(of: []) == nil)
  }

  @Test("each picture centred and scaled by itself is Keras's")
  func samplewise() throws {
    let reference = try Self.reference()
    let generator = ImageDataGenerator(samplewiseStdNormalization: true, rescale: 1.0 / 255)
    #expect(try Self.distance(Self.data(reference)[5], generator, nil, reference.sample) < 1e-4)
  }

  @Test("whitening by Keras's matrix gives Keras's numbers")
  func whitening() throws {
    let reference = try Self.reference()
    let data = try Self.data(reference)
    // Keras counts pixel by pixel, Hone plane by plane.
    let order = (0..<36).map { $0 % 12 * 3 + $0 / 12 }
    let matrix = order.flatMap { row in order.map { Float(reference.matrix[row][$0]) } }
    let generator = ImageDataGenerator(zcaWhitening: true, rescale: 1.0 / 255)
    let statistics = FeatureStatistics(of: data)
    let found = try Self.distance(
      data[5], generator, statistics, reference.white, Whitening(size: 36, matrix: matrix))
    #expect(found < 1e-3)
    #expect(throws: PipelineError.self) { try generator.standardization() }
  }

  @Test("pictures too large to be whitened are refused, with advice")
  func tooLarge() throws {
    let error = #expect(throws: PipelineError.self) { try Whitening(size: 224 * 224 * 3, matrix: []) }
    #expect(error?.message.contains("4096") == true)
    #expect(error?.message.contains("Resize") == true)
  }

  /// The largest difference between a picture's numbers in a batch and Keras's, which go pixel by pixel.
  private static func distance(
    _ image: Image<UInt8>, _ generator: ImageDataGenerator, _ statistics: FeatureStatistics?, _ expected: [Double],
    _ whitening: Whitening? = nil
  ) throws -> Double {
    let batch = Batch(count: 1, channels: 3, height: 4, width: 3, classes: 1)
    Plan(image, []).write(image, normalization: try generator.normalization(statistics), into: batch, slot: 0)
    try generator.standardization(whitening)?.apply(to: batch, slot: 0)
    let numbers = batch.slot(0).assumingMemoryBound(to: Float.self)
    return (0..<36).map { abs(Double(numbers[$0 % 3 * 12 + $0 / 3]) - expected[$0]) }.max() ?? 1
  }

  @Test("arguments become steps in Keras's order; those left out become none")
  func steps() {
    #expect(ImageDataGenerator().pipeline().steps.isEmpty)
    let all = ImageDataGenerator(
      rotationRange: 20, widthShiftRange: 4, heightShiftRange: [0.1, 0.2], brightnessRange: 0.5...1.5, shearRange: 5,
      zoomRange: 0.2, channelShiftRange: 9, fillMode: .reflect, horizontalFlip: true, verticalFlip: true)
    let pipeline = all.pipeline(targetSize: Size(height: 32, width: 32))
    #expect(
      pipeline.steps.map(\.name) == [
        "Resize", "KerasAffine", "ChannelShift", "Flip", "Flip", "Brightness",
      ])
    #expect(all.affine.zoomRange.factors == 0.8...1.2)
    #expect(all.affine.border == .reflect)
  }

  @Test("shifts are drawn as Keras draws them: fractions, pixels, whole numbers, choices")
  func shifts() {
    func drawn(_ range: ShiftRange) -> [Double] {
      (0..<400).map { position in
        let move = KerasAffine(rotationRange: 0, widthShiftRange: range, heightShiftRange: 0.0, zoomRange: 0.0)
        let plan = Pipeline { move }.plan(
          for: Size(height: 50, width: 40), key: SampleKey(seed: 4, epoch: 0, position: position))
        guard case .warp(let warp)? = plan.actions.first else { return .nan }
        return warp.matrix.m[2]
      }
    }
    #expect(drawn(0.25).allSatisfy { abs($0) <= 10 } && drawn(0.25).contains { abs($0) > 9 })
    #expect(drawn(3.5).allSatisfy { abs($0) <= 3.5 } && drawn(3.5).contains { abs($0) > 3 })
    #expect(Set(drawn(3).map(abs)) == [0, 1, 2])
    #expect(Set(drawn([0.1, 0.5])) == [-20, -4, 4, 20])
  }
}
