/// How far a run has come: everything but the tensors that a checkpoint holds.
///
/// Draws need no generator state: they are keyed by the seed, the epoch and the position.
struct TrainingState: Codable, Sendable, Hashable {
  /// Number of the phase at hand.
  var phase = 0
  /// Epochs done in all, and in the phase at hand.
  var epoch = 0
  var phaseEpoch = 0
  /// Batches done in the epoch at hand.
  var batch = 0
  /// Optimizer steps of the phase at hand that are over, with those that were left out.
  var step = 0
  /// Of float16 alone.
  var lossScale: LossScale?
  /// Sums of the epoch at hand.
  var tally = Tally()
  var history: [EpochMetrics] = []
  var stopping = EarlyStopping.State()
  /// The epoch whose weights are kept aside as the best; 0 when none are.
  var bestEpoch = 0
  /// Updates of the moving average.
  var averaged = 0
  /// Training time up to the last checkpoint.
  var seconds = 0.0

  /// The sums behind an epoch's metrics.
  struct Tally: Codable, Sendable, Hashable {
    var pictures = 0
    var hits = 0
    var loss = 0.0
    var penalty = 0.0
    var penalties = 0
    var seconds = 0.0
    var rate = 0.0

    var meanLoss: Double { loss / Double(max(1, pictures)) }
    var accuracy: Double { Double(hits) / Double(max(1, pictures)) }
    var meanPenalty: Double { penalty / Double(max(1, penalties)) }
    var speed: Double { seconds > 0 ? Double(pictures) / seconds : 0 }
  }
}

/// A stretch of training with one set of learning parameters and one schedule.
struct Phase: Sendable, Hashable {
  var epochs: Int
  /// Whether only the head learns.
  var isFrozen: Bool
  /// A factor of the optimizer's rate.
  var rate: Double

  /// The phases of a recipe: one, or a frozen and an unfrozen one.
  static func all(of recipe: Recipe) -> [Phase] {
    guard let transfer = recipe.transfer else { return [Phase(epochs: recipe.epochs, isFrozen: false, rate: 1)] }
    guard !recipe.isProbe else { return [Phase(epochs: 0, isFrozen: true, rate: 1)] }
    let frozen = min(transfer.frozenEpochs ?? recipe.epochs, recipe.epochs)
    return [
      Phase(epochs: frozen, isFrozen: true, rate: 1),
      Phase(epochs: recipe.epochs - frozen, isFrozen: false, rate: transfer.unfrozenRate),
    ].filter { $0.epochs > 0 }
  }
}
