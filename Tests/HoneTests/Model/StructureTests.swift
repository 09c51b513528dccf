import Foundation
import Hone
import HoneTensor
import HoneTesting
import Testing

extension Structure {
  /// The names without those that other tests register.
  static var published: [String] { names.filter { Structure($0, classes: 2).family != "Own" } }
}

/// Structures as values: counts, shapes and errors, without the engine.
@Suite struct `Structures` {
  struct Reference: Decodable {
    var parameters: Int
    var multiplyAdds: Int
    var classes: Int
    /// Fingerprint of the names and shapes of all parameters.
    var weights: String
  }

  /// As `fingerprint` in structures.py: FNV-1a, 64 bits.
  static func fingerprint(_ weights: [String: [Int]]) -> String {
    hashed(weights.map { "\($0.key) [\($0.value.map(String.init).joined(separator: ", "))]" })
  }

  static func hashed(_ lines: [String]) -> String {
    let hash = lines.sorted().joined(separator: "\n").utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  static func structure(_ name: String, classes: Int, input: InputSpec? = nil) -> Structure {
    classes == 1
      ? Structure(name, input: input, classes: 2, head: .own.binary) : Structure(name, input: input, classes: classes)
  }

  @Test func `parameters, their names and multiply-adds equal the reference implementations'`() throws {
    let references = try ModelGoldens.decode([String: Reference].self, from: "model/structures.json")
    #expect(Set(references.keys) == Set(Structure.published))
    for (name, reference) in references {
      let table = try Self.structure(name, classes: reference.classes).summary()
      #expect(table.parameters == reference.parameters, "\(name)")
      #expect(table.multiplyAdds == reference.multiplyAdds, "\(name)")
      #expect(Self.fingerprint(table.weights) == reference.weights, "\(name)")
    }
  }

  @Test func `the classic CNN has its published number of parameters`() throws {
    let binary = Structure("classic-cnn", input: InputSpec(side: 224), classes: 2, head: .own.binary)
    #expect(try binary.summary().parameters == 44_396_609)
    let small = Structure(
      "classic-cnn", input: InputSpec(side: 32, channels: 1), classes: 10,
      options: StructureOptions(widths: [8, 16], dense: 32))
    #expect(try small.summary().rows.map(\.output).last == [10])
    #expect(try small.summary().parameters == 80 + 1168 + (6 * 6 * 16 * 32 + 32) + 330)
  }

  @Test func `VGG16 without its top under the classic head has 27,560,769 parameters`() throws {
    let structure = Structure("vgg16", classes: 2, head: .classic.binary)
    #expect(try structure.summary().parameters == 27_560_769)
  }

  @Test(arguments: [
    ("classic-cnn", 21, 22), ("vgg16", 31, 32), ("squeezenet1.0", 20, 21), ("squeezenet1.1", 16, 17),
    ("deit-tiny", 15, 16), ("convnext-atto", 31, 32), ("densenet121", 28, 29),
  ])
  func `an input too small names the smallest side, which then fits`(name: String, small: Int, least: Int) throws {
    let error = #expect(throws: HoneError.self) {
      try Structure(name, input: InputSpec(side: small), classes: 3).check()
    }
    #expect(error?.code == .inputTooSmall)
    #expect(error?.message.contains("\(least)×\(least)") == true, "\(error?.message ?? "")")
    try Structure(name, input: InputSpec(side: least), classes: 3).check()
  }

  @Test func `a trunk cut short has the parts of the whole one and no others`() throws {
    // sum(p.numel() for p in torchvision's mobilenet_v2().features[:14].parameters()), resnet18's up to layer2.
    let cut = Structure(
      "mobilenet-v2", classes: 5, head: HeadSpec(.grid), options: StructureOptions(until: "features.13"))
    #expect(try cut.summary().parameters == 542_528 + 96 * 16 * 5 + 5)
    let residual = Structure("resnet18", classes: 3, head: .linear, options: StructureOptions(until: "layer2"))
    #expect(try residual.summary().parameters == 683_072 + 128 * 3 + 3)
    let wrong = Structure("resnet18", classes: 3, options: StructureOptions(until: "layer9"))
    let error = #expect(throws: HoneError.self) { try wrong.check() }
    #expect(error?.code == .unknownKey && error?.message.contains("layer") == true)
  }

