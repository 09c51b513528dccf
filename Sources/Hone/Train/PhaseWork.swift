internal import HoneTensor

/// What one phase of training works with.
struct PhaseWork {
  /// Computes logits from a batch's input.
  typealias Network = (Tensor, Pass) throws -> Tensor

  let phase: Phase
  let lesson: Lesson
  let evaluated: Network
  let training: any BatchSource
  let validation: (any BatchSource)?
  let optimizer: Optimizer
  let penalties: Penalties
  let constraints: Constraints
  let gradientNoise: GradientNoise?
  let average: WeightAverage?
  let norms: NormRenewal
  /// What adaptive clipping is for: everything that learns but the head.
  let trunk: [Parameter]
  /// Whether batches are features of a frozen backbone instead of pictures.
  let hasFeatures: Bool
  let schedule: Schedule
  let schedules: Schedules
  let baseRate: Double
  let course: Course

  /// Pictures that could not be read so far.
  var problems: [DataProblem] { training.problems + (validation?.problems ?? []) }

  /// Where the schedules stand at an optimizer step, after epochs that ended with some losses.
  func moment(at step: Int, losses: [Double]) -> Moment {
    func factor(_ schedule: Schedule) -> Double {
      schedule.factor(at: course.place(after: step), of: course.total, perEpoch: course.perEpoch, losses: losses)
    }
    return Moment(rate: baseRate * factor(schedule), step: step, schedules, factor: factor)
  }

  /// Penalties, clipping, noise, the optimizer's step, what weights keep to, the average; then the gradients are dropped.
  ///
  /// - Parameter seed: what the step's noise is drawn from.
  func step(_ moment: Moment, clipping: Clipping, seed: UInt64) throws {
    try penalties.addGradients()
    let members = optimizer.members
    if let limit = clipping.adaptive { try clipFilters(to: limit) }
    let gradients = members.compactMap(\.parameter.gradient)
    if let limit = clipping.value { try Fused.clipValue(gradients, limit) }
    if let limit = clipping.norm { try Fused.clipNorm(gradients, limit) }
    try gradientNoise?.add(to: members, at: moment.step, seed: seed)
    try optimizer.step(moment.pace)
    try penalties.shrink(rate: moment.pace.rate)
    try constraints.apply()
    try average?.update(after: course.place(after: moment.step + 1), of: course.total, perEpoch: course.perEpoch)
    dropGradients()
  }

  func dropGradients() { for member in optimizer.members { member.parameter.dropGradient() } }

  /// Limits each filter's gradient to a part of the filter's norm.
  private func clipFilters(to limit: Double) throws {
    let active = trunk.filter { $0.gradient != nil }
    try TensorList(active.compactMap(\.gradient))
      .clipFilters(to: limit, of: TensorList(active.map(\.value)), least: Clipping.leastNorm)
  }

  /// Runs `body` with the weights that training would keep: the average, or what the optimizer settles on.
  func settled<Result>(_ body: () throws -> Result) throws -> Result {
    func renewed() throws -> Result {
      try norms.renew(from: training)
      return try body()
    }
    return try begunAverage?.inPlace(renewed) ?? optimizer.settled { try norms.keeping(renewed) }
  }

  /// Gives the model the weights that training keeps.
  func settle() throws {
    if let begunAverage { try begunAverage.apply() } else { try optimizer.settle() }
    try norms.renew(from: training)
  }

  private var begunAverage: WeightAverage? { average?.hasBegun == true ? average : nil }
}
