public import HoneTensor

/// The loss of each picture of a batch. A new one is a value here, and a line in `LossChoice.Kind.known`.
public protocol LossKind: NamedSettings {
  /// - Parameters:
  ///   - logits: `[N, classes]`, float32.
  ///   - targets: `[N, classes]`, each row a distribution.
  ///   - counts: pictures of each class that are learnt from.
  /// - Returns: `[N]`.
  /// - Throws: `EngineError`.
  func losses(_ logits: Tensor, _ targets: Tensor, counts: [Int]) throws -> Tensor
}

extension Tensor {
  /// `Σ_c self · y` of each row.
  fileprivate func rowSum(of y: Tensor) throws(EngineError) -> Tensor { try mul(y).sum([1]) }
}

/// `−Σ t · log p`.
///
/// - Shape: logits and targets `[N, classes]`, losses `[N]`.
/// - Units: nats.
/// - Throws: `EngineError`.
/// - Source: `torch.nn.CrossEntropyLoss`.
public struct CrossEntropy: LossKind {
  public static let name = "crossEntropy"
  public init() {}

  public func losses(_ logits: Tensor, _ targets: Tensor, counts: [Int]) throws -> Tensor {
    try logits.crossEntropy(targets, reduction: .none)
  }
}

/// One yes-or-no question per class, as for pictures that show several things.
///
/// - Shape: logits and targets `[N, classes]`, losses `[N]`.
/// - Units: `threshold` makes targets above it 1 and others 0; nil leaves them soft.
/// - Throws: `EngineError`.
/// - Source: Wightman et al., 2021, arXiv:2110.00476; timm's `BinaryCrossEntropy`.
public struct BinaryPerClass: LossKind {
  public static let name = "binary"
  public var threshold: Double?
  /// Adds the classes' losses up instead of taking their mean.
  public var sums: Bool

  public init() { self.init(threshold: nil) }
  public init(threshold: Double? = nil, sums: Bool = false) {
    self.threshold = threshold
    self.sums = sums
  }

  public var demands: [Demand] { Demand.parts(["threshold": threshold ?? 0]) }

  public func losses(_ logits: Tensor, _ targets: Tensor, counts: [Int]) throws -> Tensor {
    let wanted = try threshold.map { try targets.gt($0).to(.float32) } ?? targets
    let each = try logits.binaryCrossEntropyWithLogits(wanted, reduction: .none)
    return try sums ? each.sum([1]) : each.mean([1])
  }
}

/// `−Σ t · (1 − p)^γ · log p`: what is known well counts little.
///
/// - Shape: logits and targets `[N, classes]`, losses `[N]`.
/// - Units: `gamma` is an exponent, 0 or more.
/// - Throws: `EngineError`.
/// - Source: Lin et al., 2017, arXiv:1708.02002, eq. 4; Keras's `CategoricalFocalCrossentropy` with alpha 1.
public struct Focal: LossKind {
  public static let name = "focal"
  public var gamma: Double

  public init() { self.init(gamma: 2) }
  public init(gamma: Double) { self.gamma = gamma }

  public var demands: [Demand] { Demand.notNegative(["gamma": gamma]) }

  public func losses(_ logits: Tensor, _ targets: Tensor, counts: [Int]) throws -> Tensor {
    let log = try logits.logSoftmax(1)
    let doubt = try log.exp().subtracted(from: 1).clamp(1e-7...1).pow(gamma)
    return try log.mul(doubt).rowSum(of: targets).neg()
  }
}

/// Wrong classes that have little probability are all but forgotten, the right one never.
///
/// - Shape: logits and targets `[N, classes]`, losses `[N]`.
/// - Units: `positive` and `negative` are exponents, 0 or more.
/// - Throws: `EngineError`.
/// - Source: Ridnik et al., 2021, arXiv:2009.14119, eq. 4; timm's `AsymmetricLossSingleLabel` with eps 0.
public struct Asymmetric: LossKind {
  public static let name = "asymmetric"
  public var positive: Double
  public var negative: Double

  public init() { self.init(positive: 1, negative: 4) }
  public init(positive: Double, negative: Double) {
    self.positive = positive
    self.negative = negative
  }

  public var demands: [Demand] { Demand.notNegative(["positive": positive, "negative": negative]) }

  public func losses(_ logits: Tensor, _ targets: Tensor, counts: [Int]) throws -> Tensor {
    let log = try logits.logSoftmax(1)
    let p = try log.exp()
    let others = try targets.subtracted(from: 1)
    let kept = try p.mul(targets).add(p.subtracted(from: 1).mul(others)).subtracted(from: 1).clamp(0...1)
    let weight = try kept.pow(targets.mul(positive).add(others.mul(negative)))
    return try log.mul(weight).rowSum(of: targets).neg()
  }
}

