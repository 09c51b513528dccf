internal import Foundation
internal import HoneAugment
internal import HoneImage

extension Recipe: CustomStringConvertible {
  /// The recipe as YAML.
  public var description: String { (try? StrictDocument.yaml(self)) ?? "a recipe that cannot be written" }

  /// Reads a recipe from YAML or JSON text.
  ///
  /// - Parameter file: where the text comes from, for error messages.
  /// - Throws: `HoneError`; an unknown setting is named with its line and the nearest known one.
  public init(text: String, file: String? = nil) throws {
    try Self.refuseNewer(text, file: file)
    self = try StrictDocument.decode(Recipe.self, from: text, file: file)
    try check(file: file)
  }

  /// Reads a recipe from a YAML or JSON file.
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw HoneError(.notFound, "there is no recipe at \(path); check the path", file: path)
    }
    try self.init(text: String(decoding: data, as: UTF8.self), file: path)
  }

  /// Writes the recipe, as JSON where the path ends in `.json`, else as YAML.
  public func save(to path: String) throws {
    let text = try path.hasSuffix(".json") ? StrictDocument.json(self) : StrictDocument.yaml(self)
    try AtomicFile.write(Array(text.utf8), to: path)
  }

  private static func refuseNewer(_ text: String, file: String?) throws {
    let version = StrictDocument.peek("formatVersion", in: text).flatMap { Int($0) } ?? currentFormat
    guard version > currentFormat else { return }
    throw HoneError(
      .newerVersion,
      "\(file ?? "the recipe") has format \(version), and this Hone reads up to \(currentFormat); use a newer Hone",
      file: file, key: "formatVersion")
  }
}
