import HoneAugment
import Synchronization

/// What stands behind a structure's name. A new one is a value like these, and an entry in the catalogue.
struct Architecture: Sendable {
  var name: String
  /// The heading that it stands under in a list.
  var family: String
  /// One line for `hone models`.
  var title: String
  var source: String
  /// The picture it was made for.
  var input = InputSpec(side: 224)
  /// What its published weights expect.
  var normalization = Normalization.imageNet
  /// The names of `StructureOptions` that it heeds, beside those that every structure does.
  var options: [String] = []
  /// The chance that its last residual block is left out in training, as published.
  var dropPath = 0.0
  /// How other libraries name its weights, where they do not name them as Hone does.
  var dialects: [WeightNames] = []
  /// Everything up to the features, without the top.
  var trunk: @Sendable (Structure) throws -> Sequential
  /// Its own top, for features of a shape.
  var top: @Sendable (Structure, _ features: [Int]) throws -> HeadPlan

  /// Hone's own.
  private static let catalogue: [Architecture] =
    [
      [ClassicCNN.architecture], VGG.architectures, ResNet.architectures, PreactResNet.architectures,
      CIFARResNet.architectures, WideResNet.architectures, RegNet.architectures, DenseNet.architectures,
      SqueezeNet.architectures, [MobileNetV1.architecture, MobileNetV2.architecture], MobileNetV3.architectures,
      MobileNetV4.architectures, MNASNet.architectures, ShuffleNetV2.architectures, GhostNet.architectures,
      EfficientNet.architectures, RepVGG.architectures, MobileOne.architectures, ConvNeXt.architectures,
      VisionTransformer.architectures, Mixer.architectures, [Airbench.architecture],
    ].flatMap(\.self)

  private static let registered = Mutex([Architecture]())

  static var all: [Architecture] { catalogue + registered.withLock { $0 } }

  /// Adds one, in place of an earlier one of the same name that was added too.
  static func register(_ architecture: Architecture) throws {
    guard !catalogue.contains(where: { $0.name == architecture.name }) else {
      throw HoneError(
        .conflict, "there is a structure named \(architecture.name) already; choose another name",
        context: ["structure": architecture.name])
    }
    registered.withLock { list in
      list.removeAll { $0.name == architecture.name }
      list.append(architecture)
    }
  }

  static func named(_ name: String) throws -> Architecture {
    guard let found = find(name) else {
      throw HoneError.unknown(name, among: all.map(\.name), noun: "a structure")
    }
    return found
  }

  /// Case and punctuation do not count: torchvision's `mobilenet_v2` is `mobilenet-v2`.
  static func find(_ name: String) -> Architecture? {
    func letters(_ text: String) -> String { text.lowercased().filter { !"-_. ".contains($0) } }
    return all.first { letters($0.name) == letters(name) }
  }
}
