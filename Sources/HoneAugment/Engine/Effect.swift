public import HoneImage

/// What neither moves pixels nor maps colours one by one: blurs, noise, erasing, or a user's own idea.
///
/// A value holding everything drawn. To read it back from a file, `Registry.register` it.
public protocol Effect: Sendable, Hashable, Codable {
  static var name: String { get }
  /// Changes the picture in place; its size stays.
  func apply(to image: inout Image<UInt8>)
}

extension Effect {
  public static var name: String { String(describing: Self.self) }
}

/// Any effect, as a value; written `{name: parameters}`.
public struct AnyEffect: Sendable, Hashable, Codable {
  public let effect: any Effect

  public init(_ effect: any Effect) { self.effect = effect }

  public static func == (a: AnyEffect, b: AnyEffect) -> Bool { equal(a.effect, b.effect) }

  public func hash(into hasher: inout Hasher) { hasher.combine(effect) }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: AnyKey.self)
    guard let key = container.allKeys.first, container.allKeys.count == 1 else {
      throw PipelineError(.malformed, "An effect is written {name: {parameter: value}}.")
    }
    effect = try container.decode(try Registry.effect(named: key.stringValue), forKey: key)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: AnyKey.self)
    try container.encode(effect, forKey: AnyKey(type(of: effect).name))
  }
}

/// Whether two values of unknown type are of the same type and equal.
func equal<T: Hashable>(_ a: T, _ b: any Hashable) -> Bool { (b as? T).map { $0 == a } ?? false }

/// Any string as a coding key.
struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
