/// Why training ended.
public enum StopReason: String, Codable, Sendable, Hashable {
  /// All epochs were done.
  case finished
  /// The validation had stopped improving.
  case earlyStopping
  /// The time that was given is used up.
  case timeLimit
  /// Somebody asked it to stop; it can go on from its run folder.
  case interrupted
}

/// What training brought, without the weights.
///
/// - Units: `seconds` of training in all runs together, validation included; `peakBytes` of tensors.
public struct FitResult: Codable, Sendable, Hashable {
  /// What was followed, every `auto` resolved.
  public var recipe: Recipe
  public var history: [EpochMetrics]
  /// The epoch whose weights the model has, counted from 1; 0 before the first has ended.
  public var bestEpoch: Int
  /// What the model says about the validation pictures; nil when there are none.
  public var validation: Predictions?
  public var seconds: Double
  public var peakBytes: Int
  public var stop: StopReason
  /// Pictures that could not be read, and were left out.
  public var problems: [DataProblem]
  /// What proximal penalties have made zero; nil where there were none.
  public var sparsity: Sparsity?
}

/// Something that happened during training: values to show, nothing to change the run by.
public enum TrainingEvent: Sendable {
  case started(Start)
  case step(StepProgress)
  case epoch(EpochMetrics)
  /// A checkpoint was written.
  case saved(path: String)
  /// Something that the person should know, and that does not stop the run.
  case warning(String)
  case finished(FitResult)

  /// What is about to be trained.
  public struct Start: Sendable, Hashable {
    public var recipe: Recipe
    public var parameters: Int
    public var trainingPictures: Int
    public var validationPictures: Int
    /// The epochs done already, when a run goes on.
    public var epochsDone: Int
  }

  /// One batch done.
  public struct StepProgress: Sendable, Hashable {
    public var epoch: Int
    public var epochs: Int
    public var batch: Int
    public var batches: Int
    /// Mean over the epoch so far.
    public var loss: Double
    public var imagesPerSecond: Double
  }
}
