/// What one epoch brought.
///
/// - Units: accuracies are fractions; losses are nats per picture, without penalties; `learningRate` is the base rate of
///   the epoch's last step; `seconds` covers training and validation.
public struct EpochMetrics: Codable, Sendable, Hashable {
  /// Counted from 1.
  public var epoch: Int
  public var trainLoss: Double
  public var trainAccuracy: Double
  /// Nil without validation pictures, as the accuracy.
  public var validationLoss: Double?
  public var validationAccuracy: Double?
  /// Mean of what L1 and L2 penalties added to the loss.
  public var penalty: Double
  public var learningRate: Double
  public var seconds: Double
  public var imagesPerSecond: Double

  public init(
    epoch: Int, trainLoss: Double, trainAccuracy: Double, validationLoss: Double? = nil,
    validationAccuracy: Double? = nil, penalty: Double = 0, learningRate: Double, seconds: Double,
    imagesPerSecond: Double
  ) {
    self.epoch = epoch
    self.trainLoss = trainLoss
    self.trainAccuracy = trainAccuracy
    self.validationLoss = validationLoss
    self.validationAccuracy = validationAccuracy
    self.penalty = penalty
    self.learningRate = learningRate
    self.seconds = seconds
    self.imagesPerSecond = imagesPerSecond
  }
}

extension EpochMetrics {
  /// The columns of `metrics.csv` and the tags of the event file, in order.
  var columns: [(name: String, value: Double?)] {
    [
      ("train/loss", trainLoss), ("train/accuracy", trainAccuracy), ("validation/loss", validationLoss),
      ("validation/accuracy", validationAccuracy), ("train/penalty", penalty), ("learning_rate", learningRate),
      ("seconds", seconds), ("images_per_second", imagesPerSecond),
    ]
  }

  /// All epochs as comma-separated values, a header first; empty cells where there was no validation.
  static func csv(_ history: [EpochMetrics]) -> String {
    let names = EpochMetrics(
      epoch: 0, trainLoss: 0, trainAccuracy: 0, learningRate: 0, seconds: 0, imagesPerSecond: 0
    ).columns.map(\.name)
    let rows = history.map { epoch in
      (["\(epoch.epoch)"] + epoch.columns.map { $0.value.map { "\($0)" } ?? "" }).joined(separator: ",")
    }
    return ([(["epoch"] + names).joined(separator: ",")] + rows).joined(separator: "\n") + "\n"
  }
}
