/// A structure worked out: its parts as plans, and the table.
struct Design {
  var trunk: Sequential
  /// Shape of one picture's features without the top.
  var features: [Int]
  var head: HeadPlan
  /// Shape of what the head's trained part takes: what is cached for a frozen trunk.
  var embedding: [Int]
  var table: Trace
}

/// A head before it exists: a fixed part, and the part with parameters under its name.
struct HeadPlan {
  var name: String
  var pool: any LayerPlan
  var body: any LayerPlan
}

extension Structure {
  func design() throws -> Design {
    let architecture = try Architecture.named(name)
    try checkChoices(of: architecture)
    do { return try design(architecture) } catch let error as HoneError where error.code == .inputTooSmall {
      throw HoneError(
        .inputTooSmall,
        "pictures of \(input) are too small for \(name): \(smallestSide(architecture)); or choose another structure",
        cause: error.message, context: ["structure": name, "input": input.description])
    }
  }

  private func design(_ architecture: Architecture) throws -> Design {
    var table = Trace()
    var trunk = try trunk(architecture)
    let features = try trunk.trace(input.shape, &table)
    var head = try head.kind == .own ? architecture.top(self, features) : Heads.plan(self, features)
    if let insets = options.insets {
      try insert(insets, into: &trunk, &head)
      table = Trace()
      _ = try trunk.trace(input.shape, &table)
    }
    let embedding = try head.pool.trace(features, &table)
    _ = try table.within(head.name) { try head.body.trace(embedding, &$0) }
    return Design(trunk: trunk, features: features, head: head, embedding: embedding, table: table)
  }

  private func trunk(_ architecture: Architecture) throws -> Sequential {
    let whole = try tailored(architecture.trunk(self), publishedDropPath: architecture.dropPath)
    guard let until = options.until else { return whole }
    guard let cut = whole.cut(after: until) else {
      throw HoneError.unknown(until, among: whole.places, noun: "a part of \(name)'s trunk")
    }
    return cut
  }

  private func checkChoices(of architecture: Architecture) throws {
    guard classes >= 2 else { throw invalid("classes", "\(classes)", "a classifier has at least 2 classes") }
    guard head.output == .softmax || classes == 2 else {
      throw HoneError(
        .conflict, "a sigmoid head tells two classes apart, not \(classes); use softmax", context: ["key": "output"])
    }
    guard (1...65_536).contains(input.height), (1...65_536).contains(input.width), (1...16).contains(input.channels)
    else {
      throw invalid("input", input.description, "1 to 65536 pixels a side and 1 to 16 channels")
    }
    guard head.hidden >= 1 else { throw invalid("hidden", "\(head.hidden)", "at least 1") }
    guard (0..<1).contains(head.dropout ?? 0) else {
      throw invalid("dropout", "\(head.dropout ?? 0)", "a chance from 0 up to, not including, 1")
    }
    if let problem = options.problem { throw invalid(problem.key, problem.value, problem.wanted) }
    for option in options.chosen where !architecture.options.contains(option) {
      throw HoneError(
        .conflict,
        "\(name) has no option '\(option)'; its options: "
          + (architecture.options.isEmpty ? "none" : architecture.options.joined(separator: ", ")),
        context: ["key": option, "structure": name])
    }
  }

  /// The remedy for a picture that is too small.
  private func smallestSide(_ architecture: Architecture) -> String {
    let side = (1...512).first { side in
      var larger = self
      larger.input = InputSpec(side: side, channels: input.channels)
      return (try? larger.design(architecture)) != nil
    }
    return side.map { "give at least \($0)×\($0)" } ?? "it has too many blocks"
  }
}
