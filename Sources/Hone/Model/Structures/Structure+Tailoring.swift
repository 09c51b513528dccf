// What every structure lets one choose, done to its trunk as a whole.

extension Structure {
  func tailored(_ trunk: Sequential, publishedDropPath: Double) throws -> Sequential {
    var trunk = trunk
    if let activation = options.activation {
      trunk = try changed(trunk, "activation") { (own: Activation) in own.isCurve ? activation : nil }
    }
    if options.norm == .group {
      trunk = try changed(trunk, "norm") { (own: BatchNorm) in GroupNorm(own.channels) }
    }
    if let chance = options.attentionDropout {
      trunk = try changed(trunk, "attentionDropout") { (own: SelfAttention) in
        SelfAttention(heads: own.heads, dropout: chance)
      }
    }
    if let chance = options.tokenDropout {
      trunk = try changed(trunk, "tokenDropout") { (own: PositionEmbedding) in
        Sequential([("", own), ("patch_drop", TokenDropout(chance))])
      }
    }
    let chance = options.dropPath ?? publishedDropPath
    return chance > 0 ? try droppingPaths(trunk, chance) : trunk
  }

  /// Each residual block with its chance to be left out: none for the first, all of it for the last.
  private func droppingPaths(_ trunk: Sequential, _ chance: Double) throws -> Sequential {
    var count = 0
    _ = trunk.mappingParts { _, plan in
      if plan is Residual { count += 1 }
      return plan
    }
    var index = 0
    return try changed(trunk, "dropPath") { (own: Residual) in
      defer { index += 1 }
      var block = own
      block.dropPath = chance * Double(index) / Double(max(1, count - 1))
      block.shakes = options.shakeDrop ?? false
      return block
    }
  }

  /// The trunk with `change` made wherever it gives something new.
  ///
  /// - Throws: `HoneError` `.conflict` where it never does.
  private func changed<Plan: LayerPlan>(
    _ trunk: Sequential, _ option: String, _ change: (Plan) -> (any LayerPlan)?
  ) throws -> Sequential {
    var found = false
    let changed = trunk.mappingParts { _, plan in
      guard let own = plan as? Plan, let new = change(own) else { return plan }
      found = true
      return new
    }
    guard found else {
      throw HoneError(
        .conflict, "\(name) has nothing that the option '\(option)' could change; leave it out",
        context: ["key": option, "structure": name])
    }
    return changed
  }
}

extension Activation {
  /// Whether it bends what passes through it, rather than leaving it or making a factor of it.
  fileprivate var isCurve: Bool { ![.identity, .sigmoid, .hardSigmoid].contains(self) }
}
