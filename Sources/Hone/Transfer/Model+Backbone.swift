extension Model {
  /// A model whose trunk begins from what another network has learnt, under a fresh head.
  ///
  /// The file may be bare weights (`.pth`, safetensors, Keras's) or a model of Hone's. What pictures must look like comes
  /// with the weights: from the model's header, else from ``Preprocessing/remembered(by:)``, else what is customary. So
  /// does the padding of strided convolutions, unless the structure's options choose one.
  ///
  /// - Parameter preprocessing: nil takes what belongs to the weights.
  /// - Throws: `HoneError`: `.conflict` where a model of Hone's has another structure, and what reading and loading throw.
  public static func make(
    _ structure: Structure, backbone path: String, classes: [String]? = nil, preprocessing: Preprocessing? = nil,
    seed: UInt64
  ) throws -> Model {
    let header = ModelFile.isModel(path) ? try ModelFile.header(path) : nil
    let weights = try WeightFile.read(path)
    let fitting = header == nil ? structure.padded(asIn: Set(weights.keys)) : structure
    let model = try make(fitting, classes: classes, preprocessing: preprocessing, seed: seed)
    if let other = header?.structure, (other.name, other.options.whole) != (structure.name, structure.options.whole) {
      throw HoneError(
        .conflict, "\(path) is a \(other.name) and the model is a \(structure.name), or their options differ",
        file: path,
        key: "backbone")
    }
    try model.load(weights, .trunk, file: path)
    if preprocessing == nil {
      model.preprocessing = try header?.preprocessing.fitted(to: structure.input) ?? .remembered(by: model)
    }
    return model
  }
}

extension Structure {
  /// The structure that a file of weights belongs to, with other classes and another head.
  ///
  /// Told by the header of a model of Hone's, else by the names and shapes of the weights themselves.
  ///
  /// - Throws: `HoneError` (`.unsupported`) when no known structure has just these weights.
  public init(
    ofBackbone path: String, input: InputSpec? = nil, classes: Int, head: HeadSpec = .linear
  ) throws {
    if ModelFile.isModel(path) {
      let header = try ModelFile.header(path).structure
      self.init(header.name, input: input ?? header.input, classes: classes, head: head, options: header.options)
      return
    }
    let shapes = try WeightArchive.read(path).mapValues(\.shape)
    guard let name = Self.recognized(shapes) else {
      throw HoneError(
        .unsupported,
        "\(path) holds the weights of none of the structures that `hone models` lists, as they are published; where it is one "
          + "of another width or depth, name it and its options in a recipe", file: path)
    }
    self = Structure(name, input: input, classes: classes, head: head).padded(asIn: Set(shapes.keys))
  }

  /// The same with the padding that weights of these names were made with, unless one was chosen.
  package func padded(asIn names: Set<String>) -> Structure {
    var structure = self
    structure.options.padding = options.padding ?? dialect(of: names)?.padding
    return structure
  }

  /// The structure whose trunk has exactly the weights of these shapes, beside those of some top.
  package static func recognized(_ shapes: [String: [Int]]) -> String? {
    trunks.first { name, trunk in
      let shapes = inOwnNames(shapes, of: name, whenLike: trunk)
      let stages = Set(trunk.keys.map(stage))
      let foreign = shapes.keys.filter { stages.contains(stage($0)) && trunk[$0] == nil }
      return trunk.allSatisfy { shapes[$0.key] == $0.value } && foreign.allSatisfy(isStatistic)
        && !shapes.keys.contains { isStage($0) && !stages.contains(stage($0)) }
    }?.name
  }

  /// The shapes under Hone's names and without sides of 1 in front of them, where another library's names were given.
  private static func inOwnNames(
    _ shapes: [String: [Int]], of name: String, whenLike trunk: [String: [Int]]
  ) -> [String: [Int]] {
    guard let names = Structure(name, classes: 2).dialect(of: Set(shapes.keys), own: trunk.keys) else { return shapes }
    let pairs = shapes.map { name, shape in
      let own = names.ours(name) ?? name
      let isSpread = trunk[own].map { $0.filter { $0 > 1 } == shape.filter { $0 > 1 } } ?? false
      return (own, isSpread ? trunk[own] ?? shape : shape)
    }
    return Dictionary(pairs) { first, _ in first }
  }

  /// The shapes of every structure's weights but for its top.
  private static let trunks: [(name: String, weights: [String: [Int]])] = names.compactMap { name in
    guard let table = try? Structure(name, classes: 2, head: .linear).summary() else { return nil }
    return (name, table.weights.filter { !$0.key.hasPrefix("head.") })
  }

  /// `features` of `features.3.weight`, `layer1` of `layer1.0.conv1.weight`.
  private static func stage(_ name: String) -> String { String(name.prefix { $0 != "." }) }
  private static func isStage(_ name: String) -> Bool { name.hasPrefix("features.") || name.hasPrefix("layer") }
  private static func isStatistic(_ name: String) -> Bool {
    ["running_mean", "running_var", "num_batches_tracked"].contains { name.hasSuffix($0) }
  }
}

extension Preprocessing {
  /// The same for another input size: the shorter side grows with the input.
  func fitted(to input: InputSpec) -> Preprocessing {
    var fitted = self
    fitted.input = input
    if case .shorterSide(let side) = resize {
      fitted.resize = .shorterSide(
        side * min(input.height, input.width) / max(1, min(self.input.height, self.input.width)))
    }
    return fitted
  }
}
