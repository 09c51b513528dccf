/// The pictures a model takes.
public struct InputSpec: Codable, Sendable, Hashable, CustomStringConvertible {
  public var height: Int
  public var width: Int
  public var channels: Int

  public init(height: Int, width: Int, channels: Int = 3) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  public init(side: Int, channels: Int = 3) { self.init(height: side, width: side, channels: channels) }

  /// As a tensor without its batch.
  public var shape: [Int] { [channels, height, width] }
  public var description: String { "\(height)×\(width)×\(channels)" }
}

/// What turns the features of a picture into its class scores.
public struct HeadSpec: Codable, Sendable, Hashable {
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// The structure's own top.
    case own
    /// Mean over the picture, then one dense layer.
    case linear
    /// Mean over each cell of a grid of at most 4×4, then one dense layer: for features that still know where.
    case grid
    /// Mean over the picture, a hidden dense layer with ReLU, dropout, a dense layer.
    case mlp
    /// Flatten in height-width-channel order, a hidden dense layer with ReLU, dropout, a dense layer: the classic one.
    case flatten
  }

  public enum Output: String, Codable, Sendable, CaseIterable {
    /// One score per class.
    case softmax
    /// One score in all, for two classes: above zero means the second.
    case sigmoid
  }

  public var kind: Kind
  /// Width of the hidden layer of `mlp` and `flatten`.
  public var hidden: Int
  /// Chance of the head's dropout; nil: what is customary for it.
  public var dropout: Double?
  public var output: Output

  public init(_ kind: Kind = .own, hidden: Int = 512, dropout: Double? = nil, output: Output = .softmax) {
    self.kind = kind
    self.hidden = hidden
    self.dropout = dropout
    self.output = output
  }

  public static let own = HeadSpec(.own)
  public static let linear = HeadSpec(.linear)
  public static let mlp = HeadSpec(.mlp)
  /// Flatten, Dense 512 ReLU, Dropout 0.5, Dense.
  public static let classic = HeadSpec(.flatten)

  /// The same with one sigmoid output for two classes.
  public var binary: HeadSpec {
    var head = self
    head.output = .sigmoid
    return head
  }
}

/// What can be chosen about a structure; nil means the published choice.
public struct StructureOptions: Codable, Sendable, Hashable {
  public enum Padding: String, Codable, Sendable, CaseIterable { case torch, tensorflow }
  public enum Stem: String, Codable, Sendable, CaseIterable {
    /// Halves the picture twice before the first block, for photographs.
    case photo
    /// Keeps its size, for pictures of about 32 pixels.
    case small
  }

  /// Filters of each block of the classic CNN; their number is its depth.
  public var widths: [Int]?
  /// Units of the classic CNN's hidden dense layer.
  public var dense: Int?
  /// Whose zeros surround strided convolutions: weights from TensorFlow need its own.
  public var padding: Padding?
  public var stem: Stem?
  /// The last part of the trunk, such as `layer2` or `features.13`; what would follow is left out.
  public var until: String?

  public init(
    widths: [Int]? = nil, dense: Int? = nil, padding: Padding? = nil, stem: Stem? = nil, until: String? = nil
  ) {
    self.widths = widths
    self.dense = dense
    self.padding = padding
    self.stem = stem
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
    [("widths", widths != nil), ("dense", dense != nil), ("padding", padding != nil), ("stem", stem != nil)]
      .filter(\.1).map(\.0)
  }
}

/// A network by name and choices: everything but its weights.
///
/// ```swift
/// let structure = Structure("resnet18", input: InputSpec(side: 224), classes: 5, head: .linear)
/// try structure.check()
/// print(try structure.summary())
/// ```
public struct Structure: Codable, Sendable, Hashable {
  public var name: String
  public var input: InputSpec
  /// How many classes there are; a sigmoid head has one output for two.
  public var classes: Int
  public var head: HeadSpec
  public var options: StructureOptions

  /// - Parameter input: nil takes the customary size of the structure (224×224 for an unknown name).
  public init(
    _ name: String, input: InputSpec? = nil, classes: Int, head: HeadSpec = .own,
    options: StructureOptions = StructureOptions()
  ) {
    let architecture = Architecture.find(name)
    self.name = architecture?.name ?? name
    self.input = input ?? architecture?.input ?? InputSpec(side: 224)
    self.classes = classes
    self.head = head
    self.options = options
  }

  public static var names: [String] { Architecture.catalogue.map(\.name) }

