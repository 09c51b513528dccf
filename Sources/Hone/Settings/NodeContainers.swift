internal import Yams

/// Settings by name.
struct KeyedNodes<K: CodingKey>: KeyedDecodingContainerProtocol {
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

/// A list.
struct ListedNodes: UnkeyedDecodingContainer {
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

/// A number, a text, or a whole value.
struct SingleNode: SingleValueDecodingContainer {
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

/// A place in a list.
private struct Key: CodingKey {
  var stringValue: String
  var intValue: Int?
  init(stringValue: String) { self.stringValue = stringValue }
  init(intValue: Int) { (self.stringValue, self.intValue) = ("\(intValue)", intValue) }
}
