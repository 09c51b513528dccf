import Foundation
import Hone
import HoneAugment
import HoneImage
import HoneTensor
import Testing

@Suite("Mixed, repeated and standardized batches")
struct MixedBatchTests {
  private static func options(
    _ mixing: Mixing? = nil, repeats: Int = 1, standardization: Standardization? = nil, workers: Int = 2
  ) -> Loader.Options {
    Loader.Options(
      pipeline: Pipeline { PadCrop(padding: 3) }, inputSize: Size(height: 16, width: 16), normalization: .imageNet,
      batchSize: 12, shuffles: true, seed: 5, mixing: mixing, repeats: repeats, standardization: standardization,
      workers: workers)
  }

  private func batches(_ options: Loader.Options) async throws -> [BatchCopy] {
    try await withFolder { folder in
      try LoaderTests.batches(Loader(ToyData.make(in: folder, count: 40), options: options).epoch(2))
    }
  }

  @Test("All ways of mixing give the same bytes for 1, 2 and 8 workers", arguments: Mixing.Mode.allCases)
  func workers(mode: Mixing.Mode) async throws {
    let mixing = Mixing(mixUp: 1, cutMix: 1, fMix: 1, patchMix: 1, resizeMix: 1, mosaic: 1, mode: mode)
    let one = try await batches(Self.options(mixing, workers: 1))
    for workers in [2, 8] { #expect(try await batches(Self.options(mixing, workers: workers)) == one) }
    #expect(one != (try await batches(Self.options())))
  }

  @Test("Repeated pictures come side by side, each changed anew, in an epoch as long as before")
  func repeats() async throws {
    let batches = try await batches(Self.options(repeats: 3))
    #expect(batches.map(\.indices.count) == [12, 12, 12, 4])
    for batch in batches.dropLast() {
      for group in stride(from: 0, to: 12, by: 3) { #expect(Set(batch.indices[group..<group + 3]).count == 1) }
      #expect(Set(batch.indices).count == 4)
      let pictures = (0..<12).map { Array(batch.pixels[$0 * 3072..<($0 + 1) * 3072]) }
      #expect(Set(pictures).count > 8)
    }
    #expect(throws: HoneError.self) {
      try Loader(Dataset(name: "", root: "", classes: ["a"], samples: []), options: Self.options(repeats: 5))
    }
  }

  @Test("Standardized batches have pictures of mean 0 and spread 1")
  func standardized() async throws {
    for batch in try await batches(Self.options(standardization: Standardization())) {
      for slot in 0..<batch.indices.count {
        let numbers = batch.pixels[slot * 3072..<(slot + 1) * 3072].withUnsafeBytes {
          Array($0.bindMemory(to: Float.self))
        }
        let mean = numbers.reduce(0, +) / 768
        let square = numbers.reduce(0) { $0 + $1 * $1 } / 768
        #expect(abs(mean) < 1e-4 && abs(square - 1) < 1e-3)
      }
    }
  }

  @Test("The loss of a mixed batch is that of its soft labels")
  func loss() async throws {
    let batch = try #require(try await batches(Self.options(Mixing(mixUp: 1, cutMix: 1, mosaic: 1))).first)
    #expect(batch.labels.contains { $0 > 0.01 && $0 < 0.99 })
    let logits = (0..<24).map { Float(sin(Double($0))) }
    let found = try await Engine.run {
      try Objective(LossChoice(), outputs: 2, counts: [1, 1])
        .loss(Tensor(logits, shape: [12, 2]), Tensor(batch.labels, shape: [12, 2])).item()
    }
    var expected = 0.0
    for row in 0..<12 {
      let total = log(exp(Double(logits[2 * row])) + exp(Double(logits[2 * row + 1])))
      for column in 0..<2 {
        expected -= Double(batch.labels[2 * row + column]) * (Double(logits[2 * row + column]) - total) / 12
      }
    }
    #expect(abs(found - expected) < 1e-5)
  }

  private struct Reference: Decodable {
    let cuts: [[Int]]
    let matrix: [[Double]]
  }

  @Test("ZCA fitted to a loader's pictures is Keras's matrix")
  func whitening() async throws {
    let goldens = URL(filePath: #filePath).appending(path: "../../../HoneAugmentTests/Goldens").standardized
    let reference = try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: goldens.appending(path: "generator.json")))
    let source = try Image<UInt8>(contentsOf: goldens.appending(path: "generator.png").path)
    let pictures = reference.cuts.map { cut in
      Plan(sourceSize: source.size, actions: [.window(Rect(y: cut[0], x: cut[1], height: 4, width: 3), .black)])
        .applied(to: source)
    }
    let found = try await withFolder { folder in try await Self.fitted(pictures, in: folder) }
    // Keras counts pixel by pixel, Hone plane by plane.
    let order = (0..<36).map { $0 % 12 * 3 + $0 / 12 }
    let expected = order.flatMap { row in order.map { reference.matrix[row][$0] } }
    let largest = expected.map(abs).max() ?? 0
    let worst = zip(found.matrix, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
    #expect(worst < 1e-3 * largest, "\(worst) of \(largest)")
  }

  private static func fitted(_ pictures: [Image<UInt8>], in folder: String) async throws -> Whitening {
    try Data(pictures.flatMap(\.elements)).write(to: URL(filePath: folder + "/cuts.bin"))
    let format = RecordFormat(height: 4, width: 3, channels: 3, layout: .interleaved)
    let samples = pictures.indices.map {
      Sample(source: .record(file: folder + "/cuts.bin", offset: $0 * format.bytes, format: format), label: 0)
    }
    let generator = ImageDataGenerator(zcaWhitening: true, rescale: 1.0 / 255)
    let options = Loader.Options(
      pipeline: Pipeline(), inputSize: Size(height: 4, width: 3),
      normalization: try generator.normalization(FeatureStatistics(of: pictures)), batchSize: 7, shuffles: false)
    let loader = try Loader(
      Dataset(name: "cuts", root: folder, classes: ["all"], samples: samples), options: options)
    return try await Engine.run { try Whitening(fittedTo: loader) }
  }
}

@Suite("Pipelines and steps as text")
struct PipelineTextTests {
  @Test(
    "A pipeline of its own file comes back from YAML and JSON, with its format's version", arguments: ["yaml", "json"])
  func files(kind: String) async throws {
    let pipeline = Pipeline {
      RandAugment(magnitude: 7)
      OneOf([Step(Invert()), AutoAugment(.svhn).applied(0.3)])
      PerClass([2: [Step(Flip())]])
    }
    try await withFolder { folder in
      let path = "\(folder)/pipeline.\(kind)"
      try pipeline.save(to: path)
      #expect(try String(contentsOfFile: path, encoding: .utf8).contains("formatVersion"))
      #expect(try Pipeline(contentsOf: path) == pipeline)
    }
  }

