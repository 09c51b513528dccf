public import HoneImage

/// Steps done one after another to every picture: a value that can be printed, saved, loaded and compared.
///
/// ```swift
/// let pipeline = Pipeline {
///   RandomResizedCrop(height: 224, width: 224)
///   Flip().applied(0.5)
///   Rotate(degrees: -15...15)
/// }
/// ```
public struct Pipeline: Sendable, Hashable, Codable, CustomStringConvertible {
  public var steps: [Step]

  public init(_ steps: [Step] = []) { self.steps = steps }

  public init(@PipelineBuilder _ steps: () -> [Step]) { self.init(steps()) }

  public var description: String { steps.map(\.description).joined(separator: "\n") }

  /// Decides everything for one picture.
  ///
  /// Each step draws from its own stream, keyed by the sample and the step's name (and number, where a name occurs
  /// again), so adding or removing one step leaves the draws of all others unchanged.
  ///
  /// - Parameter view: which of several views of one picture, for a loss that wants the same answer to all: 0 leaves the
  ///   policies out, 1 is the ordinary plan, and further ones draw the policies anew. All else is the same in every view.
  public func plan(for size: Size, channels: Int = 3, key: SampleKey, label: Int? = nil, view: Int = 1) -> Plan {
    var scene = Scene(size: size, channels: channels, label: label, key: key)
    var actions: [Action] = []
    var seen: [String: Int] = [:]
    for step in steps {
      let count = seen[step.name, default: 0]
      seen[step.name] = count + 1
      let isPolicy = step.transform.isPolicy
      if view == 0 && isPolicy { continue }
      let number = count == 0 ? "" : "#\(count + 1)"
      var stream = RandomStream(
        seed: key.seed, epoch: key.epoch, index: key.position,
        name: step.name + number + (isPolicy && view > 1 ? "@\(view)" : ""))
      let drawn = step.draw(for: scene, from: &stream)
      for action in drawn { scene.size = action.outputSize(of: scene.size) }
      actions += drawn
    }
    return Plan(sourceSize: size, channels: channels, actions: actions)
  }
}

/// Collects the steps of a pipeline; `if` and `for` work inside.
@resultBuilder
public enum PipelineBuilder {
  public static func buildExpression(_ step: Step) -> [Step] { [step] }
  public static func buildExpression(_ transform: any Transform) -> [Step] { [Step(transform)] }
  public static func buildExpression(_ pipeline: Pipeline) -> [Step] { pipeline.steps }
  public static func buildBlock(_ parts: [Step]...) -> [Step] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [Step]?) -> [Step] { part ?? [] }
  public static func buildEither(first: [Step]) -> [Step] { first }
  public static func buildEither(second: [Step]) -> [Step] { second }
  public static func buildArray(_ parts: [[Step]]) -> [Step] { parts.flatMap { $0 } }
}

/// How levels become the numbers that a model reads: `(level ÷ 255 − mean) ÷ standard deviation`, per channel.
public struct Normalization: Sendable, Hashable, Codable {
  /// Of values 0…1; the last one stands for all further channels.
  public var mean: [Float]
  public var standardDeviation: [Float]

  public init(mean: [Float], standardDeviation: [Float]) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// `level ÷ 255`.
  public static let identity = Normalization(mean: [0], standardDeviation: [1])
  /// What torchvision's ImageNet weights expect.
  public static let imageNet = Normalization(mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])
  /// −1…1, as MobileNet's weights from Keras expect.
  public static let half = Normalization(mean: [0.5], standardDeviation: [0.5])

  /// The same as one multiplication and one addition to a level.
  public func line(for channel: Int) -> (scale: Float, bias: Float) {
    let mean = Double(mean.isEmpty ? 0 : mean[min(channel, mean.count - 1)])
    let deviation = Double(
      standardDeviation.isEmpty ? 1 : standardDeviation[min(channel, standardDeviation.count - 1)])
    return (Float(1 / (255 * deviation)), Float(-mean / deviation))
  }
}
