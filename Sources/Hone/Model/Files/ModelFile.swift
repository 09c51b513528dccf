import Foundation
import HoneTensor

/// A model in one file: safetensors whose header also says structure, classes and preprocessing.
///
/// Other programs read it as plain safetensors with torchvision's names.
public enum ModelFile {
  /// The version written; every earlier one can be read.
  public static let formatVersion = 1

  /// What the file says besides weights.
  public struct Header: Codable, Sendable, Hashable {
    public var formatVersion: Int
    /// The Hone that a reader needs at least.
    public var minimumHone: String
    public var structure: Structure
    public var classes: [String]
    public var preprocessing: Preprocessing
    /// The recipe it was trained by, as text.
    public var recipe: String?
  }

  private static let key = "hone.model"

  /// Writes the file whole or not at all.
  public static func save(_ model: Model, recipe: String? = nil, to path: String) throws {
    guard !model.isOptimized else {
      throw HoneError(.conflict, "a model optimized for inference is not saved; save the one it was made from")
    }
    let header = Header(
      formatVersion: formatVersion, minimumHone: "0.1.0", structure: model.structure, classes: model.classes,
      preprocessing: model.preprocessing, recipe: recipe)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let metadata = ["format": "pt", key: String(decoding: try encoder.encode(header), as: UTF8.self)]
    try WeightFile.writeSafetensors(model.state(), metadata: metadata, to: path)
  }

  /// - Throws: `HoneError`: `.newerVersion` with the version needed, `.malformed`, `.unsupported`, `.weightMismatch`.
  public static func load(_ path: String) throws -> Model {
    let (header, arrays) = try read(path)
    let model = try Model(header.structure, classes: header.classes, preprocessing: header.preprocessing)
    try model.load(WeightFile.tensors(arrays), .exact, file: path)
    return model
  }

  /// What a model file says, without its weights becoming tensors.
  public static func header(_ path: String) throws -> Header { try read(path).header }

  /// Whether the file is a model of Hone's, rather than bare weights.
  public static func isModel(_ path: String) -> Bool {
    guard let data = try? WeightArchive.open(path), SafeTensors.looksLike(data) else { return false }
    return (try? SafeTensors.read(data, file: path))?.metadata[key] != nil
  }

  private static func read(_ path: String) throws -> (header: Header, arrays: [String: WeightArray]) {
    let data = try WeightArchive.open(path)
    guard SafeTensors.looksLike(data) else { throw notAModel(path) }
    let content = try SafeTensors.read(data, file: path)
    guard let text = content.metadata[key] else { throw notAModel(path) }
    let header = try decode(Data(text.utf8), path)
    guard content.metadata[SafeTensors.checksumKey] == SafeTensors.checksum(content.body) else {
      throw HoneError(
        .malformed, "\(path) is damaged: its weights do not have the checksum it states; copy or train it again",
        file: path)
    }
    return (header, content.arrays)
  }

  private static func decode(_ json: Data, _ path: String) throws -> Header {
    struct Version: Decodable {
      var formatVersion: Int
      var minimumHone: String
    }
    do {
      let version = try JSONDecoder().decode(Version.self, from: json)
      guard version.formatVersion <= formatVersion else {
        throw HoneError(
          .newerVersion,
          "\(path) has format version \(version.formatVersion); this Hone reads up to \(formatVersion). It needs Hone "
            + "\(version.minimumHone) or later", file: path)
      }
      return try JSONDecoder().decode(Header.self, from: json)
    } catch let error as HoneError { throw error } catch {
      throw HoneError(.malformed, "\(path) has a damaged header", file: path, cause: error)
    }
  }

  private static func notAModel(_ path: String) -> HoneError {
    HoneError(
      .unsupported,
      "\(path) is not a model of Hone's; bare weights serve as a backbone together with a structure's name",
      file: path)
  }
}
