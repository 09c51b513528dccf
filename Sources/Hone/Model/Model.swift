import HoneAugment
public import HoneTensor

/// A classifier: a trunk that sees, a head that decides, the names of the classes, and what pictures must look like.
///
/// Made and used on the engine's thread (`Engine.run`). Results leave it as values.
///
/// ```swift
/// let model = try Model.make(Structure("classic-cnn", classes: 2, head: HeadSpec(output: .sigmoid)), seed: 1)
/// let logits = try model(pictures, .evaluation)
/// ```
public final class Model {
  public let structure: Structure
  /// The names of the classes, in the order of the outputs.
  public var classes: [String]
  public var preprocessing: Preprocessing
  /// Everything up to the features.
  public let trunk: any Layer
  /// What turns features into scores.
  public let head: Head
  /// Norms have been folded into convolutions: for inference only.
  public internal(set) var isOptimized = false
  /// How many pictures go through the trunk together, by what a batch is like.
  package internal(set) var picturesAtOnce: [Batch: Int] = [:]
  /// Every parameter with its full name, from the input to the output.
  public private(set) var parameters: [NamedParameter] = []
  public private(set) var buffers: [NamedBuffer] = []
  package private(set) var layers: [(name: String, layer: any Layer)] = []
  /// What the structure itself asks of its weights.
  public let rules: WeightRules

  /// A model whose weights are all zero; `make` and `load` fill them.
  init(_ structure: Structure, classes: [String]?, preprocessing: Preprocessing?) throws {
    let design = try structure.design()
    self.structure = structure
    self.classes = classes ?? (0..<structure.classes).map { "class \($0)" }
    self.preprocessing = preprocessing ?? Preprocessing(for: structure)
    trunk = try design.trunk.make()
    head = try Head(design.head)
    rules = design.table.rules
    guard self.classes.count == structure.classes else {
      throw HoneError(
        .conflict, "\(self.classes.count) class names are given for \(structure.classes) classes",
        context: ["structure": structure.name])
    }
    collect()
  }

  func collect() {
    var visitor = Visitor()
    visitor.part(trunk)
    visitor.child(head.name, head.body)
    parameters = visitor.parameters
    buffers = visitor.buffers
    layers = visitor.layers
    for case (let name, let drawing as any Drawing) in layers { drawing.name = name }
  }

  /// A model with fresh weights, each a pure function of (seed, its name).
  ///
  /// - Throws: `HoneError` where the structure is wrong or its input too small.
  public static func make(
    _ structure: Structure, classes: [String]? = nil, preprocessing: Preprocessing? = nil, seed: UInt64
  ) throws -> Model {
    let model = try Model(structure, classes: classes, preprocessing: preprocessing)
    try model.initialize(model.parameters, seed: seed)
    for buffer in model.buffers where buffer.name.hasSuffix("running_var") {
      try buffer.buffer.load(.ones(buffer.buffer.shape))
    }
    return model
  }

  func initialize(_ parameters: [NamedParameter], seed: UInt64) throws {
    for entry in parameters {
      let key = RandomStream.key(seed: seed, name: entry.name)
      try entry.parameter.load(entry.initialization.sample(entry.parameter.shape, seed: key))
    }
  }
}

// MARK: - Computing

extension Model {
  /// Class scores: logits, one column per output.
  ///
  /// - Shape: `[N, channels, height, width]` → `[N, outputs]`.
  public func callAsFunction(_ x: Tensor, _ pass: Pass = .evaluation) throws -> Tensor {
    try classify(embed(x, pass), pass)
  }

  /// The features of pictures, without the top.
  ///
  /// - Shape: `[N, channels, height, width]` → `[N, C, h, w]`.
  public func features(_ x: Tensor, _ pass: Pass = .evaluation) throws -> Tensor { try trunk(x, pass) }

  /// What the head's trained part takes: features pooled or flattened. This is what a frozen trunk's cache holds.
  public func embed(_ x: Tensor, _ pass: Pass = .evaluation) throws -> Tensor {
    let parts = try slices(of: x).map { try head.pool(trunk($0, pass), pass) }
    return try parts.count == 1 ? parts[0] : .cat(parts)
  }

  /// Class scores from embeddings.
  public func classify(_ embedding: Tensor, _ pass: Pass = .evaluation) throws -> Tensor {
    try head.body(embedding, pass)
  }
}

extension Model {
  /// What the layers' outputs cost in the last pass of training; nil where they cost nothing.
  package func takeCharge() throws -> Tensor? {
    let charges = layers.compactMap { ($0.layer as? any Charging)?.takeCharge() }
    return try charges.dropFirst().reduce(charges.first) { try $0?.add($1) }
  }
}

// MARK: - What it holds

extension Model {
  public var parameterCount: Int { parameters.map(\.parameter.count).reduce(0, +) }

  /// Parameters of the head only, or of the trunk only.
  public var headParameters: [NamedParameter] { parameters.filter { isHead($0.name) } }
  public var trunkParameters: [NamedParameter] { parameters.filter { !isHead($0.name) } }

  func isHead(_ name: String) -> Bool { name == head.name || name.hasPrefix(head.name + ".") }

  /// All weights and statistics by name. They share the model's memory: `clone` what must not change.
  public func state() -> [String: Tensor] {
    var state: [String: Tensor] = [:]
    for entry in parameters { state[entry.name] = entry.parameter.value.plain }
    for entry in buffers { state[entry.name] = entry.buffer.value }
    return state
  }

  /// A model of its own with the same weights.
  public func copy() throws -> Model {
    let copy = try Model(structure, classes: classes, preprocessing: preprocessing)
    try copy.move(to: device)
    if isOptimized { try copy.fold() }
    try copy.load(state(), .exact)
    for (mine, other) in zip(parameters, copy.parameters) {
      try other.parameter.setTrainable(mine.parameter.isTrainable)
    }
    for case (let mine as BatchNormLayer, let other as BatchNormLayer) in zip(
      layers.map(\.layer), copy.layers.map(\.layer))
    {
      other.isFrozen = mine.isFrozen
    }
    return copy
  }

  /// The layer table: shapes, parameters, multiply-adds.
  public func summary() throws -> Trace { try structure.summary() }

  /// Where its weights are.
  public var device: Device { parameters.first?.parameter.value.device ?? .cpu }

  /// Moves everything to a device; gradients are lost.
  public func move(to device: Device) throws {
    guard device != self.device else { return }
    for entry in parameters { try entry.parameter.move(to: device) }
    for entry in buffers { try entry.buffer.move(to: device) }
  }

  /// Lays convolution weights out channels-last, which is how oneDNN and cuDNN like them.
  public func useChannelsLast() throws { for entry in parameters { try entry.parameter.useChannelsLast() } }
}

extension Tensor {
  /// Without its place in the graph, where that can be had for nothing.
  var plain: Tensor { (try? detach()) ?? self }
}
