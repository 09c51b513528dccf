internal import Foundation
internal import HoneAugment
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

/// What was asked for while one document was read.
private final class Reading {
  private struct Visit {
    let node: Node.Mapping
    var asked: Set<String>
  }
  private let root: Node
  private let file: String?
  private var visits: [String: Visit] = [:]
  private var order: [String] = []

  init(root: Node, file: String?) {
    self.root = root
    self.file = file
  }

  func visit(_ mapping: Node.Mapping, at path: [any CodingKey]) {
    let place = path.dotted
    guard visits[place] == nil else { return }
    visits[place] = Visit(node: mapping, asked: [])
    order.append(place)
  }

  func ask(_ key: any CodingKey, at path: [any CodingKey]) {
    visits[path.dotted]?.asked.insert(key.stringValue)
  }

  func refuseUnknown() throws {
    for place in order {
      guard let visit = visits[place] else { continue }
      for (key, _) in visit.node {
        let name = key.string ?? ""
        guard !visit.asked.contains(name) else { continue }
        throw HoneError.unknown(
          name, among: visit.asked.sorted(), noun: place.isEmpty ? "a setting here" : "a setting of '\(place)'",
          file: file, line: key.mark?.line)
      }
    }
  }

  func explained(_ error: DecodingError) -> HoneError {
    switch error {
    case .keyNotFound(let key, let context):
      invalid("'\((context.codingPath + [key]).dotted)' is missing; add it", context)
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      invalid(context.debugDescription, context)
    @unknown default:
      HoneError(.invalidValue, "a setting could not be read", file: file, cause: error)
    }
  }

  private func invalid(_ message: String, _ context: DecodingError.Context) -> HoneError {
    let place = context.codingPath.dotted
    let line = line(of: context.codingPath)
    if var error = context.underlyingError as? HoneError {
      error.context["file"] = file
      error.context["line"] = line.map(String.init)
      return error
    }
    let named = place.isEmpty || message.contains(place) ? message : "\(place): \(message)"
    return HoneError(.invalidValue, named, file: file, line: line, key: place, cause: context.underlyingError)
  }

  /// The line of the last node along the path that the text has.
  private func line(of path: [any CodingKey]) -> Int? {
    var node = root
    for key in path {
      guard let next = node.mapping?[.init(key.stringValue)] ?? node.sequence?.dropFirst(key.intValue ?? .max).first
      else { break }
      node = next
    }
    return node.mark?.line
  }
}

extension [any CodingKey] {
  /// `optimizer.rates[2].pattern`
  fileprivate var dotted: String {
    reduce("") { text, key in
      if let index = key.intValue { return "\(text)[\(index)]" }
      return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
    }
  }
}

private struct Key: CodingKey {
  var stringValue: String
  var intValue: Int?
  init(stringValue: String) { self.stringValue = stringValue }
  init(intValue: Int) { (self.stringValue, self.intValue) = ("\(intValue)", intValue) }
}

private struct NodeDecoder: Decoder {
  let node: Node
  let path: [any CodingKey]
  let reading: Reading

  var codingPath: [any CodingKey] { path }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func read<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let decoder = try (type as? any Settings.Type).map { try over($0.init()) } ?? self
    do { return try Value(from: decoder) } catch let error as PipelineError {
      let code: HoneError.Code = [.unknownKey, .unknownName].contains(error.code) ? .unknownKey : .invalidValue
      let explained = HoneError(code, "\(path.dotted): \(error.message)", context: ["key": path.dotted])
      throw DecodingError.dataCorrupted(
        .init(codingPath: path, debugDescription: error.message, underlyingError: explained))
    }
  }

  /// The same node with the settings it leaves out taken from their defaults.
  private func over(_ defaults: any Settings) throws -> NodeDecoder {
    guard let mapping = node.mapping else { return self }
    reading.visit(mapping, at: path)
    guard let whole = try Yams.compose(yaml: StrictDocument.yaml(defaults))?.mapping else { return self }
    let absent = whole.filter { pair in !mapping.contains { $0.key.string == pair.key.string } }
    let pairs: [(Node, Node)] = (Array(mapping) + absent).map { ($0.key, $0.value) }
    return NodeDecoder(node: Node(pairs), path: path, reading: reading)
  }

  func child(_ node: Node, _ key: any CodingKey) -> NodeDecoder {
    NodeDecoder(node: node, path: path + [key], reading: reading)
  }

  func container<K: CodingKey>(keyedBy type: K.Type) throws -> KeyedDecodingContainer<K> {
    guard let mapping = node.mapping else { throw mismatch(K.self, "settings by name") }
    reading.visit(mapping, at: path)
    return KeyedDecodingContainer(Keyed<K>(decoder: self, mapping: mapping))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard let sequence = node.sequence else { throw mismatch([Int].self, "a list") }
    return Unkeyed(decoder: self, nodes: Array(sequence))
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(decoder: self) }

  var isNull: Bool { node.null != nil }

  func scalar<Value>(_ wanted: String, _ parse: (String) -> Value?) throws -> Value {
    guard let text = node.scalar?.string, let value = parse(text) else { throw mismatch(Value.self, wanted) }
    return value
  }

  private func mismatch(_ type: Any.Type, _ wanted: String) -> DecodingError {
    let found: String =
      switch node {
      case .scalar(let scalar): "'\(scalar.string)'"
      case .mapping: "settings by name"
      case .sequence: "a list"
      case .alias: "an alias"
      }
    let message = "'\(path.dotted)' must be \(wanted), not \(found)"
    return .typeMismatch(type, .init(codingPath: path, debugDescription: message))
  }
}

