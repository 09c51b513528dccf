internal import HoneTensor

extension Model {
  /// A copy of all that training changes: parameters, and the norms' statistics.
  func copiedState() throws -> [String: Tensor] { try state().mapValues { try $0.clone() } }
}

/// A moving average of a model's weights, and of its norms' statistics.
final class WeightAverage {
  private let settings: Averaging
  private let model: Model
  private let pairs: [(average: Tensor, value: Tensor)]
  /// The average of each; whole numbers, such as counters, are those of the last step.
  private let averages: [String: Tensor]
  private(set) var updates = 0

  init(_ settings: Averaging, of model: Model) throws {
    self.settings = settings
    self.model = model
    let averages = try model.copiedState()
    self.averages = averages
    pairs = model.state().sorted { $0.key < $1.key }.compactMap { name, value in
      value.dtype.isFloatingPoint ? averages[name].map { ($0, value) } : nil
    }
  }

  /// Takes the weights of the moment into the average.
  func update() throws {
    try Fused.ema(pairs.map(\.average), pairs.map(\.value), decay: settings.decay(after: updates))
    updates += 1
  }

  /// Runs the body with the averages in the model's place.
  func inPlace<Result>(_ body: () throws -> Result) throws -> Result {
    let own = try model.copiedState()
    try apply()
    let result = try body()
    try model.load(own)
    return result
  }

  /// Gives the model the averages for good.
  func apply() throws { try model.load(averages) }

  var state: [String: Tensor] { averages }

  func copy() throws -> [String: Tensor] { try averages.mapValues { try $0.clone() } }

  func load(_ state: [String: Tensor], updates: Int) throws {
    self.updates = updates
    for (name, average) in averages {
      guard let saved = state[name] else {
        throw HoneError(
          .malformed, "the checkpoint lacks the average of '\(name)'; start the run anew in another folder",
          context: ["key": name])
      }
      try Buffer(average).load(saved)
    }
  }
}
