public import HoneAugment

/// How a picture of any size becomes the size a model takes.
public enum ResizeRule: Codable, Sendable, Hashable {
  /// Both sides to the model's, whatever the proportions: what Keras's `target_size` does.
  case squash
  /// The shorter side to so many pixels, then the centre: what torchvision's weights expect.
  case shorterSide(Int)
  /// The picture is used as it is; it must have the model's size.
  case none
}

extension ResizeRule {
  private enum Key: String, CodingKey { case shorterSide }

  /// Written `squash`, `none`, or `{shorterSide: 256}`.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      self = .shorterSide(try container.decode(Int.self, forKey: .shorterSide))
      return
    }
    let known = ["squash": ResizeRule.squash, "none": .none]
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let rule = known[name] else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(name)' is no way to resize; known: none, shorterSide, squash")
    }
    self = rule
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .shorterSide(let side):
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(side, forKey: .shorterSide)
    case .squash, .none:
      var container = encoder.singleValueContainer()
      try container.encode(self == .squash ? "squash" : "none")
    }
  }
}

/// How a model is shown a picture in evaluation: it belongs to the weights, and is saved with them.
public struct Preprocessing: Codable, Sendable, Hashable {
  public var input: InputSpec
  public var resize: ResizeRule
  public var normalization: Normalization
  /// Whether an answer is the mean of those about a picture and about its mirror image.
  public var mirrors: Bool

  public init(input: InputSpec, resize: ResizeRule, normalization: Normalization, mirrors: Bool = false) {
    self.input = input
    self.resize = resize
    self.normalization = normalization
    self.mirrors = mirrors
  }

  /// Files from before answers could be mirrored do not say so.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    input = try container.decode(InputSpec.self, forKey: .input)
    resize = try container.decode(ResizeRule.self, forKey: .resize)
    normalization = try container.decode(Normalization.self, forKey: .normalization)
    mirrors = try container.decodeIfPresent(Bool.self, forKey: .mirrors) ?? false
  }

  /// What is customary for a structure: the classic CNN squashes and divides by 255; the others resize the shorter side
  /// (to 8/7 of the input for photographs), take the centre, and normalize as torchvision does.
  public init(for structure: Structure) {
    let architecture = Architecture.find(structure.name)
    let side = min(structure.input.height, structure.input.width)
    let isClassic = architecture?.normalization == .identity
    let resize: ResizeRule = isClassic ? .squash : .shorterSide(side >= 96 ? side * 8 / 7 : side)
    let usual = architecture?.normalization ?? .imageNet
    let fits = structure.input.channels == 3 || isClassic
    self.init(input: structure.input, resize: resize, normalization: fits ? usual : .identity)
  }

  /// The steps that make the picture's size the model's.
  public var pipeline: Pipeline {
    switch resize {
    case .squash: Pipeline([Step(Resize(height: input.height, width: input.width))])
    case .shorterSide(let side):
      Pipeline([Step(ShorterSide(pixels: side)), Step(CenterCrop(height: input.height, width: input.width))])
    case .none: Pipeline([])
    }
  }
}
