/// The learning rate and all else that moves over a whole run, as its recipe plans it, without training.
///
/// - Units: `epoch` counts from 0 and may lie within an epoch; rates are the optimizer's, before factors of groups; where
///   batches grow, epochs have as many steps here as with whole batches.
public struct RatePlan: Codable, Sendable, Hashable {
  public struct Point: Codable, Sendable, Hashable {
    public var step: Int
    public var epoch: Double
    public var rate: Double
    /// Of what `schedules` moves, by name.
    public var factors: [String: Double] = [:]
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
          rate: recipe.optimizer.rate * phase.rate * factor,
          factors: recipe.factors(at: step, of: total, perEpoch: perEpoch, epoch: (start + step) / perEpoch))
      }
    }
  }

  /// At most so many points, the first and the last among them.
  public func sampled(_ count: Int) -> [Point] {
    guard points.count > count, count > 1 else { return points }
    return (0..<count).map { points[$0 * (points.count - 1) / (count - 1)] }
  }
}

extension Recipe {
  /// The factors of all that moves beside the rate, at a step of a phase and in an epoch of the run.
  fileprivate func factors(at step: Int, of total: Int, perEpoch: Int, epoch: Int) -> [String: Double] {
    let pairs = schedules.movers.map { mover in
      let factor =
        mover.waits
        ? mover.schedule.factor(at: epoch, of: epochs, perEpoch: 1)
        : mover.schedule.factor(at: step, of: total, perEpoch: perEpoch)
      return (mover.name, factor)
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }
}

extension RatePlan {
  /// The names of what moves beside the rate.
  public var movers: [String] { points.first?.factors.keys.sorted() ?? [] }

  /// The rate over the epochs; with other things that move, each as a part of its largest value.
  package func chart(_ title: String) -> CurveChart {
    let points = sampled(600)
    let rate = CurveChart.Series(name: "rate", points: points.map { ($0.epoch, $0.rate) })
    let others = movers.map { name in
      CurveChart.Series(name: name, points: points.map { ($0.epoch, $0.factors[name] ?? 1) })
    }
    return CurveChart(
      title: title, series: others.isEmpty ? [rate] : ([rate] + others).map(\.scaledToOne), includes: 0...0,
      marks: phases.map { ($0, "next phase") }
    ) { $0 == 0 ? "0" : Numbers.short($0) }
  }
}

extension CurveChart.Series {
  /// The same as parts of the largest value.
  fileprivate var scaledToOne: Self {
    let most = points.map(\.y).max() ?? 1
    return Self(name: name, points: points.map { ($0.x, most > 0 ? $0.y / most : 0) })
  }
}