/// Cross-entropy with its first polynomial term weighed anew: `−Σ t log p + ε (1 − Σ t p)`.
///
/// - Shape: logits and targets `[N, classes]`, losses `[N]`.
/// - Units: `epsilon` is a factor, −1 or more.
/// - Throws: `EngineError`.
/// - Source: Leng et al., 2022, arXiv:2204.12511, eq. 6 (Poly-1).
public struct Poly: LossKind {
  public static let name = "poly"
  public var epsilon: Double

  public init() { self.init(epsilon: 1) }
  public init(epsilon: Double) { self.epsilon = epsilon }

  public var demands: [Demand] { [Demand(epsilon >= -1, "epsilon", "-1 or more")] }

  public func losses(_ logits: Tensor, _ targets: Tensor, counts: [Int]) throws -> Tensor {
    let log = try logits.logSoftmax(1)
    let doubt = try log.exp().rowSum(of: targets).subtracted(from: 1)
    return try doubt.mul(epsilon).sub(log.rowSum(of: targets))
  }
}

/// `(1 − (Σ t p)^q) ÷ q`: between cross-entropy (q → 0) and the mean absolute error (1), which wrong labels hardly sway.
///
/// - Shape: logits and targets `[N, classes]`, losses `[N]`.
/// - Units: `q` is above 0, up to 1.
/// - Throws: `EngineError`.
/// - Source: Zhang & Sabuncu, 2018, arXiv:1805.07836, eq. 6.
public struct GeneralizedCrossEntropy: LossKind {
  public static let name = "generalized"
  public var q: Double

  public init() { self.init(q: 0.7) }
  public init(q: Double) { self.q = q }

  public var demands: [Demand] { Demand.positive(["q": q]) + Demand.shares(["q": q]) }

  public func losses(_ logits: Tensor, _ targets: Tensor, counts: [Int]) throws -> Tensor {
    let p = try logits.softmax(1).rowSum(of: targets).clamp(1e-7...1)
    return try p.pow(q).subtracted(from: 1).div(q)
  }
}

/// Cross-entropy with targets that the network's own answers are mixed into, for labels that may be wrong.
///
/// - Shape: logits and targets `[N, classes]`, losses `[N]`.
/// - Units: `beta` is a part, 0…1.
/// - Throws: `EngineError`.
/// - Source: Reed et al., 2015, arXiv:1412.6596, eqs. 6 (soft) and 7 (hard).
public struct Bootstrap: LossKind {
  public static let name = "bootstrap"
  /// What is left of the labels.
  public var beta: Double
  /// Whether the most probable class is mixed in rather than all probabilities.
  public var isHard: Bool

  public init() { self.init(beta: 0.95) }
  public init(beta: Double, isHard: Bool = false) {
    self.beta = beta
    self.isHard = isHard
  }

  public var demands: [Demand] { Demand.shares(["beta": beta]) }

  public func losses(_ logits: Tensor, _ targets: Tensor, counts: [Int]) throws -> Tensor {
    let log = try logits.logSoftmax(1)
    let own = try isHard ? logits.argmax(1).oneHot(logits.shape[1]).to(.float32) : log.exp()
    return try log.rowSum(of: targets.mul(beta).add(own.mul(1 - beta))).neg()
  }
}

/// Cross-entropy in which the right class must win by a margin, the larger the fewer pictures it has: `m ∝ n^(−1/4)`.
///
/// - Shape: logits and targets `[N, classes]`, losses `[N]`.
/// - Units: `margin` is of the logits, 15 on a `cosine` head for the paper's 0.5 of a cosine times 30; `scale` multiplies
///   them, the margin included.
/// - Throws: `EngineError`.
/// - Source: Cao et al., 2019, arXiv:1906.07413, eq. 13.
public struct LDAM: LossKind {
  public static let name = "ldam"
  /// The margin of the rarest class.
  public var margin: Double
  public var scale: Double

  public init() { self.init(margin: 15) }
  public init(margin: Double, scale: Double = 1) {
    self.margin = margin
    self.scale = scale
  }

  public var demands: [Demand] { Demand.notNegative(["margin": margin]) + Demand.positive(["scale": scale]) }

  public func losses(_ logits: Tensor, _ targets: Tensor, counts: [Int]) throws -> Tensor {
    let rarity = counts.map { 1 / Double(max(1, $0)).squareRoot().squareRoot() }
    let most = rarity.max() ?? 1
    let margins = try Tensor(rarity.map { Float(margin * $0 / most) }, shape: [1, counts.count]).to(logits.device)
    return try logits.sub(targets.mul(margins)).mul(scale).crossEntropy(targets, reduction: .none)
  }
}