  @Test(
    "A step is written on one line",
    arguments: [
      ("Rotate", Step(Rotate())),
      ("Rotate:degrees=-30...30,border=reflect", Step(Rotate(degrees: -30...30, border: .reflect))),
      ("Rotate: {degrees: [-30, 30]}", Step(Rotate(degrees: -30...30))),
      ("Rotate: {degrees: -30 ... 30}", Step(Rotate(degrees: -30...30))),
      ("Rotate:degrees=[-30, 30]", Step(Rotate(degrees: -30...30))),
      ("Crop:height=20,border=[1, 2, 3],width=30", Step(Crop(height: 20, width: 30, border: .constant([1, 2, 3])))),
      ("AutoAugment:policy=svhn", Step(AutoAugment(.svhn))),
    ])
  func steps(text: String, step: Step) throws { #expect(try Step(written: text) == step) }

  @Test(
    "What a line cannot mean is said, with the name that was probably meant",
    arguments: [
      ("Rotat", "Rotate"), ("RandomHorizontalFlip", "Flip"), ("Rotate:degree=3...4", "degrees"), ("", "empty"),
      ("Rotate:degrees=3...x", "An example: {"), ("Rotate:degrees=\"3...4\"", "An example: {"),
    ])
  func wrong(text: String, fact: String) {
    do {
      _ = try Step(written: text)
      Issue.record("'\(text)' was taken")
    } catch { #expect("\(error)".contains(fact), "\(error)") }
  }

  @Test("A recipe reaches every way of mixing, repeats and policies by name")
  func recipe() throws {
    let recipe = try Recipe(
      text: """
        batchSize: 32
        repeats: 4
        mixing: {mixUp: 0, cutMix: 1, mosaic: 0.5, mode: batch, until: 10}
        augmentation:
          - AugMix: {severity: 5}
          - UniformAugment
          - {KerasAffine: {widthShiftRange: 4, zoomRange: 0.2}, chance: 0.5}
        """)
    #expect(recipe.repeats == 4)
    #expect(recipe.mixing == Mixing(mixUp: 0, cutMix: 1, mosaic: 0.5, mode: .batch, until: 10))
    #expect(recipe.augmentation?.steps.map(\.name) == ["AugMix", "UniformAugment", "KerasAffine"])
    #expect(throws: HoneError.self) { try Recipe(text: "{batchSize: 32, repeats: 5}") }
    #expect(throws: HoneError.self) { try Recipe(text: "mixing: {mosaic: -1}") }
  }
}
