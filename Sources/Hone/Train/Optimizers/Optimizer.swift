package import HoneTensor

/// An optimizer at work on a model's parameters: the rule, and what it keeps for each of them.
///
/// Parameters that share a rate and a decay form a group, which one whole-list call moves.
package final class Optimizer {
  private struct Group {
    let factor: Double
    let decays: Bool
    var members: [NamedParameter] = []
    var slots: [[Buffer]] = []
  }

  private let rule: any UpdateRule
  private var groups: [Group] = []
  private var steps = 0

  /// - Parameter factors: rates of single parameters, as factors, besides those of the choice itself.
  package init(_ choice: OptimizerChoice, for parameters: [NamedParameter], factors: [String: Double] = [:]) throws {
    rule = choice.rule.value
    for member in parameters where member.parameter.isTrainable {
      let factor = choice.factor(of: member) * (factors[member.name] ?? 1)
      guard factor > 0 else { continue }
      let decays = choice.decaysNormsAndBiases || member.role == .kernel
      let place = groups.firstIndex { $0.factor == factor && $0.decays == decays } ?? groups.count
      if place == groups.count { groups.append(Group(factor: factor, decays: decays)) }
      groups[place].members.append(member)
    }
    for index in groups.indices {
      groups[index].slots = try rule.slots.map { slot in
        try groups[index].members.map { try Self.zeros(for: $0.parameter.value, slot) }
      }
    }
  }

  /// Every parameter that learns.
  package var members: [NamedParameter] { groups.flatMap(\.members) }

  /// Moves every parameter that has a gradient once, at the given rate times its group's factor.
  package func step(rate: Double) throws {
    for group in groups {
      let active = group.members.indices.filter { group.members[$0].parameter.gradient != nil }
      try rule.update(
        UpdateGroup(
          parameters: active.map { group.members[$0].parameter.value },
          gradients: active.compactMap { group.members[$0].parameter.gradient },
          slots: group.slots.map { slot in active.map { slot[$0].value } }, rate: rate * group.factor,
          decays: group.decays, steps: steps))
    }
    steps += 1
  }

  /// All that the rule keeps, by `slot/parameter`.
  package var state: [String: Tensor] {
    var state: [String: Tensor] = [:]
    for (name, buffer) in named { state[name] = buffer.value }
    return state
  }

  /// Takes up a state saved before `steps` steps were done.
  package func load(_ state: [String: Tensor], steps: Int) throws {
    self.steps = steps
    for (name, buffer) in named {
      guard let saved = state[name] else {
        throw HoneError(
          .malformed, "the checkpoint lacks the optimizer's '\(name)'; start the run anew in another folder",
          context: ["key": name])
      }
      try buffer.load(saved)
    }
  }

  private var named: [(String, Buffer)] {
    groups.flatMap { group in
      zip(rule.slots, group.slots).flatMap { slot, buffers in
        zip(group.members, buffers).map { ("\(slot.name)/\($0.name)", $1) }
      }
    }
  }

  /// Zeros laid out in memory as the parameter is: whole-list calls run through both in step.
  private static func zeros(for parameter: Tensor, _ slot: Slot) throws -> Buffer {
    if slot.isScalar { return try Buffer(.zeros([], device: parameter.device)) }
    let zeros = try parameter.zerosLike()
    return try Buffer(parameter.isChannelsLast ? zeros.channelsLast() : zeros)
  }
}

extension OptimizerChoice {
  /// The product of all rate factors that apply to a parameter.
  func factor(of member: NamedParameter) -> Double {
    rates.filter { $0.on.accepts(member) }.reduce(1) { $0 * $1.factor }
  }
}
