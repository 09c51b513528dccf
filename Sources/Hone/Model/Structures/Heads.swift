/// Heads that fit any trunk.
enum Heads {
  static func plan(_ structure: Structure, _ features: [Int]) throws -> HeadPlan {
    let head = structure.head
    let pool = try pool(head.kind, features, of: structure)
    var unseen = Trace()
    let inputs = try pool.trace(features, &unseen).reduce(1, *)
    let isLinear = [.linear, .grid, .cosine].contains(head.kind)
    let chance = head.dropout ?? (isLinear ? 0 : 0.5)
    let dropout = Sequential([("dropout", Dropout(chance))])
    let hidden = Sequential([("hidden", Dense(inputs, head.hidden)), ("relu", Activation.relu)])
    let width = isLinear ? inputs : head.hidden
    let last: any LayerPlan =
      head.kind == .cosine ? CosineDense(width, structure.outputs) : Dense(width, structure.outputs)
    let output = Sequential([("output", last)])
    let stages = (isLinear ? [] : [hidden]) + (chance > 0 ? [dropout] : []) + [output]
    return HeadPlan(name: "head", pool: pool, body: Sequential(stages.flatMap(\.parts)))
  }

  private static func pool(_ kind: HeadSpec.Kind, _ features: [Int], of structure: Structure) throws -> any LayerPlan {
    let areTokens = features.count == 2
    switch kind {
    case .flatten: return areTokens ? Flatten.channelsFirst : Flatten.channelsLast
    case _ where areTokens: return try Architecture.named(structure.name).top(structure, features).pool
    case .own, .linear, .cosine, .mlp: return Pool.global
    case .grid:
      let side = min(4, features.dropFirst().min() ?? 1)
      return Sequential([Pool.adaptiveAverage(side), Flatten.channelsFirst])
    }
  }

  /// A mean over the picture, or another pool, and one dense layer that carries the head's name itself.
  static func single(
    named name: String, _ dense: Dense, dropout: Double, pool: any LayerPlan = Pool.global
  ) -> HeadPlan {
    guard dropout > 0 else { return HeadPlan(name: name, pool: pool, body: dense) }
    return HeadPlan(name: name, pool: pool, body: Sequential([("0", Dropout(dropout)), ("", dense)]))
  }
}
