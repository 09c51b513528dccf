import Hone
import HoneTensor
import Testing

/// Weights under the names of other libraries.
@Suite struct `Weight names` {
  @Test func `are translated into another library's and back`() async throws {
    let references = try ModelGoldens.decode([String: [String: String]].self, from: "model/structure_dialects.json")
    for (name, libraries) in references {
      let own = try Structure(name, classes: 1000).summary().weights.keys
      for (library, fingerprint) in libraries {
        let names = try #require(Structure(name, classes: 1000).weightNames(of: library))
        let theirs = own.compactMap(names.theirs)
        #expect(Structures.hashed(theirs) == fingerprint, "\(name) in \(library)")
        #expect(Set(theirs.compactMap(names.ours)) == Set(own), "\(name) in \(library)")
      }
    }
  }

  @Test(arguments: [("convnext-tiny", "torchvision"), ("vit-tiny", "torchvision"), ("efficientnet-b0", "timm")])
  func `of another library are recognized and read`(name: String, library: String) async throws {
    try await Engine.run {
      let structure = Structure(name, input: InputSpec(side: 64), classes: 3)
      let source = try Model.make(structure, seed: 1)
      var weights = try #require(source.state(namedAs: library))
      for (name, value) in weights where name.hasSuffix("layer_scale") {
        weights[name] = try value.reshape([-1, 1, 1])
      }
      #expect(weights[try #require(source.parameters.first).name] == nil)
      let whole = try #require(Model.make(Structure(name, classes: 3), seed: 1).state(namedAs: library))
      #expect(Structure.recognized(whole.mapValues(\.shape)) == name)
      let target = try Model.make(structure, seed: 2)
      try target.load(weights)
      let x = try Tensor.normal([1, 3, 64, 64], seed: 3)
      #expect(try target(x).floats() == source(x).floats())
      #expect(source.state(namedAs: "keras") == nil)
    }
  }
}
