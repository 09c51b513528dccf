public import HoneImage

/// A step that is chosen by chance and done to a picture.
///
/// Conform a `Codable` struct to add your own, and `Registry.register` it so that pipelines in files may name it.
/// Stored properties are its parameters; keys missing in a file take the values of `standard`.
public protocol Transform: Sendable, Hashable, Codable {
  /// The name in files and in the key of its random draws; the type's own name unless given.
  static var name: String { get }
  /// The transform with its default parameters.
  static var standard: Self { get }
  /// What is wrong with the parameters, or nil.
  var problem: String? { get }
  /// Draws the random numbers and says what to do. A pure function of its three inputs.
  func draw(for scene: Scene, from stream: inout RandomStream) -> [Action]
}

extension Transform {
  public static var name: String { String(describing: Self.self) }
  public var problem: String? { nil }
  /// This transform with a probability; otherwise the picture passes unchanged.
  public func applied(_ chance: Double) -> Step { Step(self, chance: chance) }
}

/// What a transform may know of the picture while it draws.
public struct Scene: Sendable, Hashable {
  /// The picture's size at this step.
  public var size: Size
  public let channels: Int
  /// The picture's class, when it is known.
  public let label: Int?
  /// Which picture it is, and in which epoch: for what must change from epoch to epoch in an orderly way.
  public let key: SampleKey

  public init(
    size: Size, channels: Int = 3, label: Int? = nil, key: SampleKey = SampleKey(seed: 0, epoch: 0, position: 0)
  ) {
    self.size = size
    self.channels = channels
    self.label = label
    self.key = key
  }

  /// Draws steps one after another, each seeing the size that the one before leaves.
  public func draw(_ steps: some Sequence<Step>, from stream: inout RandomStream) -> [Action] {
    var scene = self
    var actions: [Action] = []
    for step in steps {
      let drawn = step.draw(for: scene, from: &stream)
      for action in drawn { scene.size = action.outputSize(of: scene.size) }
      actions += drawn
    }
    return actions
  }
}

/// Which picture is to be changed: the key of its random draws.
public struct SampleKey: Sendable, Hashable, Codable {
  public var seed: UInt64
  public var epoch: Int
  /// Position in the epoch's order.
  public var position: Int
  /// Number in the data set, where it is known: the same in every epoch.
  public var picture: Int?
  public init(seed: UInt64, epoch: Int, position: Int, picture: Int? = nil) {
    self.seed = seed
    self.epoch = epoch
    self.position = position
    self.picture = picture
  }
}

/// A transform and the chance that it happens; written `{Name: {parameter: value}, chance: 0.5}`.
public struct Step: Sendable, Hashable {
  public let transform: any Transform
  /// 0 never … 1 always.
  public let chance: Double
  public let name: String

  public init(_ transform: any Transform, chance: Double = 1) {
    self.transform = transform
    self.chance = min(1, max(0, chance))
    name = type(of: transform).name
  }

  public static func == (a: Step, b: Step) -> Bool { a.chance == b.chance && equal(a.transform, b.transform) }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(chance)
    hasher.combine(transform)
  }

  func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    stream.chance(chance) ? transform.draw(for: scene, from: &stream) : []
  }
}
