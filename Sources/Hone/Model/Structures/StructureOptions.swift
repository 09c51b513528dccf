/// What can be chosen about a structure; nil means the published choice.
///
/// Every structure heeds `activation`, `norm`, `dropPath`, `shakeDrop`, `attentionDropout`, `tokenDropout`, `insets` and
/// `until` where it has what they change; the others belong to families, and an error names the ones that a structure has.
public struct StructureOptions: Codable, Sendable, Hashable {
  public enum Padding: String, Codable, Sendable, CaseIterable { case torch, tensorflow }
  public enum Stem: String, Codable, Sendable, CaseIterable {
    /// Makes the picture smaller before the first block, for photographs.
    case photo
    /// Keeps its size, for pictures of about 32 pixels.
    case small
  }
  public enum Norm: String, Codable, Sendable, CaseIterable {
    case batch
    /// Over groups of channels of one picture: for batches of few pictures.
    case group
  }

  /// Filters of each stage, or of each block of the classic CNN, whose number is its depth.
  public var widths: [Int]?
  /// Blocks of each stage.
  public var depths: [Int]?
  /// A factor on all filters, as mobile networks have it.
  public var width: Double?
  /// Units of the classic CNN's hidden dense layer.
  public var dense: Int?
  /// Whose zeros surround strided convolutions: weights from TensorFlow need its own.
  public var padding: Padding?
  public var stem: Stem?
  /// The side in pixels of the patches that a picture is cut into.
  public var patch: Int?
  /// What takes the place of the trunk's own activation.
  public var activation: Activation?
  public var norm: Norm?
  /// The chance that the last residual block is left out in training; it grows linearly from 0 at the first.
  public var dropPath: Double?
  /// Whether residual blocks are shaken in place of being left out, with the chances of `dropPath`.
  public var shakeDrop: Bool?
  /// The chance that a token overlooks another in training.
  public var attentionDropout: Double?
  /// The share of a picture's patches that is left out in training.
  public var tokenDropout: Double?
  /// Layers put after others, for training.
  public var insets: [Inset]?
  /// The last part of the trunk, such as `layer2` or `features.13`; what would follow is left out.
  public var until: String?

  public init(
    widths: [Int]? = nil, depths: [Int]? = nil, width: Double? = nil, dense: Int? = nil, padding: Padding? = nil,
    stem: Stem? = nil, patch: Int? = nil, activation: Activation? = nil, norm: Norm? = nil, dropPath: Double? = nil,
    shakeDrop: Bool? = nil, attentionDropout: Double? = nil, tokenDropout: Double? = nil, insets: [Inset]? = nil,
    until: String? = nil
  ) {
    self.widths = widths
    self.depths = depths
    self.width = width
    self.dense = dense
    self.padding = padding
    self.stem = stem
    self.patch = patch
    self.activation = activation
    self.norm = norm
    self.dropPath = dropPath
    self.shakeDrop = shakeDrop
    self.attentionDropout = attentionDropout
    self.tokenDropout = tokenDropout
    self.insets = insets
    self.until = until
  }

  /// The same for the whole trunk.
  var whole: StructureOptions {
    var options = self
    options.until = nil
    return options
  }

  /// The names of the chosen options that not every structure has.
  var chosen: [String] {
    [
      ("widths", widths != nil), ("depths", depths != nil), ("width", width != nil), ("dense", dense != nil),
      ("padding", padding != nil), ("stem", stem != nil), ("patch", patch != nil),
    ].filter(\.1).map(\.0)
  }

  /// The first choice that no structure could heed, and what it must be.
  var problem: (key: String, value: String, wanted: String)? {
    if let widths, widths.isEmpty || widths.contains(where: { $0 < 1 }) {
      return ("widths", "\(widths)", "one positive number of filters per block or stage")
    }
    if let depths, depths.isEmpty || depths.contains(where: { $0 < 1 }) {
      return ("depths", "\(depths)", "one positive number of blocks per stage")
    }
    if let width, !(0.05...20).contains(width) { return ("width", "\(width)", "a factor from 0.05 to 20") }
    if let dense, dense < 1 { return ("dense", "\(dense)", "at least 1") }
    if let patch, patch < 1 { return ("patch", "\(patch)", "at least 1 pixel") }
    let chances = [
      ("dropPath", dropPath), ("attentionDropout", attentionDropout), ("tokenDropout", tokenDropout),
    ]
    for case (let key, let chance?) in chances where !(0..<1).contains(chance) {
      return (key, "\(chance)", "a chance from 0 up to, not including, 1")
    }
    return nil
  }
}

// What families ask of the options.
extension Structure {
  func depths(_ published: [Int]) throws -> [Int] { try list("depths", options.depths, published) }
  func widths(_ published: [Int]) throws -> [Int] { try list("widths", options.widths, published) }

  /// The published filters times the factor, rounded.
  func filters(_ published: Int, to divisor: Int = 8) -> Int {
    options.width.map { Brick.rounded(Double(published) * $0, to: divisor) } ?? published
  }

  var hasSmallStem: Bool { options.stem == .small }

  private func list(_ key: String, _ chosen: [Int]?, _ published: [Int]) throws -> [Int] {
    guard let chosen, chosen.count != published.count else { return chosen ?? published }
    throw invalid(key, "\(chosen)", "\(published.count) numbers, such as its own \(published)")
  }

  func invalid(_ key: String, _ value: String, _ wanted: String) -> HoneError {
    HoneError(.invalidValue, "\(key) of \(name) is \(value); it must be: \(wanted)", context: ["key": key])
  }
}
