internal import HoneTensor

/// What one phase of training works with.
struct PhaseWork {
  /// Computes logits from a batch's input.
  typealias Network = (Tensor, Pass) throws -> Tensor

  let phase: Phase
  let trained: Network
  let evaluated: Network
  let training: any BatchSource
  let validation: (any BatchSource)?
  let optimizer: Optimizer
  let penalties: Penalties
  let average: WeightAverage?
  /// Whether batches are features of a frozen backbone instead of pictures.
  let hasFeatures: Bool
  let schedule: Schedule
  let baseRate: Double
  let total: Int
  let perEpoch: Int

  /// Pictures that could not be read so far.
  var problems: [DataProblem] { training.problems + (validation?.problems ?? []) }

  /// The rate of an optimizer step.
  func rate(at step: Int) -> Double { baseRate * schedule.factor(at: step, of: total, perEpoch: perEpoch) }

  /// Penalties, clipping, the optimizer's step, the average; then the gradients are dropped.
  func step(rate: Double, clipping: Clipping, steps: Int) throws {
    try penalties.addGradients()
    let members = optimizer.members
    let gradients = members.compactMap(\.parameter.gradient)
    if let limit = clipping.value { try Fused.clipValue(gradients, limit) }
    if let limit = clipping.norm { try Fused.clipNorm(gradients, limit) }
    try optimizer.step(rate: rate)
    try penalties.shrink(rate: rate)
    try average?.update()
    for member in members { member.parameter.dropGradient() }
  }
}
