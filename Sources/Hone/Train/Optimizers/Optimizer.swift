package import HoneTensor

/// An optimizer at work on a model's parameters: its rules, each with the parameters it moves and what it keeps.
package final class Optimizer {
  private let choice: OptimizerChoice
  private var rules: [RuleAtWork] = []
  private let slow: SlowWeights?
  private var steps = 0

  /// - Parameter factors: rates of single parameters, as factors, besides those of the choice itself.
  package init(_ choice: OptimizerChoice, for parameters: [NamedParameter], factors: [String: Double] = [:]) throws {
    self.choice = choice
    let output = parameters.last { $0.role == .kernel }?.name
    let learning = parameters.filter(\.parameter.isTrainable)
    slow = try choice.lookahead.map { try SlowWeights($0, of: learning) }
    for member in learning {
      let rule = choice.rule.value
      let mover = rule.delegate(for: member, isOutput: member.name == output) ?? Delegate(rule)
      let factor = choice.factor(of: member) * (factors[member.name] ?? 1) * mover.rate
      if factor > 0 { try add(member, to: .init(mover.rule), factor: factor, decay: choice.decay(of: member)) }
    }
  }

  private func add(
    _ member: NamedParameter, to rule: OptimizerChoice.Rule, factor: Double, decay: Double
  ) throws {
    let place = rules.firstIndex { $0.rule == rule } ?? rules.count
    if place == rules.count { rules.append(RuleAtWork(rule: rule)) }
    try rules[place].add(member, factor: factor, decay: decay)
  }

  /// Every parameter that learns.
  package var members: [NamedParameter] { rules.flatMap(\.members) }

  /// Moves every parameter that has a gradient once, at the given rate times its group's factor.
  package func step(rate: Double) throws { try step(Pace(rate: rate)) }

  /// The same with momentum and weight decay at a pace too.
  package func step(_ pace: Pace) throws {
    if choice.centralizesGradients { try TensorList(members.compactMap(\.parameter.gradient)).center() }
    for place in rules.indices { try rules[place].step(pace, isCautious: choice.cautious, steps: steps) }
    steps += 1
    try slow?.follow(after: steps)
  }

  /// Runs `body` with the weights that training would keep in place of those that train.
  package func settled<Result>(_ body: () throws -> Result) throws -> Result {
    let pairs = try settledWeights()
    let kept = try pairs.map { try $0.own.copy() }
    for (own, settled) in pairs { try own.assign(settled) }
    let result = try body()
    for (pair, weights) in zip(pairs, kept) { try pair.own.assign(weights) }
    return result
  }

  /// Gives the parameters the weights that training keeps.
  package func settle() throws { for (own, settled) in try settledWeights() { try own.assign(settled) } }

  private func settledWeights() throws -> [(own: TensorList, settled: TensorList)] {
    try rules.flatMap { try $0.settledWeights(steps: steps) }
  }

  /// All that is kept from step to step: `slot/parameter`, `number/rule.name`, `lookahead/parameter`.
  package var state: [String: Tensor] {
    get throws {
      var state: [String: Tensor] = [:]
      for (name, buffer) in buffers { state[name] = buffer.value }
      for rule in rules { for (key, value) in rule.named { state[key] = try Tensor([value], shape: [1]) } }
      return state
    }
  }

  /// Takes up a state saved after `steps` steps.
  package func load(_ state: [String: Tensor], steps: Int) throws {
    func saved(_ name: String) throws -> Tensor {
      if let saved = state[name] { return saved }
      throw HoneError(
        .malformed, "the checkpoint lacks the optimizer's '\(name)'; start the run anew in another folder",
        context: ["key": name])
    }
    self.steps = steps
    for (name, buffer) in buffers { try buffer.load(saved(name)) }
    for place in rules.indices { try rules[place].loadNumbers { try saved($0).item() } }
  }

  private var buffers: [(String, Buffer)] { rules.flatMap(\.buffers) + (slow?.buffers ?? []) }
}