  @Test func `a cosine head tells directions, not lengths`() async throws {
    try await Engine.run {
      let layer = try CosineDense(2, 3).make()
      var visitor = Visitor()
      layer.visit(&visitor)
      let weight = try #require(visitor.parameters.first?.parameter)
      try weight.load(Tensor([3, 4, 0, 0.2, -5, 0] as [Float], shape: [3, 2]))
      let x = try Tensor([4, 3, 0, 0] as [Float], shape: [2, 2])
      let answers = try layer(x, .evaluation)
      // 30 · (3·4 + 4·3) ÷ 25, 30 · 3 ÷ 5, −30 · 4 ÷ 5; nothing has no direction.
      let exact: [Float] = [28.8, 18, -24, 0, 0, 0]
      #expect(try zip(answers.floats(), exact).allSatisfy { abs($0 - $1) < 1e-4 })
      try answers.sum().backward()
      let gradient = try #require(weight.gradient)
      #expect(try gradient.floats().allSatisfy(\.isFinite))
      // What lengthens a direction changes nothing.
      #expect(try gradient.mul(weight.value).sum([1]).abs().max().item() < 1e-4)
    }
    func parameters(_ head: HeadSpec) throws -> Int {
      try Structure("resnet20-cifar", classes: 10, head: head).summary().parameters
    }
    #expect(try parameters(HeadSpec(.cosine)) == parameters(.linear) - 10)
  }

  @Test func `a cut trunk takes its weights from the whole one's file`() async throws {
    let folder = try TemporaryFolder()
    try await Engine.run {
      let whole = try Model.make(Structure("resnet20-cifar", classes: 3, head: .linear), seed: 3)
      let file = folder.path + "/whole.safetensors"
      try ModelFile.save(whole, to: file)
      let options = StructureOptions(until: "layer2")
      let structure = Structure("resnet20-cifar", classes: 2, head: HeadSpec(.grid), options: options)
      let cut = try Model.make(structure, backbone: file, seed: 4)
      #expect(try cut.features(.normal([2, 3, 32, 32], seed: 5)).shape == [2, 32, 16, 16])
      let weights = whole.state()
      for (name, value) in cut.state() where !name.hasPrefix("head.") {
        #expect(try value.floats() == weights[name]?.floats(), "\(name)")
      }
      let error = #expect(throws: HoneError.self) { try cut.load(whole.state(), .exact) }
      #expect(error?.code == .weightMismatch)
    }
  }

  @Test func `depths, widths, the factor, the stem, the activation and the norm can be chosen`() throws {
    func table(_ name: String, side: Int? = nil, _ options: StructureOptions) throws -> Trace {
      try Structure(name, input: side.map { InputSpec(side: $0) }, classes: 10, options: options).summary()
    }
    // sum(p.numel() for p in torchvision's mobilenet_v2(num_classes=10, width_mult=0.5).parameters()), and so on.
    #expect(try table("mobilenet-v2", .init(width: 0.5)).parameters == 700_490)
    #expect(try table("mobilenet-v3-small", .init(width: 0.5)).parameters == 409_394)
    #expect(try table("resnet50", .init(depths: [1, 1, 1, 1])).parameters == 8_036_426)
    #expect(try table("resnet50", .init(widths: [16, 32, 64, 128], depths: [1, 1, 1, 1])).parameters < 600_000)
    for name in Structure.published where Structure(name, classes: 2).optionNames.contains("stem") {
      let small = try table(name, side: 32, .init(stem: .small))
      #expect(small.parameters <= (try table(name, side: 64, .init())).parameters, "\(name)")
      #expect(small.rows.first?.output.last == 32 || name.hasPrefix("repvgg") || name.hasPrefix("mobileone"), "\(name)")
    }
    let plain = try table("resnet18", .init())
    let changed = try table("resnet18", .init(activation: .gelu, norm: .group, dropPath: 0.1))
    #expect(changed.weights == plain.weights)
  }

