package import HoneTensor

/// The constraints of a recipe and of a model at work on parameters.
package final class Constraints {
  private struct Bond {
    let kind: any ConstraintKind
    let member: NamedParameter
    /// The name of what it remembers.
    let key: String
  }
  private let bonds: [Bond]
  private var memories: [String: [Tensor]] = [:]

  package init(_ constraints: [Constraint], for parameters: [NamedParameter]) {
    bonds = constraints.enumerated().flatMap { place, constraint in
      parameters.filter { constraint.on.accepts($0) }.map {
        Bond(kind: constraint.kind.value, member: $0, key: "\(place)/\($0.name)")
      }
    }
  }

  /// Makes every weight keep to what is asked of it.
  package func apply() throws {
    for bond in bonds {
      let weights = try bond.member.parameter.value.detach()
      let filters = try weights.reshape(weights.rank == 1 ? [1, -1] : [weights.shape[0], -1])
      try bond.member.parameter.load(
        bond.kind.applied(to: filters, &memories[bond.key, default: []]).reshape(weights.shape))
    }
  }

  /// What is remembered from step to step.
  package var state: [String: Tensor] {
    var state: [String: Tensor] = [:]
    for (key, memory) in memories {
      for (place, tensor) in memory.enumerated() { state["\(key)/\(place)"] = tensor }
    }
    return state
  }

  package func load(_ state: [String: Tensor]) {
    for bond in bonds {
      memories[bond.key] = (0...).lazy.map { state["\(bond.key)/\($0)"] }.prefix { $0 != nil }.compactMap(\.self)
    }
  }
}
