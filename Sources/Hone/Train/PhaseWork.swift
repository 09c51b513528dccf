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
  /// What adaptive clipping is for: everything that learns but the head.
  let trunk: [Parameter]
  /// Whether batches are features of a frozen backbone instead of pictures.
  let hasFeatures: Bool
  let schedule: Schedule
  let baseRate: Double
  let total: Int
  let perEpoch: Int

  /// Pictures that could not be read so far.
  var problems: [DataProblem] { training.problems + (validation?.problems ?? []) }

  /// The rate of an optimizer step, after epochs that ended with some losses.
  func rate(at step: Int, losses: [Double]) -> Double {
    baseRate * schedule.factor(at: step, of: total, perEpoch: perEpoch, losses: losses)
  }

  /// One batch forwards and backwards, in a precision: adds its gradients, divided by `parts`.
  func learn(
    from batch: TensorBatch, _ pass: Pass, in precision: Precision?, parts: Int = 1,
    loss: (_ logits: Tensor, _ targets: Tensor) throws -> Tensor
  ) throws -> (logits: Tensor, loss: Double) {
    let logits = try withAutocast(precision?.autocast) { try trained(batch.input, pass) }
    let loss = try loss(logits, batch.targets)
    let value = try loss.item()
    if value.isFinite { try (parts == 1 ? loss : loss.div(Double(parts))).backward() }
    return (logits, value)
  }

  /// Penalties, clipping, the optimizer's step, the average; then the gradients are dropped.
  func step(rate: Double, clipping: Clipping, steps: Int) throws {
    try penalties.addGradients()
    let members = optimizer.members
    if let limit = clipping.adaptive { try clipFilters(to: limit) }
    let gradients = members.compactMap(\.parameter.gradient)
    if let limit = clipping.value { try Fused.clipValue(gradients, limit) }
    if let limit = clipping.norm { try Fused.clipNorm(gradients, limit) }
    try optimizer.step(rate: rate)
    try penalties.shrink(rate: rate)
    try average?.update()
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
    try average?.inPlace(body) ?? optimizer.settled(body)
  }

  /// Gives the model the weights that training keeps.
  func settle() throws {
    if let average { try average.apply() } else { try optimizer.settle() }
  }
}
