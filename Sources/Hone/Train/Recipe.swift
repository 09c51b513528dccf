public import HoneAugment
public import HoneTensor

/// Everything that a training run depends on, beside the pictures: a value that reproduces it.
///
/// Every part has a default, so a recipe names only what differs. It is saved with the run, with all `auto` values
/// resolved.
///
/// ```swift
/// var recipe = Recipe(epochs: 30, optimizer: .adam(rate: 1e-3))
/// recipe.regularization = .l2(0.001, on: .convolutionKernels)
/// try recipe.save(to: "recipe.yaml")
/// ```
public struct Recipe: Settings {
  /// The newest format that this Hone writes, and reads.
  public static let currentFormat = 1

  public var formatVersion = Recipe.currentFormat
  /// The one source of all draws.
  public var seed: UInt64 = 0
  public var model = ModelChoice()
  public var data = DataChoice()
  /// What varies the training pictures; nil uses them as validation does.
  public var augmentation: Pipeline?
  /// Mixes the training pictures of a batch with each other; nil leaves them whole.
  public var mixing: Mixing?
  /// How often a training picture comes in a batch, each time augmented anew; an epoch then shows that much fewer of them.
  public var repeats = 1
  /// How many views of each picture a training batch holds: the first without the policy is learnt from, the others are
  /// asked to agree with it by `loss.consistency` (see `Pipeline.plan`). 1 is the ordinary one alone.
  public var views = 1
  /// How evenly the classes come in an epoch: 0 as they are, 0.5 by the square root of their size, 1 all alike.
  public var balance = 0.0
  public var epochs = 20
  public var batchSize: Auto<Int> = .auto
  public var precision: Auto<Precision> = .auto
  /// Where the network computes; pictures are decoded and augmented by the processor in any case.
  public var device: Auto<Device> = .auto
  /// Threads that compute.
  public var threads: Auto<Int> = .auto
  /// Threads that decode and augment.
  public var workers: Auto<Int> = .auto
  public var optimizer = OptimizerChoice()
  public var schedule = Schedule()
  /// What moves during training beside the rate.
  public var schedules = Schedules()
  public var loss = LossChoice()
  public var regularization = Regularization()
  /// How a backbone is put to use; nil trains the whole network from the first step.
  public var transfer: TransferChoice?
  /// Averaging of the weights; nil keeps the last ones.
  public var ema: Averaging?
  /// The mean of the last epochs' weights, in place of a moving average.
  public var swa: StochasticAveraging?
  /// Training batches from which norms take their statistics anew for weights that are averages; 0 keeps what they have.
  public var normBatches = 0
  /// Batches whose gradients make one optimizer step.
  public var accumulation = 1
  /// Parts of the network whose insides are computed again on the way back instead of being kept: less memory for about a
  /// third more time. 1 keeps everything.
  public var segments = 1
  /// Records a step on a CUDA card and replays it, for small networks, whose operations take a card less time than it takes
  /// the processor to ask for them. What draws (dropout and its like) cannot be recorded; such steps go the usual way.
  public var cudaGraphs = false
  public var clipping = Clipping()
  /// Nil trains for all epochs.
  public var earlyStopping: EarlyStopping?
  /// The epochs' models that stay in the run folder; nil keeps the last alone.
  public var keeping: Keeping?
  /// Whether an evaluated picture is the mean of itself and its mirror image.
  public var flipsWhenTesting = false

  public init() {}

  public init(
    model: ModelChoice = ModelChoice(), epochs: Int = 20, batchSize: Auto<Int> = .auto,
    optimizer: OptimizerChoice = OptimizerChoice(), schedule: Schedule = Schedule(), augmentation: Pipeline? = nil,
    regularization: Regularization = Regularization(), transfer: TransferChoice? = nil,
    earlyStopping: EarlyStopping? = nil, seed: UInt64 = 0
  ) {
    self.seed = seed
    self.model = model
    self.augmentation = augmentation
    self.epochs = epochs
    self.batchSize = batchSize
    self.optimizer = optimizer
    self.schedule = schedule
    self.regularization = regularization
    self.transfer = transfer
    self.earlyStopping = earlyStopping
  }
}

/// What part of the data validates.
///
/// - Units: `validation` is a fraction of the pictures without a place of their own; folders named `train` and `val` win.
public struct DataChoice: Settings {
  public var validation: Double

  public init() { self.init(validation: 0.2) }
  public init(validation: Double) { self.validation = validation }
}
