import Foundation
import Hone
import HoneTensor
import HoneTesting
import Testing

/// Weights that come from Keras, and go there.
@Suite struct `Keras's weights` {
  static let options = StructureOptions(widths: [2, 3], dense: 4)
  static let small = Structure("classic-cnn", input: InputSpec(side: 20), classes: 3, options: options)

  struct Small: Decodable { var outputs: [Double] }

  @Test(arguments: ["keras.weights.h5", "keras.keras", "keras.h5"])
  func `of every kind of file give Keras's answers`(file: String) async throws {
    let wanted = try ModelGoldens.decode(Small.self, from: "model/keras_small.json").outputs
    try await Engine.run {
      let model = try Model.make(Self.small, seed: 1)
      try model.loadWeights(ModelGoldens.url("model/\(file)").path)
      let output = try model(Models.ramp([2, 3, 20, 20], 1).to(.float32))
      try Models.compare(output.reshape([output.count]).doubles(), wanted, within: 1e-6, file)
    }
  }

  @Test func `make Keras's networks answer alike, padding and norms included`() async throws {
    let references = try ModelGoldens.decode([String: [Double]].self, from: "model/keras_outputs.json")
    for (name, wanted) in references {
      try await Engine.run {
        let isVGG = name == "vgg16"
        let width = ["mobilenet-v1": 0.25, "mobilenet-v2": 0.35][name]
        let structure = Structure(
          name, input: InputSpec(side: 64), classes: 10, head: isVGG ? .linear : .own, options: .init(width: width))
        let plain = try Model.make(structure, seed: 0)
        let weights = try Models.fill(#require(try plain.state(namedAs: "keras")))
        let model = try Model.make(structure.padded(asIn: Set(weights.keys)), seed: 0)
        try model.load(weights)
        let input = try Models.ramp([2, 3, 64, 64], 1).to(.float32)
        let output = try isVGG ? model.features(input).permute([0, 2, 3, 1]) : model(input)
        try Models.compare(output.reshape([output.count]).doubles(), wanted, within: 1e-4, name)
        for (name, value) in try #require(try model.state(namedAs: "keras")) {
          let given = try #require(weights[name]).to(.float32)
          #expect(try value.sub(given).abs().max().item() < 1e-6, "\(name)")
        }
      }
    }
  }

  @Test func `a variance smaller than what Keras adds to it costs nothing`() async throws {
    try await Engine.run {
      let structure = Structure(
        "mobilenet-v2", input: InputSpec(side: 64), classes: 3, options: .init(width: 0.35, padding: .tensorflow))
      let source = try Model.make(structure, seed: 3)
      var weights = source.state()
      for (name, value) in weights where name.hasSuffix("running_var") { weights[name] = try value.mul(1e-6).add(1e-5) }
      try source.load(weights)
      let keras = try #require(try source.state(namedAs: "keras"))
      #expect(try #require(keras["bn_Conv1.running_var"]).min().item() == 0)
      let target = try Model.make(structure, seed: 4)
      try target.load(keras)
      let x = try Tensor.normal([2, 3, 64, 64], seed: 5)
      try Models.compare(target(x).reshape([6]).doubles(), source(x).reshape([6]).doubles(), within: 1e-4, "outputs")
    }
  }

  @Test func `a file of Keras's is a backbone that brings its padding`() async throws {
    let folder = try TemporaryFolder()
    try await Engine.run {
      let whole = Structure("mobilenet-v2", classes: 7, options: .init(padding: .tensorflow))
      let source = try Model.make(whole, seed: 3)
      let file = folder.path + "/theirs.h5"
      try WeightFile.writeKeras(#require(try source.state(namedAs: "keras")), to: file)
      let found = try Structure(ofBackbone: file, classes: 2)
      #expect(found.name == "mobilenet-v2" && found.options.padding == .tensorflow)
      let plain = Structure("mobilenet-v2", input: InputSpec(side: 64), classes: 2, head: .linear)
      let model = try Model.make(plain, backbone: file, seed: 4)
      #expect(model.structure.options.padding == .tensorflow)
      let x = try Tensor.normal([1, 3, 64, 64], seed: 5)
      let (mine, theirs) = (try model.features(x), try source.features(x))
      try Models.compare(
        mine.reshape([mine.count]).doubles(), theirs.reshape([theirs.count]).doubles(), within: 1e-4, "")
      let chosen = Structure(
        "mobilenet-v2", input: InputSpec(side: 64), classes: 2, head: .linear, options: .init(padding: .torch))
      #expect(try Model.make(chosen, backbone: file, seed: 4).structure.options.padding == .torch)
    }
  }

  /// The bytes are those of a file that Keras read: `keras_weights.py hone.h5`.
  @Test func `are written as Keras reads them`() async throws {
    let folder = try TemporaryFolder()
    try await Engine.run {
      let model = try Model.make(Self.small, seed: 1)
      try model.loadWeights(ModelGoldens.url("model/keras.h5").path)
      let file = folder.path + "/hone.h5"
      try WeightFile.writeKeras(#require(try model.state(namedAs: "keras")), to: file)
      #expect(try Data(contentsOf: URL(filePath: file)) == Data(contentsOf: ModelGoldens.url("model/hone.h5")))
      let copy = try Model.make(Self.small, seed: 2)
      try copy.loadWeights(file)
      for (name, value) in model.state() { #expect(try copy.state()[name]?.floats() == value.floats(), "\(name)") }
    }
  }

  @Test func `a VGG's first dense layer sees its square in the other order`() async throws {
    try await Engine.run {
      let names = try #require(Structure("vgg16", classes: 2).weightNames(of: "keras"))
      let dense = try Models.ramp([2, 512 * 49], 1)
      let theirs = try #require(try names.given(["classifier.0.weight": dense])["classifier.0.weight"])
      #expect(try theirs.doubles()[3 * 512 + 5] == dense.doubles()[5 * 49 + 3])
      #expect(try names.adopted(["classifier.0.weight": theirs])["classifier.0.weight"]?.doubles() == dense.doubles())
    }
  }

  @Test func `groups of hundreds of layers are written and read`() throws {
    var arrays: [String: WeightArray] = [:]
    for index in 0..<700 { arrays["layer_\(index).weight"] = WeightArray([Float(index), 1], shape: [2]) }
    #expect(try WeightArchive.read(WeightArchive.keras(arrays), file: "large.h5") == arrays)
  }

  @Test func `a file that holds something else says what to do`() throws {
    let chunked = #expect(throws: HoneError.self) {
      try WeightArchive.read(Data([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 2]), file: "new.h5")
    }
    #expect(chunked?.code == .unsupported && chunked?.message.contains("Keras") == true)
    let nameless = #expect(throws: HoneError.self) { try WeightArchive.keras(["weight": WeightArray([1], shape: [1])]) }
    #expect(nameless?.code == .unsupported)
    let nested = #expect(throws: HoneError.self) {
      try WeightArchive.keras(["head.0.weight": WeightArray([1], shape: [1])])
    }
    #expect(nested?.message.contains("head.0.weight") == true)
  }
}
