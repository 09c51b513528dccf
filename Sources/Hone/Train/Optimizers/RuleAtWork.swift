internal import HoneTensor

/// A rule, the parameters that it moves, in groups, and the numbers that it keeps for all of them.
struct RuleAtWork {
  let rule: OptimizerChoice.Rule
  private var groups: [ParameterGroup] = []
  private var numbers: [String: Double]

  init(rule: OptimizerChoice.Rule) {
    self.rule = rule
    numbers = rule.value.numbers
  }

  var members: [NamedParameter] { groups.flatMap(\.members) }
  var buffers: [(String, Buffer)] { groups.flatMap(\.named) }

  mutating func add(_ member: NamedParameter, factor: Double, decay: Double) throws {
    let place = groups.firstIndex { $0.factor == factor && $0.decay == decay } ?? groups.count
    if place == groups.count { groups.append(ParameterGroup(slots: rule.value.slots, factor: factor, decay: decay)) }
    try groups[place].add(member)
  }

  mutating func step(_ pace: Pace, isCautious: Bool, steps: Int) throws {
    var parts = groups.map { $0.active(pace, isCautious: isCautious, steps: steps) }.filter { !$0.isEmpty }
    let rule = rule.value.with(momentum: pace.momentum)
    try rule.advance(&numbers, over: parts)
    for place in parts.indices {
      parts[place].numbers = numbers
      try rule.update(parts[place])
    }
  }

  /// Weights, and what training keeps instead of them; none where it keeps them as they are.
  func settledWeights(steps: Int) throws -> [(own: TensorList, settled: TensorList)] {
    try groups.compactMap { group in
      let whole = group.whole(steps: steps)
      return try rule.value.settled(whole).map { (whole.parameters, $0) }
    }
  }

  /// The numbers under the names they are saved by.
  var named: [(String, Double)] { numbers.map { (key(of: $0.key), $0.value) } }

  mutating func loadNumbers(_ saved: (String) throws -> Double) throws {
    for name in numbers.keys { numbers[name] = try saved(key(of: name)) }
  }

  private func key(of number: String) -> String { "number/\(rule.name).\(number)" }
}

/// How fast one step goes: its rate, and factors of momentum and weight decay.
package struct Pace {
  package var rate: Double
  package var momentum = 1.0
  package var weightDecay = 1.0

  package init(rate: Double, momentum: Double = 1, weightDecay: Double = 1) {
    self.rate = rate
    self.momentum = momentum
    self.weightDecay = weightDecay
  }
}

extension UpdateRule {
  /// The same with its momentum times a factor.
  fileprivate func with(momentum factor: Double) -> any UpdateRule {
    guard factor != 1, var rule = self as? any MomentumRule else { return self }
    rule.momentum *= factor
    return rule
  }
}

/// Parameters that one rule moves at one rate, and what it keeps for each of them.
struct ParameterGroup {
  let slots: [Slot]
  /// A factor of the optimizer's rate.
  let factor: Double
  /// A factor of the rule's weight decay.
  let decay: Double
  private(set) var members: [NamedParameter] = []
  /// By slot; each in the order of `members`.
  private var kept: [[Buffer]]

  init(slots: [Slot], factor: Double, decay: Double) {
    self.slots = slots
    self.factor = factor
    self.decay = decay
    kept = slots.map { _ in [] }
  }

  mutating func add(_ member: NamedParameter) throws {
    members.append(member)
    for (place, slot) in slots.enumerated() { kept[place].append(try slot.buffer(for: member.parameter.value)) }
  }

  /// What a step works on: the members that have gradients.
  func active(_ pace: Pace, isCautious: Bool, steps: Int) -> UpdateGroup {
    let gradients = members.map(\.parameter.gradient)
    return part(
      members.indices.filter { gradients[$0] != nil }, gradients.compactMap { $0 }, pace, isCautious: isCautious,
      steps: steps)
  }

  /// All members, without gradients.
  func whole(steps: Int) -> UpdateGroup {
    part(Array(members.indices), [], Pace(rate: 0), isCautious: false, steps: steps)
  }

  private func part(
    _ chosen: [Int], _ gradients: [Tensor], _ pace: Pace, isCautious: Bool, steps: Int
  ) -> UpdateGroup {
    let lists = kept.map { buffers in TensorList(chosen.map { buffers[$0].value }) }
    return UpdateGroup(
      parameters: TensorList(chosen.map { members[$0].parameter.value }), gradients: TensorList(gradients),
      slots: Dictionary(uniqueKeysWithValues: zip(slots.map(\.name), lists)), numbers: [:], rate: pace.rate * factor,
      decay: decay * pace.weightDecay, isCautious: isCautious, steps: steps)
  }

  /// Everything kept, by `slot/parameter`.
  var named: [(String, Buffer)] {
    zip(slots, kept).flatMap { slot, buffers in zip(members, buffers).map { ("\(slot.name)/\($0.name)", $1) } }
  }
}

extension Slot {
  /// What is kept for a parameter, as it begins; laid out in memory as the parameter is, where their shapes are the same.
  fileprivate func buffer(for parameter: Tensor) throws -> Buffer {
    if start == .parameter { return try Buffer(parameter.clone()) }
    let size = shape?(parameter.shape) ?? parameter.shape
    let dtype = size.isEmpty ? .float32 : parameter.dtype
    let filled = try Tensor.full(size, start == .ones ? 1 : 0, dtype: dtype, device: parameter.device)
    return try Buffer(shape == nil && parameter.isChannelsLast ? filled.channelsLast() : filled)
  }
}
