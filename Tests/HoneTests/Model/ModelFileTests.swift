import Foundation
import Hone
import HoneAugment
import HoneTensor
import HoneTesting
import Testing

/// The model file, and loading weights into a model.
@Suite struct `Model files` {
  static let structure = Structure(
    "classic-cnn", input: InputSpec(side: 12), classes: 3, options: StructureOptions(widths: [4], dense: 8))
  static let classes = ["cat", "a dog 🐶", ".hidden"]

  @Test func `a model comes back with its weights, classes and preprocessing`() async throws {
    let path = Temporary.file("model.safetensors")
    defer { Temporary.remove(path) }
    try await Engine.run {
      var preprocessing = Preprocessing(for: Self.structure)
      preprocessing.normalization = .half
      let model = try Model.make(Self.structure, classes: Self.classes, preprocessing: preprocessing, seed: 4)
      try ModelFile.save(model, recipe: "seed: 4", to: path)
      let loaded = try ModelFile.load(path)
      #expect(loaded.structure == Self.structure && loaded.classes == Self.classes)
      #expect(loaded.preprocessing == preprocessing)
      for (name, value) in model.state() { #expect(try loaded.state()[name]?.floats() == value.floats()) }
      #expect(try ModelFile.header(path).recipe == "seed: 4")
      #expect(ModelFile.isModel(path))
      #expect(try WeightFile.read(path).count == model.state().count)
    }
  }

  /// Saved by the first Hone; must load for ever.
  @Test func `a file of version 1 loads`() async throws {
    let scores = try await Engine.run {
      let model = try ModelFile.load(ModelGoldens.url("model/version1.safetensors").path)
      #expect(model.classes == Self.classes)
      return try model(Models.ramp([1, 3, 12, 12], 2).to(.float32)).floats()
    }
    let golden = try ModelGoldens.decode([Float].self, from: "model/version1.json")
    for (score, reference) in zip(scores, golden) { #expect(abs(score - reference) < 1e-5) }
    #expect(scores.count == golden.count)
  }

  @Test func `a newer file is refused with the version it needs`() throws {
    let data = try Data(contentsOf: ModelGoldens.url("model/version1.safetensors"))
    let newer = try Self.edited(data, #"\"formatVersion\":1"#, #"\"formatVersion\":9"#)
    let newest = try Self.edited(newer, #"\"minimumHone\":\"0.1.0\""#, #"\"minimumHone\":\"7.3.0\""#)
    let error = try Self.refusal(of: newest)
    #expect(error?.code == .newerVersion)
    #expect(error?.message.contains("7.3.0") == true && error?.message.contains("9") == true)
  }

  @Test func `a damaged file is an error, wherever the damage is`() throws {
    let data = try Data(contentsOf: ModelGoldens.url("model/version1.safetensors"))
    var flipped = data
    flipped[data.count - 3] ^= 1
    #expect(try Self.refusal(of: flipped)?.code == .malformed)
    #expect(try Self.refusal(of: data.dropLast(4))?.code == .malformed)
    #expect(try Self.refusal(of: Self.edited(data, #"\"classic-cnn\""#, #"\"classic-cow\""#))?.code == .unknownKey)
    #expect(try Self.refusal(of: Self.edited(data, #"\"dense\":8"#, #"\"dense\":9"#))?.code == .weightMismatch)
    let plain = try Data(contentsOf: ModelGoldens.url("model/plain.safetensors"))
    #expect(try Self.refusal(of: plain)?.code == .unsupported)
    for length in stride(from: 0, to: data.count, by: 97) { #expect(try Self.refusal(of: data.prefix(length)) != nil) }
  }

  @Test func `what does not fit is counted and named, and nothing is changed`() async throws {
    try await Engine.run {
      let model = try Model.make(Self.structure, seed: 1)
      let before = try model.state()["features.0.bias"]?.floats()
      var weights = try model.state().mapValues { try $0.add(1) }
      weights["features.0.weight"] = nil
      weights["extra.weight"] = try .zeros([1])
      weights["classifier.2.bias"] = try .zeros([7])
      let error = #expect(throws: HoneError.self) { try model.load(weights, file: "w.pth") }
      #expect(error?.code == .weightMismatch)
      let words = [
        "w.pth", "1 missing: features.0.weight", "1 unexpected: extra.weight", "classifier.2.bias is [7], not [3]",
      ]
      for word in words { #expect(error?.message.contains(word) == true, "\(word)") }
      #expect(try model.state()["features.0.bias"]?.floats() == before)
    }
  }

  @Test func `the head is skipped on request, as for other classes`() async throws {
    try await Engine.run {
      let source = try Model.make(Structure("resnet20-cifar", classes: 10), seed: 1)
      let model = try Model.make(Structure("resnet20-cifar", classes: 4), seed: 2)
      let error = #expect(throws: HoneError.self) { try model.load(source.state()) }
      #expect(error?.message.contains("Skip the head") == true)
      let head = try model.state()["linear.weight"]?.floats()
      try model.load(source.state(), .trunk)
      #expect(try model.state()["linear.weight"]?.floats() == head)
      #expect(try model.state()["conv1.weight"]?.floats() == source.state()["conv1.weight"]?.floats())
    }
  }

  @Test func `a copy is deep, and a folded copy computes the same`() async throws {
    try await Engine.run {
      let model = try Model.make(Structure("resnet20-cifar", classes: 4), seed: 1)
      try model.load(Models.fill(model.state()))
      let x = try Models.ramp([2, 3, 32, 32], 3).to(.float32)
      let copy = try model.copy()
      let folded = try model.optimizedForInference()
      let scores = try model(x).floats()
      #expect(try copy(x).floats() == scores)
      for (score, other) in zip(scores, try folded(x).floats()) {
        #expect(abs(score - other) < 1e-4 * max(1, abs(score)))
      }
      #expect(folded.buffers.isEmpty && folded.parameterCount < model.parameterCount)
      for entry in model.parameters { try entry.parameter.load(entry.parameter.value.zerosLike()) }
      #expect(try copy(x).floats() == scores)
      #expect(throws: HoneError.self) { try ModelFile.save(folded, to: Temporary.file("folded.safetensors")) }
    }
  }

  @Test func `freezing stops the trunk and its norms, and groups run from the input to the head`() async throws {
    try await Engine.run {
      let model = try Model.make(Structure("resnet20-cifar", classes: 4), seed: 1)
      let groups = model.layerGroups
      #expect(groups.count == 11)
      #expect(groups.first?.map(\.name) == ["conv1.weight", "bn1.weight", "bn1.bias"])
      #expect(groups.last?.map(\.name) == ["linear.weight", "linear.bias"])
      #expect(model.depths["conv1.weight"] == 0 && model.depths["linear.bias"] == 1)
      try model.freezeTrunk()
      let statistics = try model.state()["bn1.running_mean"]?.floats()
      let x = try Models.ramp([4, 3, 32, 32], 3).to(.float32)
      try model(x, Pass(training: true)).sum().backward()
      #expect(model.parameters.filter { $0.parameter.gradient != nil }.map(\.name) == ["linear.weight", "linear.bias"])
      #expect(try model.state()["bn1.running_mean"]?.floats() == statistics)
      try model.unfreeze()
      try model(x, Pass(training: true)).sum().backward()
      #expect(model.parameters.allSatisfy { $0.parameter.gradient != nil })
      #expect(try model.state()["bn1.running_mean"]?.floats() != statistics)
      try model.freezeTrunk(below: 0.5)
      #expect(model.parameters.filter { !$0.parameter.isTrainable }.map(\.name).last?.hasPrefix("layer2.0") == true)
    }
  }

  // MARK: - Bytes

  /// The file with a text of its header replaced by one of the same length.
  static func edited(_ data: Data, _ old: String, _ new: String) throws -> Data {
    let range = try #require(data.range(of: Data(old.utf8)))
    return data.replacing(Data(old.utf8), with: Data(new.utf8), subrange: range)
  }

  static func refusal(of data: Data) throws -> HoneError? {
    let path = Temporary.file("damaged.safetensors")
    defer { Temporary.remove(path) }
    try data.write(to: URL(filePath: path))
    return try failure(path)
  }

  private static func failure(_ path: String) throws -> HoneError? {
    do { _ = try ModelFile.load(path) } catch let error as HoneError { return error }
    return nil
  }
}

extension Data {
  fileprivate func replacing(_ old: Data, with new: Data, subrange: Range<Data.Index>) -> Data {
    var copy = self
    copy.replaceSubrange(subrange, with: new)
    return copy
  }
}

/// Files for one test.
enum Temporary {
  static func file(_ name: String) -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hone-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.appending(path: name).path
  }

  static func remove(_ path: String) {
    try? FileManager.default.removeItem(at: URL(filePath: path).deletingLastPathComponent())
  }
}
