public import HoneAugment

/// Which network is trained, and from where it starts.
///
/// - Units: `input` in pixels; nil takes the backbone's, else what is customary for the structure.
public struct ModelChoice: Settings {
  /// A name that `hone models` lists.
  public var structure: String
  public var input: InputSpec?
  /// Nil keeps the structure's own top, or puts a linear one on a backbone.
  public var head: HeadSpec?
  public var options: StructureOptions
  /// A file of pretrained weights; nil starts from random ones.
  public var backbone: String?

  public init() { self.init("classic-cnn") }

  public init(
    _ structure: String, input: InputSpec? = nil, head: HeadSpec? = nil, options: StructureOptions = StructureOptions(),
    backbone: String? = nil
  ) {
    self.structure = structure
    self.input = input
    self.head = head
    self.options = options
    self.backbone = backbone
  }

  /// Conv 32-64-128, Dense 512, one sigmoid output: the program everybody starts with.
  public static var classicCNN: ModelChoice { ModelChoice("classic-cnn") }
}

// Parts of a recipe that live in other rooms: left out in text, their settings keep these defaults.
extension InputSpec: Settings {
  public init() { self.init(side: 224) }
}
extension HeadSpec: Settings {
  public init() { self.init(.own) }
}
extension StructureOptions: Settings {
  public init() { self.init(widths: nil) }
}

extension Mixing: Settings {
  public init() { self.init(mixUp: 0.2) }
}

extension Recipe {
  /// The recipe's network for some classes: random weights from the seed, or a backbone's under a new head.
  public func makeModel(classes: [String]) throws -> Model {
    let structure = structure(classes: classes.count)
    let made =
      if let backbone = model.backbone {
        try Model.make(structure, backbone: backbone, classes: classes, seed: seed)
      } else {
        try Model.make(structure, classes: classes, seed: seed)
      }
    made.preprocessing.mirrors = flipsWhenTesting
    return made
  }

  private func structure(classes: Int) -> Structure {
    let input = model.input ?? model.backbone.flatMap { try? ModelFile.header($0).structure.input }
    var structure = Structure(model.structure, input: input, classes: classes, head: .own, options: model.options)
    let isClassic = structure.name == Self.classic && classes == 2
    structure.head = model.head ?? (model.backbone != nil ? .linear : isClassic ? .own.binary : .own)
    structure.head.dropout = regularization.dropout ?? structure.head.dropout
    return structure
  }

  private static let classic = "classic-cnn"
}
