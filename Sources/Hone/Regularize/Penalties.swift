internal import HoneTensor

/// The penalties of a recipe at work on a model's parameters.
package final class Penalties {
  private struct Rule {
    let penalty: Penalty
    let parameters: [Parameter]
  }
  private let rules: [Rule]

  package init(_ penalties: [Penalty], for parameters: [NamedParameter]) {
    rules = penalties.map { penalty in
      Rule(penalty: penalty, parameters: parameters.filter { penalty.on.accepts($0) }.map(\.parameter))
    }.filter { !$0.parameters.isEmpty }
  }

  package var isEmpty: Bool { rules.isEmpty }

  /// What the penalties add to the loss.
  package func value() throws -> Double {
    try rules.reduce(0) { sum, rule in
      let weights = rule.parameters.map(\.value)
      let absolute = rule.penalty.l1 == 0 ? 0 : try Fused.globalNorm(weights, order: 1)
      let length = rule.penalty.l2 == 0 ? 0 : try Fused.globalNorm(weights)
      return sum + rule.penalty.l1 * absolute + rule.penalty.l2 * length * length
    }
  }

  /// Adds the penalties' gradients to those of the loss: 2·l2·w and l1·sign(w).
  package func addGradients() throws {
    for rule in rules {
      let active = rule.parameters.filter { $0.gradient != nil }
      let gradients = active.compactMap(\.gradient)
      let weights = active.map(\.value)
      if rule.penalty.l2 > 0 { try Fused.add(gradients, weights, scale: 2 * rule.penalty.l2) }
      if rule.penalty.l1 > 0, !rule.penalty.proximal {
        try Fused.addSign(gradients, weights, scale: rule.penalty.l1)
      }
    }
  }

  /// After the optimizer's step: the proximal L1 sets weights below rate·l1 to zero, and moves the others that far.
  package func shrink(rate: Double) throws {
    for rule in rules where rule.penalty.proximal && rule.penalty.l1 > 0 {
      let limit = rate * rule.penalty.l1
      for parameter in rule.parameters where parameter.isTrainable {
        let weights = try parameter.value.detach()
        try parameter.load(weights.sub(weights.clamp(-limit...limit)))
      }
    }
  }
}

extension ParameterFilter {
  package func accepts(_ member: NamedParameter) -> Bool {
    accepts(name: member.name, role: member.role, layer: member.layer)
  }
}