  /// One line about it, for a list; empty for an unknown name.
  public var title: String { Architecture.find(name)?.title ?? "" }

  /// Scores per picture: one for a sigmoid head.
  public var outputs: Int { head.output == .sigmoid ? 1 : classes }

  /// Says what is wrong with the structure, before anything is built or read.
  ///
  /// - Throws: `HoneError`: `.unknownKey`, `.conflict`, `.invalidValue`, `.inputTooSmall` with the smallest side.
  public func check() throws { _ = try summary() }

  /// The layer table: shapes, parameters, multiply-adds, from the value alone.
  public func summary() throws -> Trace { try design().table }
}

/// A structure worked out: its parts as plans, and the table.
struct Design {
  var trunk: Sequential
  /// Shape of one picture's features without the top.
  var features: [Int]
  var head: HeadPlan
  /// Shape of what the head's trained part takes: what is cached for a frozen trunk.
  var embedding: [Int]
  var table: Trace
}

/// A head before it exists: a fixed part, and the part with parameters under its name.
struct HeadPlan {
  var name: String
  var pool: any LayerPlan
  var body: any LayerPlan
}

extension Structure {
  func design() throws -> Design {
    let architecture = try Architecture.named(name)
    try checkChoices(of: architecture)
    do { return try design(architecture) } catch let error as HoneError where error.code == .inputTooSmall {
      throw HoneError(
        .inputTooSmall,
        "pictures of \(input) are too small for \(name): \(smallestSide(architecture)); or choose another structure",
        cause: error.message, context: ["structure": name, "input": input.description])
    }
  }

  private func design(_ architecture: Architecture) throws -> Design {
    var table = Trace()
    let trunk = try trunk(architecture)
    let features = try trunk.trace(input.shape, &table)
    let head = try head.kind == .own ? architecture.top(self, features) : Heads.plan(self, features)
    let embedding = try head.pool.trace(features, &table)
    _ = try table.within(head.name) { try head.body.trace(embedding, &$0) }
    return Design(trunk: trunk, features: features, head: head, embedding: embedding, table: table)
  }

  private func trunk(_ architecture: Architecture) throws -> Sequential {
    let whole = try architecture.trunk(self)
    guard let until = options.until else { return whole }
    guard let cut = whole.cut(after: until) else {
      throw HoneError.unknown(until, among: whole.places, noun: "a part of \(name)'s trunk")
    }
    return cut
  }

  private func checkChoices(of architecture: Architecture) throws {
    guard classes >= 2 else { throw invalid("classes", "\(classes)", "a classifier has at least 2 classes") }
    guard head.output == .softmax || classes == 2 else {
      throw HoneError(
        .conflict, "a sigmoid head tells two classes apart, not \(classes); use softmax", context: ["key": "output"])
    }
    guard (1...65_536).contains(input.height), (1...65_536).contains(input.width), (1...16).contains(input.channels)
    else {
      throw invalid("input", input.description, "1 to 65536 pixels a side and 1 to 16 channels")
    }
    guard head.hidden >= 1 else { throw invalid("hidden", "\(head.hidden)", "at least 1") }
    guard (0..<1).contains(head.dropout ?? 0) else {
      throw invalid("dropout", "\(head.dropout ?? 0)", "a chance from 0 up to, not including, 1")
    }
    if let widths = options.widths, widths.isEmpty || widths.contains(where: { $0 < 1 }) {
      throw invalid("widths", "\(widths)", "one positive number of filters per block")
    }
    if let dense = options.dense, dense < 1 { throw invalid("dense", "\(dense)", "at least 1") }
    for option in options.chosen where !architecture.options.contains(option) {
      throw HoneError(
        .conflict,
        "\(name) has no option '\(option)'; its options: "
          + (architecture.options.isEmpty ? "none" : architecture.options.joined(separator: ", ")),
        context: ["key": option, "structure": name])
    }
  }

  private func invalid(_ key: String, _ value: String, _ wanted: String) -> HoneError {
    HoneError(.invalidValue, "\(key) of \(name) is \(value); it must be: \(wanted)", context: ["key": key])
  }

  /// The remedy for a picture that is too small.
  private func smallestSide(_ architecture: Architecture) -> String {
    let side = (1...512).first { side in
      var larger = self
      larger.input = InputSpec(side: side, channels: input.channels)
      return (try? larger.design(architecture)) != nil
    }
    return side.map { "give at least \($0)×\($0)" } ?? "it has too many blocks"
  }
}
