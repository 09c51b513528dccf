internal import Foundation
internal import HoneImage
internal import HoneTensor

/// A run at one moment, as one file: the tensors as safetensors, all else in its header.
struct Checkpoint {
  /// Where and by what a run was made; on other hardware the last bits of a result may differ.
  struct Maker: Codable, Sendable, Hashable {
    var engine = Engine.version
    var processor = Engine.cpuCapability
    var threads = Engine.threads
    var device = Device.cpu
  }

  /// All but the tensors.
  struct Header: Codable, Sendable, Hashable {
    static let currentFormat = 1
    var formatVersion = Header.currentFormat
    var maker: Maker
    var recipe: Recipe
    /// What the data looked like: other pictures would make a run that nothing reproduces.
    var data: String
    var state: TrainingState
  }

  /// The groups of tensors that a run may have.
  enum Group: String, CaseIterable {
    case model, optimizer, average, constraint, best
  }

  var header: Header
  var tensors: [Group: [String: Tensor]]

  func write(to path: String) throws {
    var named: [String: Tensor] = [:]
    for (group, members) in tensors {
      for (name, tensor) in members { named["\(group.rawValue)/\(name)"] = tensor }
    }
    let header = String(decoding: try JSONEncoder().encode(header), as: UTF8.self)
    try WeightFile.writeSafetensors(named, metadata: [Self.key: header], to: path)
  }

  init(header: Header, tensors: [Group: [String: Tensor]]) {
    self.header = header
    self.tensors = tensors
  }

  /// - Throws: `HoneError` `.malformed` or `.newerVersion`.
  init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw HoneError(.unreadable, "the checkpoint \(path) cannot be read; check its rights", file: path)
    }
    let content = try SafeTensors.read(data, file: path)
    guard let text = content.metadata[Self.key] else {
      throw HoneError(.malformed, "\(path) is not a checkpoint of Hone; give the run another folder", file: path)
    }
    header = try Self.header(from: text, file: path)
    tensors = [:]
    for (name, array) in content.arrays {
      guard let slash = name.firstIndex(of: "/"), let group = Group(rawValue: String(name[..<slash])) else { continue }
      tensors[group, default: [:]][String(name[name.index(after: slash)...])] = try array.bytes.withUnsafeBytes {
        try Tensor(bytes: $0, shape: array.shape, dtype: array.dtype)
      }
    }
  }

  private static let key = "hone.checkpoint"

  private static func header(from text: String, file: String) throws -> Header {
    let version = StrictDocument.peek("formatVersion", in: text).flatMap { Int($0) } ?? 0
    guard version <= Header.currentFormat else {
      throw HoneError(
        .newerVersion,
        "\(file) has format \(version), and this Hone reads up to \(Header.currentFormat); use a newer Hone",
        file: file)
    }
    return try StrictDocument.decode(Header.self, from: text, file: file)
  }
}