  @Test func `a wrong choice is an error that names it`() {
    func code(_ structure: Structure) -> HoneError.Code? {
      #expect(throws: HoneError.self) { try structure.check() }?.code
    }
    let unknown = #expect(throws: HoneError.self) { try Structure("resnet81", classes: 2).check() }
    #expect(unknown?.code == .unknownKey && unknown?.message.contains("resnet18") == true)
    #expect(code(Structure("resnet18", classes: 1)) == .invalidValue)
    #expect(code(Structure("resnet18", classes: 3, head: .linear.binary)) == .conflict)
    #expect(code(Structure("resnet18", classes: 3, options: StructureOptions(dense: 8))) == .conflict)
    #expect(code(Structure("classic-cnn", classes: 3, options: StructureOptions(widths: []))) == .invalidValue)
    #expect(code(Structure("classic-cnn", classes: 3, head: HeadSpec(dropout: 1))) == .invalidValue)
    #expect(code(Structure("resnet18", classes: 3, options: StructureOptions(depths: [2, 2]))) == .invalidValue)
    #expect(code(Structure("regnet-y-400mf", classes: 3, options: .init(widths: [9, 9, 9, 9]))) == .invalidValue)
    #expect(code(Structure("mobilenet-v2", classes: 3, options: StructureOptions(width: 0))) == .invalidValue)
    #expect(code(Structure("resnet18", classes: 3, options: StructureOptions(dropPath: 1))) == .invalidValue)
    #expect(code(Structure("vgg11", classes: 3, options: StructureOptions(norm: .group))) == .conflict)
    #expect(code(Structure("vgg11", classes: 3, options: StructureOptions(dropPath: 0.1))) == .conflict)
    #expect(code(Structure("vit-tiny", classes: 3, options: StructureOptions(widths: [8]))) == .conflict)
    #expect(code(Structure("vgg11", input: InputSpec(height: 224, width: 0), classes: 3)) == .invalidValue)
  }

  @Test func `torchvision's spelling of a name is understood, and a structure survives JSON`() throws {
    let structure = Structure("mobilenet_v2", classes: 5, options: StructureOptions(padding: .tensorflow))
    #expect(structure.name == "mobilenet-v2")
    #expect(try JSONDecoder().decode(Structure.self, from: JSONEncoder().encode(structure)) == structure)
    let rules = [ResizeRule.squash, .shorterSide(256), .none]
    let json = try JSONEncoder().encode(rules)
    #expect(String(decoding: json, as: UTF8.self) == #"["squash",{"shorterSide":256},"none"]"#)
    #expect(try JSONDecoder().decode([ResizeRule].self, from: json) == rules)
  }
}

/// Models: weights, names, outputs.
@Suite struct `Models` {
  /// Numbers in -0.5...0.5, the same as `ramp` in structures.py.
  static func ramp(_ shape: [Int], _ key: Int) throws -> Tensor {
    let count = shape.reduce(1, *)
    let index = try Tensor.range(0, Double(count), dtype: .float64).mul(7919).add(Double(104_729 * key))
    return try index.sub(index.div(1009).floor().mul(1009)).div(1009).sub(0.5).reshape(shape)
  }

