import Foundation
import Hone
import HoneTensor
import Testing

@Suite struct `hone models` {
  @Test func `lists every structure under its family, within 80 columns`() throws {
    let list = try Command("models")
    #expect(list.code == 0, "\(list.errors)")
    let lines = list.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(list.output)")
    // What other tests register is unknown to the command.
    for name in Structure.names where Structure(name, classes: 2).family != "Own" {
      #expect(lines.contains { $0.hasPrefix("  \(name) ") }, "\(name)")
    }
    for family in ["ResNet", "MobileNet", "ConvNeXt", "Transformer"] {
      #expect(lines.filter { $0 == family }.count == 1, "\(family)")
    }
  }

  @Test func `counts as the papers do, and measures when asked`() throws {
    let list = try Command("models", "--family", "squeeze", "--classes", "1000", "--latency", "--json")
    let entries = try #require(try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
    #expect(entries.map { $0["name"] as? String } == ["squeezenet1.0", "squeezenet1.1"])
    #expect(entries.map { $0["parameters"] as? Int } == [1_248_424, 1_235_496])
    let latency = entries.compactMap { ($0["latency"] as? [String: Any])?["median"] as? Double }
    #expect(latency.count == 2 && latency.allSatisfy { $0 > 0 && $0 < 10 })
  }

  @Test(arguments: ["resnet18", "regnet-y-400mf", "vit-tiny"])
  func `shows a structure's layers with shapes and counts, within 80 columns`(_ name: String) throws {
    let shown = try Command("models", name, "--classes", "1000", "--size", "96")
    #expect(shown.code == 0, "\(shown.errors)")
    let table = try Structure(name, input: InputSpec(side: 96), classes: 1000).summary()
    let lines = shown.output.split(separator: "\n")
    #expect(lines.contains { $0.hasSuffix(" \(table.parameters)") && $0.hasPrefix("parameters") })
    #expect(lines.contains { $0.hasSuffix(" \(table.multiplyAdds)") && $0.hasPrefix("multiply-adds") })
    #expect(lines.count >= table.rows.count + 5)
    #expect(lines.prefix(table.rows.count).allSatisfy { $0.count <= 80 }, "\(shown.output)")
    #expect(lines.contains { $0.contains("3×96×96") })
  }

  @Test func `writes a model's weights for other programs`() async throws {
    let folder = try Pictures(perClass: 1)
    let model = folder.folder + "/model.safetensors"
    let torchPadded = folder.folder + "/torch.safetensors"
    try await Engine.run {
      let structure = Structure("mobilenet-v2", input: InputSpec(side: 64), classes: 3)
      try ModelFile.save(Model.make(structure, seed: 1), to: torchPadded)
      let padded = Structure("mobilenet-v2", input: structure.input, classes: 3, options: .init(padding: .tensorflow))
      try ModelFile.save(Model.make(padded, seed: 1), to: model)
    }
    let unlike = try Command("models", torchPadded, "--write", folder.folder + "/no.h5")
    #expect(unlike.code != 0 && unlike.errors.contains("padding: tensorflow"))
    let written = try Command("models", model, "--write", folder.folder + "/theirs.h5")
    #expect(written.code == 0 && written.output.contains("by_name=True"), "\(written.errors)")
    #expect(try Structure(ofBackbone: folder.folder + "/theirs.h5", classes: 2).options.padding == .tensorflow)
    let torch = try Command("models", model, "--write", folder.folder + "/own.pth")
    #expect(
      try torch.code == 0 && WeightArchive.read(folder.folder + "/own.pth")["classifier.1.weight"]?.shape == [3, 1280])
    let foreign = try Command("models", model, "--write", folder.folder + "/own.pth", "--names", "timm")
    #expect(foreign.code != 0 && foreign.errors.contains("known: keras"))
    let other = try Command("models", model, "--write", folder.folder + "/own.onnx")
    #expect(other.code != 0 && other.errors.contains(".safetensors"))
  }

  @Test func `says which names it knows when it is given another`() throws {
    let unknown = try Command("models", "resnet81")
    #expect(unknown.code != 0 && unknown.errors.contains("resnet18"))
    let family = try Command("models", "--family", "rasnet")
    #expect(family.code != 0 && family.errors.contains("ResNet"))
    let small = try Command("models", "vgg16", "--size", "16")
    #expect(small.code != 0 && small.errors.contains("32×32"))
  }
}
