import Foundation
import Hone
import HoneAugment
import HoneTensor
import HoneTesting
import Testing

/// What a network has learnt, put under a new head.
@Suite struct `Backbones` {
  @Test func `a model trained by Hone serves as a backbone, its preprocessing too`() async throws {
    let path = Temporary.file("source.safetensors")
    defer { Temporary.remove(path) }
    try await Engine.run {
      let source = try Model.make(Structure("resnet20-cifar", classes: 5), seed: 1)
      source.preprocessing.normalization = .half
      source.preprocessing.resize = .shorterSide(40)
      try ModelFile.save(source, to: path)
      let structure = try Structure(ofBackbone: path, input: InputSpec(side: 64), classes: 3, head: .mlp)
      #expect(structure.name == "resnet20-cifar")
      let model = try Model.make(structure, backbone: path, classes: ["a", "b", "c"], seed: 9)
      #expect(model.preprocessing.normalization == .half && model.preprocessing.resize == .shorterSide(80))
      let x = try Models.ramp([2, 3, 64, 64], 1).to(.float32)
      #expect(try model.features(x).floats() == source.features(x).floats())
      #expect(try model(x).shape == [2, 3])
      let other = Structure("resnet32-cifar", classes: 3)
      #expect(throws: HoneError.self) { try Model.make(other, backbone: path, seed: 1) }
    }
  }

  @Test(
    .needsData,
    arguments: [
      ("imagenet/mobilenet_v2_imagenet_torchpad.pth", "mobilenet-v2", Normalization.half),
      ("imagenet/mobilenet_v2_imagenet_tfsame.safetensors", "mobilenet-v2", .half),
      ("imagenet/squeezenet1_0_imagenet.pth", "squeezenet1.0", .imageNet),
      ("original/resnet20-12fca82f.th", "resnet20-cifar", .imageNet),
      ("original/resnet56-4bfd9763.th", "resnet56-cifar", .imageNet),
    ])
  func `bare weights tell their structure, and how their pictures were normalized`(
    file: String, name: String, normalization: Normalization
  ) async throws {
    let path = TestData.path("weights/\(file)")
    let (structure, preprocessing) = try await Engine.run {
      let structure = try Structure(ofBackbone: path, classes: 3)
      return (structure, try Model.make(structure, backbone: path, seed: 0).preprocessing)
    }
    #expect(structure.name == name)
    #expect(preprocessing.normalization == normalization)
  }

  @Test func `every structure is recognized by its weights alone, whatever its classes`() throws {
    for name in Structure.published where name != "classic-cnn" {
      let shapes = try Structure(name, classes: 17).summary().weights
      let found = try #require(Structure.recognized(shapes), "\(name)")
      // A ViT and a DeiT are the same network.
      #expect(try found == name || Structure(found, classes: 17).summary().weights == shapes, "\(name) is \(found)")
    }
    #expect(Structure.recognized(["conv1.weight": [64, 3, 7, 7]]) == nil)
  }

  @Test func `convolution, ReLU and pool in one give the same scores and gradients as one by one`() async throws {
    try await Engine.run {
      let structure = Structure("classic-cnn", input: InputSpec(side: 46), classes: 3)
      let model = try Model.make(structure, seed: 1)
      let x = try Models.ramp([4, 3, 46, 46], 1).to(.float32)
      try model(x, Pass(training: true)).square().sum().backward()
      let state = model.state()
      let leaves = try state.mapValues { try Parameter($0.clone()) }
      func leaf(_ name: String) throws -> Tensor { try #require(leaves[name]).value }
      var y = x
      for index in [0, 3, 6] {
        let weight = try leaf("features.\(index).weight")
        y = try y.conv2d(weight, bias: leaf("features.\(index).bias")).relu().maxPool2d(2)
      }
      y = try y.permute([0, 2, 3, 1]).reshape([4, -1])
      y = try y.linear(leaf("classifier.0.weight"), bias: leaf("classifier.0.bias")).relu()
      y = try y.linear(leaf("classifier.2.weight"), bias: leaf("classifier.2.bias"))
      for (a, b) in zip(try y.floats(), try model(x).floats()) { #expect(abs(a - b) < 1e-4) }
      try y.square().sum().backward()
      for entry in model.parameters {
        let mine = try #require(entry.parameter.gradient).floats()
        let other = try #require(leaves[entry.name]?.gradient).floats()
        let scale = other.map(abs).max() ?? 1
        let worst = zip(mine, other).map { abs($0 - $1) }.max() ?? 0
        #expect(worst <= 1e-4 * max(scale, 1e-3), "\(entry.name)")
      }
    }
  }
}