  static func fill(_ state: [String: Tensor]) throws -> [String: Tensor] {
    var filled: [String: Tensor] = [:]
    for (name, tensor) in state {
      let ramp = try ramp(tensor.shape, name.utf8.reduce(0) { $0 + Int($1) })
      if tensor.rank > 1 {
        filled[name] = try ramp.mul((24 / Double(tensor.shape.dropFirst().reduce(1, *))).squareRoot())
      } else if name.hasSuffix("running_var") || name.hasSuffix("weight") {
        filled[name] = try ramp.add(1)
      } else {
        filled[name] = try ramp.mul(0.2)
      }
    }
    return filled
  }

  struct Reference: Decodable {
    var outputs: [Double]
    /// Of a few parameters: the norm, and the product with a ramp.
    var gradients: [String: [Double]]
  }

  /// The options that make a reference as small as in structures.py.
  static let reduced: [String: StructureOptions] = [
    "resnext50-32x4d": .init(depths: [1, 1, 1, 1]), "resnet18-d": .init(depths: [1, 1, 1, 1]),
    "resnet50-d": .init(depths: [1, 1, 1, 1]), "se-resnet18": .init(depths: [1, 1, 1, 1]),
    "resnet-v2-18": .init(depths: [1, 1, 1, 1]), "resnet-v2-50": .init(depths: [1, 1, 1, 1]),
    "densenet121": .init(depths: [2, 2, 2, 2]), "efficientnet-v2-s": .init(depths: [1, 1, 1, 1, 1, 1]),
    "convnext-tiny": .init(widths: [16, 32, 48, 64], depths: [1, 1, 1, 1]), "deit-tiny": .init(depths: [2]),
    "mixer-s32": .init(depths: [2]),
  ]

  @Test func `outputs and gradients equal the reference implementations'`() async throws {
    let references = try ModelGoldens.decode([String: Reference].self, from: "model/structure_outputs.json")
    for (name, reference) in references {
      try await Engine.run {
        let isVGG = name.hasPrefix("vgg")
        let structure = Structure(
          name, input: InputSpec(side: 64), classes: 10, head: isVGG ? .linear : .own,
          options: Self.reduced[name, default: .init()])
        let model = try Model.make(structure, seed: 0)
        try model.load(Self.fill(model.state()))
        let input = try Self.ramp([2, 3, 64, 64], 1).to(.float32)
        let output = try isVGG ? model.features(input) : model(input)
        try Self.compare(output.reshape([output.count]).doubles(), reference.outputs, within: 2e-5, name)
        guard !reference.gradients.isEmpty else { return }
        try output.mul(Self.ramp(output.shape, 3).to(.float32)).sum().backward()
        for entry in model.parameters {
          guard let wanted = reference.gradients[entry.name] else { continue }
          let gradient = try #require(entry.parameter.gradient).to(.float64)
          let norm = try gradient.square().sum().sqrt().item()
          let product = try gradient.mul(Self.ramp(gradient.shape, 5)).sum().item()
          #expect(abs(norm - wanted[0]) <= 2e-4 * wanted[0], "\(name): gradient of \(entry.name)")
          #expect(abs(product - wanted[1]) <= 2e-4 * wanted[0], "\(name): gradient of \(entry.name)")
        }
      }
    }
  }

  @Test(arguments: [
    "resnet18-d", "se-resnet18", "resnet-v2-18", "regnet-y-400mf", "densenet121", "mobilenet-v3-small",
    "mobilenet-v4-conv-small", "shufflenet-v2-x0.5", "ghostnet-050", "repvgg-a0", "mobileone-s0", "convnext-atto",
    "convnext-tiny", "deit-tiny", "mixer-s32",
  ])
  func `every family trains in bf16: the loss and all gradients are finite, drop-path or not`(name: String) async throws
  {
    try await Engine.run {
      var options = Self.reduced[name, default: .init()]
      options.dropPath = ["repvgg-a0", "mobileone-s0", "densenet121", "shufflenet-v2-x0.5"].contains(name) ? nil : 0.3
      let structure = Structure(name, input: InputSpec(side: 64), classes: 3, options: options)
      let model = try Model.make(structure, seed: 1)
      try model.useChannelsLast()
      let x = try Tensor.normal([4, 3, 64, 64], seed: 2).channelsLast()
      let scores = try withAutocast(.bfloat16) { try model(x, Pass(training: true, seed: 3)) }
      let loss = try scores.to(.float32).crossEntropy(Tensor([0, 1, 2, 0]))
      try loss.backward()
      #expect(try loss.item().isFinite)
      for entry in model.parameters {
        let gradient = try #require(entry.parameter.gradient, "\(entry.name)")
        #expect(try gradient.isFinite().to(.float32).mean().item() == 1, "\(entry.name)")
      }
    }
  }

