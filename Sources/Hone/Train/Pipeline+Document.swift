internal import Foundation
public import HoneAugment
internal import HoneImage

extension Pipeline {
  /// Reads a pipeline from a YAML or JSON file: `{formatVersion: 1, steps: […]}`, or the list of steps alone.
  ///
  /// - Throws: `HoneError`; an unknown name comes with the nearest known one.
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw HoneError(.notFound, "there is no pipeline at \(path); check the path", file: path)
    }
    self = try StrictDocument.decode(Pipeline.self, from: String(decoding: data, as: UTF8.self), file: path)
  }

  /// Writes the pipeline, as JSON where the path ends in `.json`, else as YAML.
  public func save(to path: String) throws {
    let text = try path.hasSuffix(".json") ? json : StrictDocument.yaml(document)
    try AtomicFile.write(Array(text.utf8), to: path)
  }
}

extension Step {
  /// A step as one writes it on a command line: `Rotate`, `Rotate:degrees=-30...30,border=reflect`, or with the
  /// parameters in YAML, `Rotate:{degrees: [-30, 30]}`.
  ///
  /// - Throws: `HoneError`; the name of another library's transform comes with Hone's.
  public init(written text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
    let name = parts.first ?? ""
    let found = Catalogue.entries(named: name)
    if let hone = found.first, !found.contains(where: { $0.name == name }) {
      throw HoneError(
        .unknownKey, "'\(name)' is \(found.map(\.name).joined(separator: " or ")) in Hone", context: ["name": hone.name]
      )
    }
    guard parts.count == 2 else {
      self = try StrictDocument.decode(Step.self, from: name)
      return
    }
    let parameters = parts[1].hasPrefix("{") ? parts[1] : Self.flow(parts[1])
    self = try StrictDocument.decode(Step.self, from: "{\(name): \(parameters)}")
  }

  /// `a=1,b=2...3` as YAML's `{a: 1, b: 2...3}`; a comma inside brackets separates nothing.
  private static func flow(_ text: String) -> String {
    var depth = 0
    let pairs = text.split { character in
      depth += "[{".contains(character) ? 1 : "]}".contains(character) ? -1 : 0
      return character == "," && depth == 0
    }
    let entries = pairs.map { pair in
      let sides = pair.split(separator: "=", maxSplits: 1)
      return "\(sides.first ?? ""): \(sides.last ?? "")"
    }
    return "{\(entries.joined(separator: ", "))}"
  }
}
