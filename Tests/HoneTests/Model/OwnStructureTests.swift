import Hone
import HoneTensor
import HoneTesting
import Testing

/// Networks that are not in the catalogue.
@Suite struct `A network of one's own` {
  /// A residual network with a branch that only one of its stages has.
  static func trunk(_ structure: Structure) -> Sequential {
    let widths = [structure.input.channels, 4, 8]
    return Sequential {
      for (channels, width) in zip(widths, widths.dropFirst()) {
        Convolution(channels, width, kernel: 3, padding: .pixels(1))
        if width == 8 {
          GroupNorm(width)
        } else {
          BatchNorm(width)
        }
        Activation.relu
        if width > 4 { Pool.max(2, stride: 2) }
      }
      Residual(
        Sequential([
          ("norm", LayerNorm(8, over: .channels)), ("conv", Convolution(8, 8, kernel: 1)), ("", LayerScale(8)),
        ]))
    }
  }

  @Test func `is built line by line, and its parts are numbered as they come`() throws {
    let plan = Self.trunk(Structure("vgg11", classes: 2))
    #expect(plan.parts.map(\.name) == (0..<8).map(String.init))
    var table = Trace()
    #expect(try plan.trace([3, 12, 12], &table) == [8, 6, 6])
    #expect(table.weights["7.conv.weight"] == [8, 8, 1, 1] && table.weights["7.gamma"] == [8])
    #expect(table.parameters == 112 + 8 + 296 + 16 + 16 + 72 + 8)
  }

  @Test func `goes by its name once registered: recipe, training step, model file, errors`() async throws {
    try Structure.register("own-test", title: "a test", input: InputSpec(side: 12), trunk: Self.trunk)
    try Structure.register("own-test", title: "the same again", input: InputSpec(side: 12), trunk: Self.trunk)
    #expect(Structure.names.count { $0 == "own-test" } == 1)
    #expect(Structure("Own_Test", classes: 3).title == "the same again")
    let taken = #expect(throws: HoneError.self) {
      try Structure.register("resnet18", input: InputSpec(side: 12), trunk: Self.trunk)
    }
    #expect(taken?.code == .conflict)
    let small = #expect(throws: HoneError.self) {
      try Structure("own-test", input: InputSpec(side: 1), classes: 3).check()
    }
    #expect(small?.code == .inputTooSmall && small?.message.contains("2×2") == true)
    let folder = try TemporaryFolder()
    try await Engine.run {
      let model = try Model.make(Structure("own-test", classes: 3), seed: 1)
      let x = try Tensor.normal([4, 3, 12, 12], seed: 2)
      try model(x, Pass(training: true, seed: 1)).crossEntropy(Tensor([0, 1, 2, 0])).backward()
      #expect(model.parameters.allSatisfy { $0.parameter.gradient != nil })
      try ModelFile.save(model, to: folder.path + "/own.safetensors")
      let read = try ModelFile.load(folder.path + "/own.safetensors")
      #expect(try read(x).floats() == model(x).floats())
    }
  }
}
