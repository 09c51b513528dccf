public import HoneTensor

/// How closely a set of weights has to fit a model.
public enum Strictness: Sendable, Hashable {
  /// Every entry, and no other.
  case exact
  /// The head is left as it is: for weights with other classes or another top.
  case trunk
}

extension Model {
  /// Copies weights in by name.
  ///
  /// Other libraries' names are understood where Hone knows them, and position embeddings of another size are resampled.
  /// Nothing is changed unless everything fits. `num_batches_tracked` is ignored, since Hone has no use for it.
  ///
  /// - Throws: `HoneError` (`.weightMismatch`) that counts and names what is missing, unexpected, or of another shape.
  public func load(_ weights: [String: Tensor], _ strictness: Strictness = .exact, file: String? = nil) throws {
    let weights = try withFittingPositions(inOwnNames(weights))
    let wanted = targets.filter { strictness == .exact || !isHead($0.name) }
    try check(weights.mapValues(\.shape), against: wanted, strictness, file: file)
    for target in wanted {
      if let value = weights[target.name] { try target.load(value) }
    }
  }

  /// Loads a weight file; see ``WeightFile``.
  public func loadWeights(_ path: String, _ strictness: Strictness = .exact) throws {
    try load(WeightFile.read(path), strictness, file: path)
  }

  /// The weights under another library's names, `torchvision`, `timm` or `keras`, where it has this structure and names it
  /// otherwise.
  ///
  /// Where its norms have another ε, variances and scales are such that its outputs are this model's.
  /// ``WeightFile/writeKeras(_:to:)`` makes a file of Keras's of them.
  public func state(namedAs library: String) throws -> [String: Tensor]? {
    guard let names = structure.weightNames(of: library) else { return nil }
    let weights = try names.given(state())
    return Dictionary(uniqueKeysWithValues: weights.map { (names.theirs($0.key) ?? $0.key, $0.value) })
  }

  /// The same weights under Hone's names, where they came under another library's.
  private func inOwnNames(_ weights: [String: Tensor]) throws -> [String: Tensor] {
    guard let names = structure.dialect(of: Set(weights.keys)) else { return weights }
    let shapes = Dictionary(uniqueKeysWithValues: targets.map { ($0.name, $0.shape) })
    var translated: [String: Tensor] = [:]
    for (name, value) in weights {
      let own = names.ours(name) ?? name
      let shape = shapes[own] ?? value.shape
      let isSpread = shape != value.shape && shape.filter { $0 > 1 } == value.shape.filter { $0 > 1 }
      translated[own] = isSpread ? try value.reshape(shape) : value
    }
    return try names.adopted(translated)
  }

  private struct Target {
    var name: String
    var shape: [Int]
    var load: (Tensor) throws -> Void
  }

  private var targets: [Target] {
    parameters.map { entry in Target(name: entry.name, shape: entry.parameter.shape) { try entry.parameter.load($0) } }
      + buffers.map { entry in Target(name: entry.name, shape: entry.buffer.shape) { try entry.buffer.load($0) } }
  }

  private func check(
    _ shapes: [String: [Int]], against wanted: [Target], _ strictness: Strictness, file: String?
  ) throws {
    let names = Set(targets.map(\.name))
    let leftOut = leftOut
    let missing = wanted.map(\.name).filter { shapes[$0] == nil }
    let wrong = wanted.compactMap { target in
      shapes[target.name].flatMap { $0 == target.shape ? nil : "\(target.name) is \($0), not \(target.shape)" }
    }
    let unexpected = shapes.keys.sorted().filter { name in
      !names.contains(name) && !name.hasSuffix("num_batches_tracked")
        && (strictness == .exact || !(looksLikeHead(name) || leftOut.contains(Self.layer(of: name))))
    }
    let problems = [("missing", missing), ("unexpected", unexpected), ("of another shape", wrong)]
      .filter { !$0.1.isEmpty }.map { kind, list in "\(list.count) \(kind): \(Self.listed(list))" }
    guard !problems.isEmpty else { return }
    let source = file.map { "\($0) does" } ?? "these weights do"
    throw HoneError(
      .weightMismatch, "\(source) not fit \(structure.name): \(problems.joined(separator: "; ")). \(remedy(wrong))",
      file: file)
  }

  /// The layers of a trunk that was cut short; their weights have no place here, and need none.
  private var leftOut: Set<String> {
    guard structure.options.until != nil else { return [] }
    var whole = structure
    whole.options = structure.options.whole
    let names = (try? whole.summary())?.weights.keys.map(Self.layer) ?? []
    return Set(names).subtracting(parameters.map { Self.layer(of: $0.name) })
  }

  /// `layer3.0.bn1` of `layer3.0.bn1.running_mean`.
  private static func layer(of name: String) -> String {
    name.split(separator: ".").dropLast().joined(separator: ".")
  }

  private func remedy(_ wrong: [String]) -> String {
    wrong.contains { isHead(String($0.prefix { $0 != " " })) }
      ? "Skip the head if the file has other classes" : "Choose the structure that the file was made for"
  }

  /// Names that tops have in the wild.
  private func looksLikeHead(_ name: String) -> Bool {
    ["fc", "classifier", "linear", "head", head.name].contains { name.hasPrefix($0 + ".") }
  }

  private static func listed(_ names: [String]) -> String {
    names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
  }
}

extension WeightNames {
  /// Weights of theirs, under Hone's names, with the meaning they have here.
  package func adopted(_ weights: [String: Tensor]) throws -> [String: Tensor] {
    var weights = weights
    if let (name, channels) = flattened, let dense = weights[name], let side = side(dense, channels) {
      let square = try dense.reshape([dense.shape[0], side, side, channels])
      weights[name] = try square.permute([0, 3, 1, 2]).reshape(dense.shape)
    }
    if let epsilon {
      for (name, variance) in weights where name.hasSuffix(".running_var") {
        weights[name] = try variance + (epsilon.theirs - epsilon.ours)
      }
    }
    return weights
  }

  /// Hone's weights with the meaning that they have there.
  package func given(_ weights: [String: Tensor]) throws -> [String: Tensor] {
    var weights = weights
    if let (name, channels) = flattened, let dense = weights[name], let side = side(dense, channels) {
      let square = try dense.reshape([dense.shape[0], channels, side, side])
      weights[name] = try square.permute([0, 2, 3, 1]).reshape(dense.shape)
    }
    for name in pointwise {
      if let dense = weights[name] { weights[name] = try dense.reshape(dense.shape + [1, 1]) }
    }
    if let epsilon {
      for (name, variance) in weights where name.hasSuffix(".running_var") {
        let scale = name.dropLast("running_var".count) + "weight"
        // No variance is negative: what is left to make up for, the scale does.
        let theirs = try (variance + (epsilon.ours - epsilon.theirs)).relu()
        let factor = try ((theirs + epsilon.theirs) / (variance + epsilon.ours)).sqrt()
        weights[name] = theirs
        weights[String(scale)] = try weights[String(scale)]?.mul(factor)
      }
    }
    return weights
  }

  /// Of the square whose pixels are a dense weight's inputs; nil where it is none.
  private func side(_ dense: Tensor, _ channels: Int) -> Int? {
    guard dense.shape.count == 2, channels > 0, dense.shape[1] % channels == 0 else { return nil }
    let side = Int(Double(dense.shape[1] / channels).squareRoot())
    return side * side * channels == dense.shape[1] ? side : nil
  }
}
