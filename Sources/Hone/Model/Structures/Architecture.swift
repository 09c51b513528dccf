import HoneAugment

/// What stands behind a structure's name. A new one is a value like these, and an entry in the catalogue.
struct Architecture: Sendable {
  var name: String
  /// One line for `hone models`.
  var title: String
  var source: String
  /// The picture it was made for.
  var input = InputSpec(side: 224)
  /// What its published weights expect.
  var normalization = Normalization.imageNet
  /// The names of `StructureOptions` that it heeds.
  var options: [String] = []
  /// Everything up to the features, without the top.
  var trunk: @Sendable (Structure) throws -> Sequential
  /// Its own top, for features of a shape.
  var top: @Sendable (Structure, _ features: [Int]) throws -> HeadPlan

  static let catalogue: [Architecture] =
    [ClassicCNN.architecture] + VGG.architectures + ResNet.architectures + CIFARResNet.architectures
    + [MobileNetV2.architecture] + SqueezeNet.architectures

  static func named(_ name: String) throws -> Architecture {
    guard let found = find(name) else {
      throw HoneError.unknown(name, among: catalogue.map(\.name), noun: "a structure")
    }
    return found
  }

  /// Case and punctuation do not count: torchvision's `mobilenet_v2` is `mobilenet-v2`.
  static func find(_ name: String) -> Architecture? {
    func letters(_ text: String) -> String { text.lowercased().filter { !"-_. ".contains($0) } }
    return catalogue.first { letters($0.name) == letters(name) }
  }
}

/// Heads that fit any trunk.
enum Heads {
  static func plan(_ structure: Structure, _ features: [Int]) throws -> HeadPlan {
    let head = structure.head
    let pool = pool(head.kind, features)
    var unseen = Trace()
    let inputs = try pool.trace(features, &unseen).reduce(1, *)
    let isLinear = head.kind == .linear || head.kind == .grid
    let chance = head.dropout ?? (isLinear ? 0 : 0.5)
    let dropout = Sequential([("dropout", Dropout(chance))])
    let hidden = Sequential([("hidden", Dense(inputs, head.hidden)), ("relu", Activation.relu)])
    let width = isLinear ? inputs : head.hidden
    let output = Sequential([("output", Dense(width, structure.outputs))])
    let stages = (isLinear ? [] : [hidden]) + (chance > 0 ? [dropout] : []) + [output]
    return HeadPlan(name: "head", pool: pool, body: Sequential(stages.flatMap(\.parts)))
  }

  private static func pool(_ kind: HeadSpec.Kind, _ features: [Int]) -> any LayerPlan {
    switch kind {
    case .own, .linear, .mlp: Pool.global
    case .flatten: Flatten.channelsLast
    case .grid: Sequential([Pool.adaptiveAverage(min(4, features.dropFirst().min() ?? 1)), Flatten.channelsFirst])
    }
  }
}
