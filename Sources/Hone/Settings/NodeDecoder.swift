internal import Foundation
internal import HoneAugment
internal import Yams

/// One node of a document as what a `Decodable` value reads from.
struct NodeDecoder: Decoder {
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
    return KeyedDecodingContainer(KeyedNodes<K>(decoder: self, mapping: mapping))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    if let sequence = node.sequence { return ListedNodes(decoder: self, nodes: Array(sequence)) }
    guard let ends else { throw mismatch([Int].self, "a list") }
    return ListedNodes(decoder: self, nodes: ends)
  }

  /// A range as Swift writes it: `-30...30` is read as `[-30, 30]`.
  private var ends: [Node]? {
    guard let scalar = node.scalar, scalar.style == .plain else { return nil }
    let ends = scalar.string.components(separatedBy: "...")
    guard ends.count == 2 else { return nil }
    return ends.map { .scalar(.init($0.trimmingCharacters(in: .whitespaces), .implicit, .plain, scalar.mark)) }
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { SingleNode(decoder: self) }

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