  static func compare(_ values: [Double], _ wanted: [Double], within tolerance: Double, _ name: String) throws {
    let scale = wanted.map(abs).max() ?? 1
    let worst = zip(values, wanted).map { abs($0 - $1) / scale }.max() ?? .infinity
    #expect(worst < tolerance, "\(name): \(worst)")
  }

  @Test(arguments: ["repvgg-a0", "mobileone-s0", "mobileone-s1", "densenet121", "resnet-v2-18", "efficientnet-b0"])
  func `optimized for inference, a network of many branches gives the same outputs with fewer layers`(
    name: String
  ) async throws {
    try await Engine.run {
      let structure = Structure(name, input: InputSpec(side: 64), classes: 10)
      let model = try Model.make(structure, seed: 0)
      try model.load(Self.fill(model.state()))
      let fast = try model.optimizedForInference()
      let input = try Self.ramp([2, 3, 64, 64], 1).to(.float32)
      try withoutGradients {
        try Self.compare(fast(input).doubles(), model(input).doubles(), within: 1e-4, name)
      }
      #expect(fast.parameters.count < model.parameters.count)
      if name.hasPrefix("repvgg") || name.hasPrefix("mobileone") {
        #expect(!fast.parameters.contains { $0.name.contains("identity") || $0.name.contains("bn") })
        #expect(fast.buffers.isEmpty)
      }
      try Self.compare(fast.copy()(input).doubles(), fast(input).doubles(), within: 1e-6, name)
    }
  }

  @Test func `optimized for inference, a network takes a large batch a few pictures at a time`() async throws {
    try await Engine.run {
      let model = try Model.make(Structure("mobilenet-v2", input: InputSpec(side: 160), classes: 10), seed: 0)
      try model.load(Self.fill(model.state()))
      let fast = try model.optimizedForInference()
      try withoutGradients {
        _ = try fast(Tensor.zeros([2, 3, 160, 160]))
        let few = try #require(fast.picturesAtOnce.values.first)
        let input = try Self.ramp([few + 1, 3, 160, 160], 1).to(.float32)
        try Self.compare(fast(input).doubles(), model(input).doubles(), within: 1e-4, "\(few + 1) pictures")
        #expect(fast.picturesAtOnce.count == 1)
        try withAutocast(.bfloat16) { _ = try fast(input) }
        #expect(fast.picturesAtOnce.count == 2)
      }
    }
  }

  @Test func `drop-path leaves out whole blocks of pictures in training, keeps the mean, and draws by seed and name`()
    async throws
  {
    try await Engine.run {
      let options = StructureOptions(dropPath: 0.5)
      let model = try Model.make(
        Structure("resnet20-cifar", input: InputSpec(side: 8), classes: 3, options: options), seed: 1)
      let blocks = model.layers.compactMap { $0.layer as? ResidualLayer }
      #expect(blocks.map(\.dropPath) == (0..<9).map { 0.5 * Double($0) / 8 })
      #expect(Set(blocks.map(\.name)).count == 9)
      let last = try #require(blocks.last)
      let x = try Tensor.normal([400, 64, 2, 2], seed: 3)
      try withoutGradients {
        let pass = Pass(training: true, seed: 5)
        let out = try last(x, pass)
        #expect(try out.floats() == last(x, pass).floats())
        let isSkipped = try out.sub(x.relu()).abs().sum([1, 2, 3]).eq(0).to(.float32)
        #expect(abs(try isSkipped.mean().item() - 0.5) < 0.1)
        #expect(try last(x, .evaluation).sub(x.relu()).abs().sum().item() > 0)
      }
    }
  }

