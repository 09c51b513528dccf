/// What is asked of weights: prices, and what they are made to keep to.
public struct WeightRules: Sendable, Hashable {
  public var penalties: [Penalty]
  public var constraints: [Constraint]

  public init(penalties: [Penalty] = [], constraints: [Constraint] = []) {
    self.penalties = penalties
    self.constraints = constraints
  }

  mutating func add(_ other: WeightRules) {
    penalties += other.penalties
    constraints += other.constraints
  }

  /// The same for what a part of a network holds.
  func within(_ path: String) -> WeightRules {
    var scoped = self
    for place in penalties.indices { scoped.penalties[place].on = penalties[place].on.within(path) }
    for place in constraints.indices { scoped.constraints[place].on = constraints[place].on.within(path) }
    return scoped
  }
}
