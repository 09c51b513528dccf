import Foundation

/// A tree of numbers, texts and lists, as JSON or YAML holds it; what a step's parameters pass through while defaults
/// are filled in and names checked.
enum Parameters: Sendable, Hashable, Codable {
  case null
  case flag(Bool)
  case integer(Int64)
  case unsigned(UInt64)
  case number(Double)
  case text(String)
  case list([Parameters])
  case table([String: Parameters])

  init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: AnyKey.self) {
      self = .table(
        try Dictionary(
          uniqueKeysWithValues: keyed.allKeys.map { ($0.stringValue, try keyed.decode(Parameters.self, forKey: $0)) }))
    } else if var list = try? decoder.unkeyedContainer() {
      var values: [Parameters] = []
      while !list.isAtEnd { values.append(try list.decode(Parameters.self)) }
      self = .list(values)
    } else {
      self = try Self.scalar(decoder.singleValueContainer())
    }
  }

  private static func scalar(_ container: any SingleValueDecodingContainer) throws -> Parameters {
    if container.decodeNil() { return .null }
    if let value = try? container.decode(Bool.self) { return .flag(value) }
    if let value = try? container.decode(Int64.self) { return .integer(value) }
    if let value = try? container.decode(UInt64.self) { return .unsigned(value) }
    if let value = try? container.decode(Double.self) { return .number(value) }
    return .text(try container.decode(String.self))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .flag(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .unsigned(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    case .table(let values): try container.encode(values)
    }
  }

  init(of value: some Encodable) throws {
    self = try JSONDecoder().decode(Parameters.self, from: JSONEncoder().encode(value))
  }

  func decoded<T: Decodable>(as type: T.Type) throws -> T {
    try JSONDecoder().decode(type, from: JSONEncoder().encode(self))
  }
}

extension Parameters: CustomStringConvertible {
  var description: String {
    switch self {
    case .null: "none"
    case .flag(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .number(let value): Self.text(value)
    case .text(let value): value
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .table(let values): Self.list(values)
    }
  }

  /// Five digits are enough for people.
  private static func text(_ value: Double) -> String {
    let text = "\(value)"
    return text.count > 8 ? String(format: "%.5g", value) : text
  }

  static func list(_ values: [String: Parameters]) -> String {
    values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
  }
}

extension Step: Codable {
  private static let chanceKey = "chance"

  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      self.init(try Self.make(Registry.transform(named: name), [:]))
      return
    }
    let container = try decoder.container(keyedBy: AnyKey.self)
    let names = container.allKeys.filter { $0.stringValue != Self.chanceKey }
    guard let key = names.first, names.count == 1 else {
      throw PipelineError(
        .malformed, "A step is written {Name: {parameter: value}} with an optional chance; found \(names.count) names.")
    }
    let type = try Registry.transform(named: key.stringValue)
    let given =
      (try? container.decodeNil(forKey: key)) == true ? .table([:]) : try container.decode(Parameters.self, forKey: key)
    guard case .table(let values) = given else {
      let names = Mirror(reflecting: type.standard).children.compactMap(\.label).map { "\($0): …" }
      throw PipelineError(
        .malformed, "The parameters of \(type.name) are written {\(names.joined(separator: ", "))}.")
    }
    let chance = try container.decodeIfPresent(Double.self, forKey: AnyKey(Self.chanceKey)) ?? 1
    guard (0...1).contains(chance) else {
      throw PipelineError(.badValue, "The chance of \(type.name) is \(chance); it must lie between 0 and 1.")
    }
    self.init(try Self.make(type, values), chance: chance)
  }

  /// A transform from the parameters given, the rest from its standard.
  private static func make<T: Transform>(_ type: T.Type, _ given: [String: Parameters]) throws -> T {
    let known = Mirror(reflecting: type.standard).children.compactMap(\.label)
    for key in given.keys.sorted() where !known.contains(key) {
      throw PipelineError.unknownKey(key, of: type.name, known: known)
    }
    guard !known.isEmpty else { return type.standard }
    guard case .table(let standard) = try Parameters(of: type.standard) else { return type.standard }
    let transform: T
    do {
      transform = try Parameters.table(standard.merging(given) { $1 }).decoded(as: type)
    } catch let error as PipelineError {
      throw error
    } catch {
      throw PipelineError(
        .badValue,
        "\(type.name) cannot be read from {\(Parameters.list(given))}. An example: {\(Parameters.list(standard))}.")
    }
    if let problem = transform.problem { throw PipelineError(.badValue, "\(type.name): \(problem)") }
    return transform
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: AnyKey.self)
    try container.encode(transform, forKey: AnyKey(name))
    if chance < 1 { try container.encode(chance, forKey: AnyKey(Self.chanceKey)) }
  }
}
