internal import Foundation
internal import Yams

/// Reads and writes settings as YAML or JSON (which is YAML too), and refuses what it does not know.
///
/// Any `Decodable` value works: the reader remembers which keys the value asked for, so a key that nobody asked for is an
/// error with its line, its path and the nearest key that would have been understood. No list of keys is kept anywhere.
package enum StrictDocument {
  /// Decodes a value from text.
  ///
  /// - Throws: `HoneError` `.malformed` (not YAML), `.invalidValue` (wrong kind, missing key), `.unknownKey`; each names
  ///   file, line and key path.
  package static func decode<Value: Decodable>(_ type: Value.Type, from text: String, file: String? = nil) throws
    -> Value
  {
    let root = try parse(text, file: file)
    let reading = Reading(root: root, file: file)
    let value: Value
    do {
      value = try NodeDecoder(node: root, path: [], reading: reading).read(Value.self)
    } catch let error as DecodingError {
      if !error.isExplained { try reading.refuseUnknown() }  // a misspelt key explains a missing one
      throw reading.explained(error)
    }
    try reading.refuseUnknown()
    return value
  }

  /// The value as YAML, keys in the order of their declaration; every number comes back bit for bit.
  package static func yaml(_ value: some Encodable) throws -> String {
    let ordered = try Yams.compose(yaml: YAMLEncoder().encode(value))
    let exact = try Yams.compose(yaml: json(value))
    guard let ordered, let exact else { return "" }
    return try Yams.serialize(node: merge(ordered, exact), width: 120, allowUnicode: true)
  }

  /// The order of one tree with the numbers of the other, which Yams would round to 15 digits.
  private static func merge(_ ordered: Node, _ exact: Node) -> Node {
    switch (ordered, exact) {
    case (.mapping(let pairs), .mapping(let others)):
      Node(pairs.map { ($0.key, others[$0.key].map { [value = $0.value] in merge(value, $0) } ?? $0.value) })
    case (.sequence(let items), .sequence(let others)):
      Node(zip(items, others).map(merge))
    case (.scalar, .scalar(let scalar)) where scalar.style == .plain: exact
    default: ordered
    }
  }

  /// The value as JSON, indented, keys sorted.
  package static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }

  /// The text of one top-level setting, or nil.
  package static func peek(_ key: String, in text: String) -> String? {
    (try? Yams.compose(yaml: text))?.mapping?[.init(key)]?.scalar?.string
  }

  private static func parse(_ text: String, file: String?) throws -> Node {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw HoneError(.malformed, "the file is empty; write at least 'formatVersion: 1'", file: file)
      }
      return node
    } catch let error as YamlError {
      throw HoneError(
        .malformed, "\(file ?? "the text") is not valid YAML or JSON; see the line named below", file: file,
        cause: error)
    }
  }
}

extension DecodingError {
  /// Whether it carries an error with a remedy of its own.
  fileprivate var isExplained: Bool {
    if case .dataCorrupted(let context) = self { context.underlyingError is HoneError } else { false }
  }
}
