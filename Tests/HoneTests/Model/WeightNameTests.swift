import Hone
import HoneTensor
import Testing

/// Weights under the names of other libraries.
@Suite struct `Weight names` {
  @Test func `are translated into another library's and back`() async throws {
    let references = try ["structure_dialects", "keras_names"].map {
      try ModelGoldens.decode([String: [String: String]].self, from: "model/\($0).json")
    }
    for (name, libraries) in references.joined() {
      let own = try Structure(name, classes: 1000).summary().weights.keys
      for (library, fingerprint) in libraries {
        let names = try #require(Structure(name, classes: 1000).weightNames(of: library))
        let theirs = own.compactMap(names.theirs)
        #expect(Structures.hashed(theirs) == fingerprint, "\(name) in \(library)")
        #expect(Set(theirs.compactMap(names.ours)) == Set(own), "\(name) in \(library)")
      }
    }
  }

  @Test(arguments: [
    ("convnext-tiny", "torchvision"), ("vit-tiny", "torchvision"), ("efficientnet-b0", "timm"),
    ("efficientnet-b0", "keras"), ("mobilenet-v1", "keras"), ("densenet121", "keras"),
  ])
  func `of another library are recognized and read`(name: String, library: String) async throws {
    try await Engine.run {
      let structure = Structure(name, input: InputSpec(side: 64), classes: 3)
      let source = try Model.make(structure, seed: 1)
      var weights = try #require(try source.state(namedAs: library))
      for (name, value) in weights where name.hasSuffix("layer_scale") {
        weights[name] = try value.reshape([-1, 1, 1])
      }
      #expect(weights[try #require(source.parameters.first).name] == nil)
      let whole = try #require(try Model.make(Structure(name, classes: 3), seed: 1).state(namedAs: library))
      #expect(Structure.recognized(whole.mapValues(\.shape)) == name)
      let target = try Model.make(structure, seed: 2)
      try target.load(weights)
      let x = try Tensor.normal([1, 3, 64, 64], seed: 3)
      #expect(try target(x).floats() == source(x).floats())
      #expect(try source.state(namedAs: "mxnet") == nil)
    }
  }

  @Test func `of a transformer fit pictures of another size, their positions resampled as timm does it`() async throws {
    let references = try ModelGoldens.decode([String: [Double]].self, from: "model/positions.json")
    try await Engine.run {
      let positions = try Models.ramp([1, 17, 3], 2).to(.float32)
      for (size, wanted) in references {
        let sides = size.split(separator: "x").compactMap { Int($0) }
        let resampled = try Model.resampled(positions, to: Pair(sides[0], sides[1]))
        #expect(resampled.shape == [1, 1 + sides[0] * sides[1], 3])
        for (a, b) in zip(try resampled.doubles(), wanted) { #expect(abs(a - b) < 1e-5) }
      }
      func model(_ side: Int) throws -> Model {
        let options = StructureOptions(depths: [1])
        return try Model.make(
          Structure("vit-tiny", input: InputSpec(side: side), classes: 3, options: options), seed: 1)
      }
      let (large, small) = (try model(96), try model(64))
      try small.load(large.state())
      #expect(small.state()["pos_embed"]?.shape == [1, 17, 192])
      #expect(try small.state()["norm.weight"]?.floats() == large.state()["norm.weight"]?.floats())
    }
  }
}
