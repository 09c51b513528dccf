/// An optimizer: its rule, its rate, and who gets another rate.
///
/// - Shape: none.
/// - Units: `rate` is the learning rate where the schedule's factor is 1.
/// - Throws: nothing.
/// - Source: none: ours; each rule names its own.
public struct OptimizerChoice: Settings {
  public var rate: Double
  public var rule: Rule
  /// Whether weight decay also shrinks norms and biases, as PyTorch does unless told otherwise.
  public var decaysNormsAndBiases: Bool
  /// Rates of chosen parameters; where several apply, their factors are multiplied.
  public var rates: [RateFactor]

  public init() { self.init(Adam(), rate: 1e-3) }

  public init(
    _ rule: any UpdateRule, rate: Double, decaysNormsAndBiases: Bool = false, rates: [RateFactor] = []
  ) {
    self.rate = rate
    self.rule = Rule(rule)
    self.decaysNormsAndBiases = decaysNormsAndBiases
    self.rates = rates
  }

  /// The learning rate of chosen parameters, as a factor; 0 freezes them.
  public struct RateFactor: Settings {
    public var on: ParameterFilter
    public var factor: Double

    public init() { self.init(1, on: .all) }
    public init(_ factor: Double, on: ParameterFilter) {
      self.on = on
      self.factor = factor
    }
  }

  /// The rule by which gradients move weights.
  public struct Rule: Codable, Sendable, Hashable {
    public var value: any UpdateRule

    /// Every rule that a recipe can name.
    public static let known: [any UpdateRule.Type] = [SGD.self, Adam.self, AdamW.self, RMSprop.self]

    public init(_ value: any UpdateRule) { self.value = value }

    public init(from decoder: any Decoder) throws {
      let rule = try Kinds.decode(from: decoder, among: Self.known, noun: "an optimizer")
      self.value = rule as? any UpdateRule ?? SGD()
    }

    public func encode(to encoder: any Encoder) throws { try Kinds.encode(value, to: encoder) }
    public static func == (a: Self, b: Self) -> Bool { Kinds.equal(a.value, b.value) }
    public func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(value)) }
  }
}

extension OptimizerChoice {
  public static func sgd(
    rate: Double, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0
  ) -> OptimizerChoice {
    OptimizerChoice(SGD(momentum: momentum, nesterov: nesterov, weightDecay: weightDecay), rate: rate)
  }

  public static func adam(rate: Double = 1e-3, epsilon: Double = 1e-7) -> OptimizerChoice {
    OptimizerChoice(Adam(epsilon: epsilon), rate: rate)
  }

  public static func adamW(rate: Double = 1e-3, weightDecay: Double = 0.01) -> OptimizerChoice {
    OptimizerChoice(AdamW(weightDecay: weightDecay), rate: rate)
  }

  public static func rmsprop(rate: Double = 1e-3, momentum: Double = 0) -> OptimizerChoice {
    OptimizerChoice(RMSprop(momentum: momentum), rate: rate)
  }
}
