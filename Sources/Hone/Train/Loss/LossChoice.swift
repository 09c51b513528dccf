internal import HoneTensor

/// What training minimizes.
///
/// Soft targets (mixed pictures, smoothed labels) are understood by every kind, heads with one output for two classes as
/// well. Predictions never see any of it: weights, margins and adjustments shape the training alone.
///
/// - Shape: none.
/// - Units: `labelSmoothing` is the part of each target spread evenly over the classes, 0…1; `confidencePenalty` is what a
///   nat of certainty costs; `logitAdjustment` is the power of the class frequencies that logits are moved by.
/// - Throws: nothing.
/// - Source: `torch.nn.CrossEntropyLoss`; smoothing: Szegedy et al., 2015, arXiv:1512.00567, §7; confidence penalty: Pereyra
///   et al., 2017, arXiv:1701.06548; logit adjustment: Menon et al., 2021, arXiv:2007.07314, eq. 10; small losses: Han et al.,
///   2018, arXiv:1804.06872, §3.
public struct LossChoice: Settings {
  public var kind: Kind
  public var labelSmoothing: Double
  public var confidencePenalty: Double
  public var logitAdjustment: Double
  public var classWeights: ClassWeights
  /// The part of each batch whose losses are too large to be believed: labels that may be wrong. Rises from 0 over the
  /// first fifth of the training.
  public var distrusted: Double
  /// How alike several answers about one picture have to be; nil does not ask.
  public var consistency: Consistency?
  /// What is learnt from the average of the network itself; nil learns from the labels alone.
  public var distillation: Distillation?

  public init() { self.init(CrossEntropy()) }

  public init(
    _ kind: any LossKind = CrossEntropy(), labelSmoothing: Double = 0, confidencePenalty: Double = 0,
    logitAdjustment: Double = 0, classWeights: ClassWeights = ClassWeights(), distrusted: Double = 0
  ) {
    self.kind = Kind(kind)
    self.labelSmoothing = labelSmoothing
    self.confidencePenalty = confidencePenalty
    self.logitAdjustment = logitAdjustment
    self.classWeights = classWeights
    self.distrusted = distrusted
  }

  /// The loss of a picture.
  public struct Kind: Codable, Sendable, Hashable {
    public var loss: any LossKind

    /// Every loss that a recipe can name.
    public static let known: [any LossKind.Type] = [
      CrossEntropy.self, BinaryPerClass.self, Focal.self, Asymmetric.self, Poly.self, GeneralizedCrossEntropy.self,
      Bootstrap.self, LDAM.self,
    ]

    public init(_ loss: any LossKind) { self.loss = loss }

    public init(from decoder: any Decoder) throws {
      let loss = try Kinds.decode(from: decoder, among: Self.known, noun: "a loss")
      self.loss = loss as? any LossKind ?? CrossEntropy()
    }

    public func encode(to encoder: any Encoder) throws { try Kinds.encode(loss, to: encoder) }
    public static func == (a: Self, b: Self) -> Bool { Kinds.equal(a.loss, b.loss) }
    public func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(loss)) }
  }
}

/// How much the pictures of each class count.
///
/// - Shape: none.
/// - Units: `begins` is the part of the training before which all count alike (deferred re-weighting), 0…1.
/// - Throws: nothing.
/// - Source: balanced: King & Zeng, 2001, scikit-learn's `compute_class_weight`; effective number: Cui et al., 2019,
///   arXiv:1901.05555, eq. 4, their sum being the number of classes; deferred: Cao et al., 2019, arXiv:1906.07413, §3.3.
public struct ClassWeights: Settings {
  public enum Rule: String, Codable, Sendable, Hashable, CaseIterable {
    case even, balanced, squareRoot, effectiveNumber
  }

  public var rule: Rule
  /// Of the effective number: how much each further picture of a class repeats the others, below 1.
  public var beta: Double
  public var begins: Double

  public init() { self.init(.even) }

  public init(_ rule: Rule, beta: Double = 0.999, begins: Double = 0) {
    self.rule = rule
    self.beta = beta
    self.begins = begins
  }

  /// The weight of each class, from how many pictures it has; a class without any gets 0.
  public func weights(_ counts: [Int]) -> [Double] {
    let total = Double(counts.reduce(0, +))
    let raw = counts.map { count -> Double in
      guard count > 0 else { return 0 }
      return switch rule {
      case .even: 1
      case .balanced: 1 / Double(count)
      case .squareRoot: 1 / Double(count).squareRoot()
      case .effectiveNumber: (1 - beta) / (1 - exponential(beta, count))
      }
    }
    let scale: Double =
      switch rule {
      case .even: 1
      case .balanced: total / Double(counts.count)
      case .squareRoot: total / zip(raw, counts).reduce(0) { $0 + $1.0 * Double($1.1) }
      case .effectiveNumber: Double(counts.count) / raw.reduce(0, +)
      }
    return raw.map { $0 * scale }
  }

  private func exponential(_ base: Double, _ power: Int) -> Double {
    var (result, factor, left) = (1.0, base, power)
    while left > 0 {
      if left & 1 == 1 { result *= factor }
      factor *= factor
      left >>= 1
    }
    return result
  }
}
