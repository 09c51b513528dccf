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

  /// Hone's own, by family, and then what has been registered.
  public static var names: [String] { Architecture.all.map(\.name) }

  /// One line about it, for a list; empty for an unknown name.
  public var title: String { Architecture.find(name)?.title ?? "" }
  /// The heading that it stands under in a list.
  public var family: String { Architecture.find(name)?.family ?? "" }
  /// Where it was published.
  public var source: String { Architecture.find(name)?.source ?? "" }

  /// The names of the options that it heeds, beside `until`, and those that change what it has of activations, norms and
  /// residual blocks.
  public var optionNames: [String] { Architecture.find(name)?.options ?? [] }

  /// Scores per picture: one for a sigmoid head.
  public var outputs: Int { head.output == .sigmoid ? 1 : classes }

  /// Says what is wrong with the structure, before anything is built or read.
  ///
  /// - Throws: `HoneError`: `.unknownKey`, `.conflict`, `.invalidValue`, `.inputTooSmall` with the smallest side.
  public func check() throws { _ = try summary() }

  /// The layer table: shapes, parameters, multiply-adds, from the value alone.
  public func summary() throws -> Trace { try design().table }
}
