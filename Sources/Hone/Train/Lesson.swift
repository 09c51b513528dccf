internal import HoneTensor

/// One batch's way through a network and back: all that adds to the gradients by way of the loss.
struct Lesson {
  let model: Model
  let network: PhaseWork.Network
  /// What the average of the network says; nil where there is none yet.
  let teacher: (Tensor) throws -> Tensor?
  let objective: Objective
  let precision: Precision
  /// How often a batch passes through the network.
  let passes: Int
  /// How many views of its pictures a batch holds, one view after the other; the first alone is learnt from.
  let views: Int
  /// How many answers there are about one picture.
  let answers: Int
  /// Nil where steep slopes cost nothing.
  let gradientPenalty: GradientPenalty?
  /// Nil keeps all activations for the way back.
  let segments: Segments?
  /// Nil asks the device for each operation anew.
  let recorder: StepRecorder?

  init(
    model: Model, network: @escaping PhaseWork.Network, objective: Objective, of recipe: Recipe,
    forgets: Bool, teacher: @escaping (Tensor) throws -> Tensor?
  ) {
    self.model = model
    self.network = network
    self.teacher = recipe.loss.distillation == nil ? { _ in nil } : teacher
    self.objective = objective
    precision = recipe.precision.value ?? .float32
    passes = recipe.loss.consistency?.passes ?? 1
    views = recipe.views
    answers = passes * recipe.repeats * views
    let slopePrice = recipe.regularization.gradientPenalty
    gradientPenalty = slopePrice > 0 ? GradientPenalty(slopePrice) : nil
    segments = forgets ? Segments(recipe.segments, of: model, precision: precision) : nil
    recorder = recipe.cudaGraphs ? StepRecorder(model) : nil
  }

  /// Adds the gradients of one batch, multiplied by `scale` and divided by `parts`.
  ///
  /// - Parameter progress: the part of the training that is done.
  /// - Parameter share: the part of the batch that counts.
  func learn(
    from batch: TensorBatch, _ pass: Pass, progress: Double = 1, share: Double = 1, scale: Double = 1,
    parts: Int = 1
  ) throws -> (logits: Tensor, loss: Double) {
    let circumstances = StepRecorder.Circumstances(
      share: share, scale: scale, progress: objective.changes ? progress : 0)
    if parts == 1,
      let learnt = try recorder?.learn(
        from: batch, circumstances, { try walk($0, pass, progress, share, 1 / scale) { _ in true } })
    {
      return learnt
    }
    var value = 0.0
    let (logits, _) = try walk(batch, pass, progress, share, Double(parts) / scale) { loss in
      value = try loss.item()
      return value.isFinite
    }
    return (logits, value)
  }

  /// Forwards, and backwards where `goesOn` says so of the loss.
  private func walk(
    _ batch: TensorBatch, _ pass: Pass, _ progress: Double, _ share: Double, _ divisor: Double,
    goesOn: (Tensor) throws -> Bool
  ) throws -> (logits: Tensor, loss: Tensor) {
    let (input, targets) = (try repeated(batch.input), try repeated(batch.targets))
    let (logits, tape) = try answered(input, pass)
    let loss = try objective.loss(
      inTurn(logits), inTurn(targets), progress: progress, share: share, answers: answers, learnsFromFirst: views > 1,
      teacher: taught(input).map(inTurn))
    if try goesOn(loss) {
      let whole = try priced(loss, input, targets, pass)
      try (divisor == 1 ? whole : whole.div(divisor)).backward()
      try tape?.backward()
    }
    return (try firsts(logits), loss)
  }

  private func answered(_ input: Tensor, _ pass: Pass) throws -> (logits: Tensor, tape: Segments.Tape?) {
    if let segments { return try segments(input, pass) }
    return (try withAutocast(precision.autocast, on: input.device) { try network(input, pass) }, nil)
  }

  private func taught(_ input: Tensor) throws -> Tensor? {
    try withoutGradients { try withAutocast(precision.autocast, on: input.device) { try teacher(input) } }
  }

  /// Each row as often as it passes, one after the other.
  private func repeated(_ rows: Tensor) throws -> Tensor {
    guard passes > 1 else { return rows }
    let order = (0..<rows.shape[0]).flatMap { Array(repeating: $0, count: passes) }
    return try rows.indexSelect(0, Tensor(order).to(rows.device))
  }

  /// Rows about one picture in turn, of rows that come view after view.
  private func inTurn(_ rows: Tensor) throws -> Tensor {
    guard views > 1 else { return rows }
    return try rows.reshape([views, -1, rows.shape[1]]).transpose(0, 1).reshape([-1, rows.shape[1]])
  }

  private func firsts(_ logits: Tensor) throws -> Tensor {
    try passes == 1 ? logits : logits.reshape([-1, passes, logits.shape[1]]).select(1, 0)
  }

  /// The loss with what activities and steep slopes cost.
  private func priced(_ loss: Tensor, _ input: Tensor, _ targets: Tensor, _ pass: Pass) throws -> Tensor {
    let charge = try model.takeCharge()
    let whole = try charge.map { try loss.add($0) } ?? loss
    guard let gradientPenalty else { return whole }
    let repeated = pass.again()
    defer { _ = try? model.takeCharge() }
    return try whole.add(
      gradientPenalty.price(input) { try objective.losses(network($0, repeated), targets) })
  }
}
