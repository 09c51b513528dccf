import Foundation

/// In a file a pipeline is a list of steps; as a document of its own, `{formatVersion: 1, steps: […]}`.
extension Pipeline {
  /// The newest format that this Hone writes, and reads.
  public static let currentFormat = 1

  private static let keys = (version: AnyKey("formatVersion"), steps: AnyKey("steps"))

  public init(from decoder: any Decoder) throws {
    if let list = try? decoder.unkeyedContainer(), list.count != nil {
      self.init(try decoder.singleValueContainer().decode([Step].self))
      return
    }
    let document = try decoder.container(keyedBy: AnyKey.self)
    let version = try document.decodeIfPresent(Int.self, forKey: Self.keys.version) ?? Self.currentFormat
    guard version <= Self.currentFormat else {
      throw PipelineError(
        .newerVersion,
        "The pipeline has format \(version), and this Hone reads up to \(Self.currentFormat); use a newer Hone.")
    }
    let known = [Self.keys.version, Self.keys.steps].map(\.stringValue)
    for key in document.allKeys where !known.contains(key.stringValue) {
      throw PipelineError.unknownKey(key.stringValue, of: "A pipeline", known: known)
    }
    self.init(try document.decode([Step].self, forKey: Self.keys.steps))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(steps)
  }

  /// The pipeline as a document of its own: what to write to a file.
  package var document: some Encodable { Document(formatVersion: Self.currentFormat, steps: steps) }

  /// The pipeline as a document of its own, in JSON.
  public var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let text = try encoder.encode(document)
      return String(decoding: text, as: UTF8.self) + "\n"
    }
  }

  /// Reads a pipeline from JSON: a document of its own, or a bare list of steps.
  ///
  /// - Throws: `PipelineError`; an unknown name comes with the nearest known one.
  public init(json text: String) throws {
    do {
      self = try JSONDecoder().decode(Pipeline.self, from: Data(text.utf8))
    } catch let error as PipelineError {
      throw error
    } catch {
      throw PipelineError(.malformed, "The pipeline is not JSON of the form {formatVersion: 1, steps: […]}.")
    }
  }

  private struct Document: Encodable {
    let formatVersion: Int
    let steps: [Step]
  }
}
