package import HoneTensor

/// Asks that several answers about one picture be alike: of several passes of a network that draws (dropout), or about
/// several variations of the picture (`views` of the recipe, of which the first is the unchanged picture and alone is learnt
/// from, or `repeats`, which are all learnt from).
///
/// - Shape: none.
/// - Units: `weight` is a factor of a divergence in nats; `passes` is how often each batch goes through the network.
/// - Throws: nothing.
/// - Source: Jensen–Shannon over three views: Hendrycks et al., 2020, arXiv:1912.02781, §3; symmetric over passes: Liang et al., 2021, arXiv:2106.14448 (R-Drop), whose weight is
///   twice this one, since it sums over its two passes.
public struct Consistency: Settings {
  public enum Measure: String, Codable, Sendable, Hashable, CaseIterable {
    /// The mean divergence of each answer from their mean.
    case jensenShannon
    /// The mean divergence of each answer from each other one.
    case symmetric
  }

  public var weight: Double
  public var measure: Measure
  public var passes: Int

  public init() { self.init(weight: 1) }
  public init(weight: Double, measure: Measure = .symmetric, passes: Int = 1) {
    self.weight = weight
    self.measure = measure
    self.passes = passes
  }

  /// - Shape: logits `[N, classes]`, rows about one picture in turn; a last picture with fewer is left out.
  package func price(_ logits: Tensor, answers: Int) throws -> Tensor {
    let (pictures, classes) = (logits.shape[0] / answers, logits.shape[1])
    guard pictures > 0 else { return try logits.sum().mul(0) }
    let log = try logits.narrow(0, start: 0, length: pictures * answers).reshape([pictures, answers, classes])
      .logSoftmax(2)
    let p = try log.exp()
    switch measure {
    case .jensenShannon:
      let middle = try p.mean([1], keepdim: true).clamp(1e-7...1).log()
      return try p.mul(log.sub(middle)).sum().div(Double(pictures * answers))
    case .symmetric:
      let own = try p.mul(log).sum().mul(Double(answers))
      let all = try p.sum([1]).mul(log.sum([1])).sum()
      return try own.sub(all).div(Double(pictures * answers * (answers - 1)))
    }
  }
}

/// Learns in part from what the moving average of the network says about the same pictures: needs `ema` or `swa`.
///
/// - Shape: none.
/// - Units: `weight` is the part of the loss that is the teacher's, 0…1; both answers are divided by `temperature`.
/// - Throws: nothing.
/// - Source: Tarvainen & Valpola, 2017, arXiv:1703.01780 (the average as teacher); Hinton et al., 2015, arXiv:1503.02531,
///   §2 (temperature, and the loss times its square).
public struct Distillation: Settings {
  public var weight: Double
  public var temperature: Double

  public init() { self.init(weight: 0.5) }
  public init(weight: Double, temperature: Double = 2) {
    self.weight = weight
    self.temperature = temperature
  }

  /// - Shape: both `[N, classes]`.
  package func price(_ logits: Tensor, _ teacher: Tensor) throws -> Tensor {
    let mine = try logits.div(temperature).logSoftmax(1)
    let wanted = try teacher.detach().div(temperature).logSoftmax(1)
    let divergence = try mine.klDiv(wanted, logTarget: true, reduction: .sum)
    return try divergence.mul(temperature * temperature / Double(logits.shape[0]))
  }
}
