import Synchronization

/// The transforms and effects that a file may name: all of Hone's, and those that a program registers.
public enum Registry {
  private struct Contents {
    var transforms: [String: any Transform.Type] = [:]
    var effects: [String: any Effect.Type] = [:]
  }

  private static let contents = Mutex(
    Contents(
      transforms: Dictionary(uniqueKeysWithValues: Catalogue.transforms.map { ($0.name, $0) }),
      effects: Dictionary(uniqueKeysWithValues: Catalogue.effects.map { ($0.name, $0) })))

  /// Makes a transform known to pipelines in files.
  public static func register(_ transform: any Transform.Type) {
    contents.withLock { $0.transforms[transform.name] = transform }
  }

  /// Makes an effect known to plans in files.
  public static func register(_ effect: any Effect.Type) {
    contents.withLock { $0.effects[effect.name] = effect }
  }

  /// Every transform that a file may name, in alphabetical order.
  public static var transforms: [any Transform.Type] {
    contents.withLock { $0.transforms.values.sorted { $0.name < $1.name } }
  }

  static func transform(named name: String) throws(PipelineError) -> any Transform.Type {
    let known = contents.withLock { $0.transforms }
    guard let type = known[name] else {
      throw PipelineError.unknownName(name, kind: "transform", known: Array(known.keys))
    }
    return type
  }

  static func effect(named name: String) throws(PipelineError) -> any Effect.Type {
    let known = contents.withLock { $0.effects }
    guard let type = known[name] else {
      throw PipelineError.unknownName(name, kind: "effect", known: Array(known.keys))
    }
    return type
  }
}