private struct Keyed<K: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: NodeDecoder
  let mapping: Node.Mapping

  var codingPath: [any CodingKey] { decoder.path }
  var allKeys: [K] { mapping.keys.compactMap { $0.string.flatMap(K.init(stringValue:)) } }

  private func find(_ key: K) -> Node? {
    decoder.reading.ask(key, at: decoder.path)
    return mapping.first { $0.key.string == key.stringValue }?.value
  }

  private func value(_ key: K) throws -> NodeDecoder {
    guard let node = find(key) else {
      throw DecodingError.keyNotFound(key, .init(codingPath: decoder.path, debugDescription: "missing"))
    }
    return decoder.child(node, key)
  }

  func contains(_ key: K) -> Bool { find(key) != nil }
  func decodeNil(forKey key: K) throws -> Bool { try value(key).isNull }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: K) throws -> Value { try value(key).read(type) }

  func nestedContainer<N: CodingKey>(keyedBy type: N.Type, forKey key: K) throws -> KeyedDecodingContainer<N> {
    try value(key).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: K) throws -> any UnkeyedDecodingContainer {
    try value(key).unkeyedContainer()
  }
  func superDecoder() throws -> any Decoder { decoder }
  func superDecoder(forKey key: K) throws -> any Decoder { try value(key) }
}

private struct Unkeyed: UnkeyedDecodingContainer {
  let decoder: NodeDecoder
  let nodes: [Node]
  var currentIndex = 0

  var codingPath: [any CodingKey] { decoder.path }
  var count: Int? { nodes.count }
  var isAtEnd: Bool { currentIndex >= nodes.count }

  private mutating func next() throws -> NodeDecoder {
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        Node.self, .init(codingPath: decoder.path, debugDescription: "'\(decoder.path.dotted)' has too few entries"))
    }
    defer { currentIndex += 1 }
    return decoder.child(nodes[currentIndex], Key(intValue: currentIndex))
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, nodes[currentIndex].null != nil else { return false }
    currentIndex += 1
    return true
  }
  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().read(type) }
  mutating func nestedContainer<N: CodingKey>(keyedBy type: N.Type) throws -> KeyedDecodingContainer<N> {
    try next().container(keyedBy: type)
  }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try next() }
}

private struct Single: SingleValueDecodingContainer {
  let decoder: NodeDecoder
  var codingPath: [any CodingKey] { decoder.path }

  func decodeNil() -> Bool { decoder.isNull }
  func decode(_ type: Bool.Type) throws -> Bool {
    try decoder.scalar("true or false") {
      ["true": true, "yes": true, "on": true, "false": false, "no": false, "off": false][$0.lowercased()]
    }
  }
  func decode(_ type: String.Type) throws -> String { try decoder.scalar("text") { $0 } }
  func decode(_ type: Double.Type) throws -> Double { try decoder.scalar("a number", Double.init) }
  func decode(_ type: Float.Type) throws -> Float { try decoder.scalar("a number", Float.init) }
  func decode(_ type: Int.Type) throws -> Int { try integer() }
  func decode(_ type: Int8.Type) throws -> Int8 { try integer() }
  func decode(_ type: Int16.Type) throws -> Int16 { try integer() }
  func decode(_ type: Int32.Type) throws -> Int32 { try integer() }
  func decode(_ type: Int64.Type) throws -> Int64 { try integer() }
  func decode(_ type: UInt.Type) throws -> UInt { try integer() }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try integer() }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try integer() }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try integer() }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try integer() }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.read(type) }

  private func integer<Value: FixedWidthInteger>() throws -> Value {
    try decoder.scalar("a whole number") { Value($0) ?? Double($0).flatMap(Value.init(exactly:)) }
  }
}