  @Test func `names are the reference implementations'`() async throws {
    let references = try ModelGoldens.decode([String: [String]].self, from: "model/structure_names.json")
    for (name, reference) in references {
      let names = try await Engine.run { try Model.make(Structure(name, classes: 10), seed: 0).state().keys.sorted() }
      #expect(names == reference, "\(name)")
    }
  }

  @Test func `the table's counts are the model's`() async throws {
    for head in [HeadSpec.own, .linear, .mlp, .classic] {
      let counts = try await Engine.run {
        let structure = Structure("resnet20-cifar", classes: 4, head: head)
        return (try Model.make(structure, seed: 0).parameterCount, try structure.summary().parameters)
      }
      #expect(counts.0 == counts.1)
    }
  }

  @Test func `fresh weights depend on seed and name only, and have the spread they should`() async throws {
    try await Engine.run {
      let structure = Structure("resnet18", classes: 10)
      let model = try Model.make(structure, seed: 7)
      let other = try Model.make(Structure("resnet18", classes: 3, head: .linear), seed: 7)
      let another = try Model.make(structure, seed: 8)
      func values(_ model: Model, _ name: String) throws -> [Double] { try #require(model.state()[name]).doubles() }
      let name = "layer3.0.conv1.weight"
      #expect(try values(model, name) == values(other, name))
      #expect(try values(model, name) != values(another, name))
      let weights = try values(model, name)
      let spread = (weights.map { $0 * $0 }.reduce(0, +) / Double(weights.count)).squareRoot()
      #expect(abs(spread / (2.0 / Double(256 * 9)).squareRoot() - 1) < 0.01)
      let classic = try Model.make(Structure("classic-cnn", input: InputSpec(side: 32), classes: 2), seed: 1)
      let dense = try values(classic, "classifier.0.weight").map(abs).max() ?? 0
      let limit = (6.0 / Double(2 * 2 * 128 + 512)).squareRoot()
      #expect(dense <= limit && dense > 0.99 * limit)
      #expect(try values(classic, "classifier.0.bias").allSatisfy { $0 == 0 })
    }
  }

  @Test func `a small network learns, dropout draws by the pass's seed, and evaluation draws nothing`() async throws {
    try await Engine.run {
      let structure = Structure(
        "classic-cnn", input: InputSpec(side: 16), classes: 2, head: HeadSpec(dropout: 0.3),
        options: StructureOptions(widths: [8], dense: 16))
      let model = try Model.make(structure, seed: 3)
      let x = try Self.ramp([8, 3, 16, 16], 5).to(.float32)
      let labels = try Tensor([0, 1, 0, 1, 0, 1, 0, 1])
      let first = try model(x).crossEntropy(labels).item()
      #expect(
        try model(x, Pass(training: true, seed: 1)).doubles() == model(x, Pass(training: true, seed: 1)).doubles())
      #expect(
        try model(x, Pass(training: true, seed: 1)).doubles() != model(x, Pass(training: true, seed: 2)).doubles())
      #expect(try model(x).doubles() == model(x, Pass(training: false, seed: 9)).doubles())
      for step in 0..<20 {
        try model(x, Pass(training: true, seed: UInt64(step))).crossEntropy(labels).backward()
        for entry in model.parameters {
          let gradient = try #require(entry.parameter.gradient)
          try entry.parameter.load(withoutGradients { try entry.parameter.value.sub(gradient.mul(0.1)) })
          entry.parameter.dropGradient()
        }
      }
      #expect(try model(x).crossEntropy(labels).item() < first)
    }
  }
}
