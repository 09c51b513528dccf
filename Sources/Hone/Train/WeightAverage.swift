internal import HoneTensor

extension Model {
  /// A copy of all that training changes: parameters, and the norms' statistics.
  func copiedState() throws -> [String: Tensor] { try state().mapValues { try $0.clone() } }
}

/// How the weights of a step enter an average.
protocol AveragingRule {
  /// What the average keeps of itself at a step; nil where the step does not count.
  ///
  /// - Parameters:
  ///   - updates: steps that counted before.
  ///   - step: optimizer steps done, of `total` in all and `perEpoch` in an epoch.
  func kept(after updates: Int, at step: Int, of total: Int, perEpoch: Int) -> Double?
}

extension Averaging: AveragingRule {
  func kept(after updates: Int, at step: Int, of total: Int, perEpoch: Int) -> Double? { decay(after: updates) }
}

/// The mean of the weights at the ends of the last epochs: the middle of the region that training ends up circling in.
///
/// Wants a rate that stays high to the end, and fresh statistics of norms (`normBatches`).
///
/// - Shape: none.
/// - Units: `begins` is the part of the training before which nothing counts, 0…1.
/// - Throws: nothing.
/// - Source: Izmailov et al., 2018, arXiv:1803.05407, algorithm 1; `torch.optim.swa_utils.AveragedModel`.
public struct StochasticAveraging: Settings, AveragingRule {
  public var begins: Double
  /// How often weights are taken.
  public var every: Span

  public init() { self.init(begins: 0.75) }
  public init(begins: Double, every: Span = .epochs(1)) {
    self.begins = begins
    self.every = every
  }

  func kept(after updates: Int, at step: Int, of total: Int, perEpoch: Int) -> Double? {
    let stride = max(1, Int(every.steps(perEpoch: perEpoch).rounded()))
    let isDue = (total - step) % stride == 0 && Double(step) > begins * Double(total)
    return isDue ? Double(updates) / Double(updates + 1) : nil
  }
}

/// An average of a model's weights, and of its norms' statistics.
final class WeightAverage {
  private let rule: any AveragingRule
  private let trained: Model
  /// A model whose weights are the averages; whole numbers, such as counters, are those of the last step.
  let model: Model
  private let pairs: [(average: Tensor, value: Tensor)]
  private(set) var updates = 0

  init(_ rule: any AveragingRule, of trained: Model) throws {
    self.rule = rule
    self.trained = trained
    let model = try trained.copy()
    self.model = model
    let averages = model.state()
    pairs = trained.state().sorted { $0.key < $1.key }.compactMap { name, value in
      value.dtype.isFloatingPoint ? averages[name].map { ($0, value) } : nil
    }
  }

  /// Whether anything has been averaged yet.
  var hasBegun: Bool { updates > 0 }

  /// Takes the weights of the moment into the average, where they count.
  func update(after step: Int, of total: Int, perEpoch: Int) throws {
    guard let kept = rule.kept(after: updates, at: step, of: total, perEpoch: perEpoch) else { return }
    try Fused.ema(pairs.map(\.average), pairs.map(\.value), decay: kept)
    updates += 1
  }

  /// Runs the body with the averages in the model's place.
  func inPlace<Result>(_ body: () throws -> Result) throws -> Result {
    let own = try trained.copiedState()
    try apply()
    let result = try body()
    try trained.load(own)
    return result
  }

  /// Gives the model the averages for good.
  func apply() throws { try trained.load(state) }

  var state: [String: Tensor] { model.state() }

  func load(_ state: [String: Tensor], updates: Int) throws {
    self.updates = updates
    for (name, average) in self.state {
      guard let saved = state[name] else {
        throw HoneError(
          .malformed, "the checkpoint lacks the average of '\(name)'; start the run anew in another folder",
          context: ["key": name])
      }
      try Buffer(average).load(saved)
    }
  }
}
