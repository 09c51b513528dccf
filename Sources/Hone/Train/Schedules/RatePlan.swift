/// The learning rate over a whole run, as its recipe plans it, without training.
///
/// - Units: `epoch` counts from 0 and may lie within an epoch; rates are the optimizer's, before factors of groups.
public struct RatePlan: Codable, Sendable, Hashable {
  public struct Point: Codable, Sendable, Hashable {
    public var step: Int
    public var epoch: Double
    public var rate: Double
  }

  /// One for each optimizer step.
  public var points: [Point]
  /// Where phases after the first begin, in epochs.
  public var phases: [Double]
  /// Whether the run's losses may change it; the plan is then that of losses which always improve.
  public var watchesLoss: Bool

  /// - Parameter perEpoch: optimizer steps of one epoch.
  public init(_ recipe: Recipe, stepsPerEpoch perEpoch: Int) {
    watchesLoss = recipe.schedule.shape.kind is Plateau
    points = []
    phases = []
    for phase in Phase.all(of: recipe) {
      let start = points.count
      if start > 0 { phases.append(Double(start) / Double(perEpoch)) }
      let total = phase.epochs * perEpoch
      points += (0..<total).map { step in
        let factor = recipe.schedule.factor(at: step, of: total, perEpoch: perEpoch)
        return Point(
          step: start + step, epoch: Double(start + step) / Double(perEpoch),
          rate: recipe.optimizer.rate * phase.rate * factor)
      }
    }
  }

  /// At most so many points, the first and the last among them.
  public func sampled(_ count: Int) -> [Point] {
    guard points.count > count, count > 1 else { return points }
    return (0..<count).map { points[$0 * (points.count - 1) / (count - 1)] }
  }
}

extension RatePlan {
  /// The rate over the epochs.
  package func chart(_ title: String) -> CurveChart {
    CurveChart(
      title: title, series: [.init(name: "rate", points: sampled(600).map { ($0.epoch, $0.rate) })], includes: 0...0,
      marks: phases.map { ($0, "next phase") }
    ) { $0 == 0 ? "0" : Numbers.short($0) }
  }
}
