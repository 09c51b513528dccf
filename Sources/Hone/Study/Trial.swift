/// One training of one arm: which recipe, on which pictures, tested on which others.
///
/// - Units: indices are those of the data set; `repetition` and `fold` count from 0.
public struct Trial: Sendable, Hashable {
  public var arm: String
  public var recipe: Recipe
  public var repetition: Int
  public var fold: Int
  /// Pictures to learn from.
  public var train: [Int]
  /// Pictures to be tested on, never looked at while training.
  public var scored: [Int]
  /// Seconds after which training must end.
  public var limit: Double
  /// The share of training labels that is shuffled on purpose: 0, but for the study's own controls.
  public var shuffledLabels: Double = 0
  /// Where the trained model is written; nil for a model that only gives evidence.
  public var modelPath: String?
}

/// What came out of a trial.
public struct TrialOutcome: Sendable, Hashable {
  public var predictions: Predictions
  public var history: [EpochMetrics]
  public var seconds: Double
  /// The most memory that the engine held; nil where it is not known.
  public var peakBytes: Int?

  public init(predictions: Predictions, history: [EpochMetrics] = [], seconds: Double, peakBytes: Int? = nil) {
    self.predictions = predictions
    self.history = history
    self.seconds = seconds
    self.peakBytes = peakBytes
  }
}

/// Does the work that a study decides on. The real one trains; tests simulate.
public protocol TrialRunner {
  /// Seconds that one epoch on `pictures` pictures takes, and seconds that come on top of all epochs.
  func cost(of recipe: Recipe, pictures: Int) throws -> TrialCost
  func run(_ trial: Trial) throws -> TrialOutcome
}

/// What a training of a recipe costs.
///
/// - Units: seconds.
public struct TrialCost: Sendable, Hashable, Codable {
  public var fixed: Double
  public var perEpoch: Double

  public init(fixed: Double, perEpoch: Double) {
    self.fixed = fixed
    self.perEpoch = perEpoch
  }

  public func seconds(epochs: Int) -> Double { fixed + perEpoch * Double(epochs) }
}
