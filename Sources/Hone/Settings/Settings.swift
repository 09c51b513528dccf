/// A group of settings in a recipe: a value whose every part has a default, `init()`.
///
/// Read from text, a part that is left out keeps its default, and a part that nobody knows is an error. Conforming types
/// need no code for either: plain stored properties and the compiler's `Codable` are enough.
public protocol Settings: Codable, Sendable, Hashable {
  init()
}

/// Settings that are one of several kinds, told apart by name: written `cosine`, or `{cosine: {final: 0.01}}`.
///
/// A new kind is one file that conforms, and one line in the list of known ones.
public protocol NamedSettings: Settings {
  static var name: String { get }
  /// What must hold of its numbers, for any use of them.
  var demands: [Demand] { get }
}

extension NamedSettings {
  public var demands: [Demand] { [] }
}

/// The kinds among which one setting chooses.
public protocol KindFamily {
  /// What the kinds have in common, as an existential.
  associatedtype Kind: Sendable
  /// What one of them is called in messages: `a constraint`.
  static var noun: String { get }
  /// Every kind that a recipe can name; each is a `Kind`.
  static var known: [any NamedSettings.Type] { get }
}

/// One kind of a family, as a setting.
public struct OneOf<Family: KindFamily>: Codable, Sendable, Hashable {
  public var value: Family.Kind

  public init(_ value: Family.Kind) { self.value = value }

  public init(from decoder: any Decoder) throws {
    let found = try Kinds.decode(from: decoder, among: Family.known, noun: Family.noun)
    guard let value = found as? Family.Kind else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\(type(of: found)) is not \(Family.noun)"))
    }
    self.value = value
  }

  public func encode(to encoder: any Encoder) throws {
    if let named = value as? any NamedSettings { try Kinds.encode(named, to: encoder) }
  }

  public static func == (a: Self, b: Self) -> Bool { a.key == b.key }
  public func hash(into hasher: inout Hasher) { hasher.combine(key) }

  private var key: AnyHashable? { (value as? any NamedSettings).map { AnyHashable($0) } }
}

/// Reading and writing of one kind among several.
enum Kinds {
  static func decode(
    from decoder: any Decoder, among known: [any NamedSettings.Type], noun: String
  ) throws -> any NamedSettings {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      return try find(name, among: known, noun: noun, at: decoder.codingPath).init()
    }
    let container = try decoder.container(keyedBy: Name.self)
    let named = container.allKeys.filter(container.contains)
    guard let key = named.first, named.count == 1 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "exactly one name is needed: \(noun)"))
    }
    return try container.decode(find(key.stringValue, among: known, noun: noun, at: decoder.codingPath), forKey: key)
  }

  static func encode(_ value: any NamedSettings, to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    try container.encode(value, forKey: Name(stringValue: type(of: value).name))
  }

  static func equal(_ a: any NamedSettings, _ b: any NamedSettings) -> Bool { AnyHashable(a) == AnyHashable(b) }

  private static func find(
    _ name: String, among known: [any NamedSettings.Type], noun: String, at path: [any CodingKey]
  ) throws -> any NamedSettings.Type {
    if let kind = known.first(where: { $0.name == name }) { return kind }
    let error = HoneError.unknown(name, among: known.map { $0.name }, noun: noun)
    throw DecodingError.dataCorrupted(
      .init(codingPath: path, debugDescription: error.message, underlyingError: error))
  }

  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
