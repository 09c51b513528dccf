/// An optimizer: its rule, its rate, who gets other rates, and what is done around each step.
///
/// - Shape: none.
/// - Units: `rate` is the learning rate where the schedule's factor is 1; `layerDecay` a factor from layer to layer.
/// - Throws: nothing.
/// - Source: none: ours; each rule names its own. `cautious`: Liang et al., 2024, arXiv:2411.16085, as in timm;
///   `centralizesGradients`: Yong et al., 2020, arXiv:2004.01461; `layerDecay`: Clark et al., 2020, arXiv:2003.10555, §3.
public struct OptimizerChoice: Settings {
  public var rate: Double
  public var rule: Rule
  /// Whether weight decay also shrinks norms and biases, as PyTorch does unless told otherwise.
  public var decaysNormsAndBiases: Bool
  /// Rates of chosen parameters; where several apply, their factors are multiplied.
  public var rates: [RateFactor]
  /// Each layer farther from the head learns at this factor of the next one's rate.
  public var layerDecay = 1.0
  /// Whether a momentum moves only the numbers whose sign is that of their gradient.
  public var cautious = false
  /// Whether each filter's gradient has its mean taken off.
  public var centralizesGradients = false
  /// Slow weights that the others return to; nil has none.
  public var lookahead: Lookahead?
  /// Gradients from the worst point nearby, at twice the time; nil takes those from where the weights are.
  public var sharpness: Sharpness?

  public init() { self.init(Adam(), rate: 1e-3) }

  public init(
    _ rule: any UpdateRule, rate: Double, decaysNormsAndBiases: Bool = false, rates: [RateFactor] = []
  ) {
    self.rate = rate
    self.rule = Rule(rule)
    self.decaysNormsAndBiases = decaysNormsAndBiases
    self.rates = rates
  }

  /// The learning rate and the weight decay of chosen parameters, as factors; a rate of 0 freezes them.
  public struct RateFactor: Settings {
    public var on: ParameterFilter
    public var factor: Double
    public var decay: Double

    public init() { self.init(1, on: .all) }
    public init(_ factor: Double, decay: Double = 1, on: ParameterFilter) {
      self.on = on
      self.factor = factor
      self.decay = decay
    }
  }

  /// The rule by which gradients move weights.
  public struct Rule: Codable, Sendable, Hashable {
    public var value: any UpdateRule

    /// Every rule that a recipe can name.
    public static let known: [any UpdateRule.Type] = [
      SGD.self, Adam.self, AdamW.self, NAdam.self, RAdam.self, Adamax.self, RMSprop.self, Adagrad.self, Adadelta.self,
      LAMB.self, LARS.self, Lion.self, Adafactor.self, Adan.self, Muon.self, SOAP.self, Shampoo.self,
      Prodigy.self,
      ScheduleFreeSGD.self, ScheduleFreeAdamW.self,
    ]

    public init(_ value: any UpdateRule) { self.value = value }

    public var name: String { type(of: value).name }

    /// The largest momentum that a schedule can move; nil where there is none.
    var momentum: Double? {
      let rules = [value, (value as? Muon)?.rest.value]
      return rules.compactMap { ($0 as? any MomentumRule)?.momentum }.max()
    }

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
  /// The product of all rate factors that apply to a parameter.
  func factor(of member: NamedParameter) -> Double { applying(to: member).reduce(1) { $0 * $1.factor } }

  /// The factor of weight decay for a parameter.
  func decay(of member: NamedParameter) -> Double {
    guard decaysNormsAndBiases || member.role == .kernel else { return 0 }
    return applying(to: member).reduce(1) { $0 * $1.decay }
  }

  private func applying(to member: NamedParameter) -> [RateFactor] { rates.filter { $0.on.accepts(member) } }
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

  public static func muon(rate: Double = 1e-3, weightDecay: Double = 0.01) -> OptimizerChoice {
    OptimizerChoice(Muon(weightDecay: weightDecay), rate: rate)
  }
}
