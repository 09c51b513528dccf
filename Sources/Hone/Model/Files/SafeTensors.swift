import Foundation
import HoneTensor

/// The safetensors format: an 8-byte length, a JSON header, the arrays.
///
/// - Source: huggingface/safetensors 0.5 README, "Format".
enum SafeTensors {
  struct Content {
    var arrays: [String: WeightArray] = [:]
    /// The header's `__metadata__`.
    var metadata: [String: String] = [:]
    /// All bytes behind the header.
    var body = Data()
  }

  private enum Entry: Codable {
    case metadata([String: String])
    case array(Array)

    struct Array: Codable {
      var dtype: String
      var shape: [Int]
      var offsets: [Int]

      enum CodingKeys: String, CodingKey {
        case dtype, shape
        case offsets = "data_offsets"
      }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let array = try? container.decode(Array.self) {
        self = .array(array)
      } else {
        self = .metadata(try container.decode([String: String].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .metadata(let metadata): try container.encode(metadata)
      case .array(let array): try container.encode(array)
      }
    }
  }

  static func looksLike(_ data: Data) -> Bool {
    guard data.count >= 9 else { return false }
    return data[data.startIndex + 8] == UInt8(ascii: "{")
  }

  static func read(_ data: Data, file: String) throws -> Content {
    var reader = ByteReader(data, file: file)
    let length = try reader.count(UInt64.self)
    guard length <= 100_000_000 else { throw reader.truncated("claims a header of \(length) bytes") }
    let header = try reader.bytes(length)
    let entries: [String: Entry]
    do { entries = try JSONDecoder().decode([String: Entry].self, from: header) } catch {
      throw HoneError(
        .malformed, "\(file) has a damaged safetensors header; fetch or export it again", file: file, cause: error)
    }
    var content = Content(body: try reader.bytes(reader.remaining))
    var claimed = 0
    for (name, entry) in entries {
      switch entry {
      case .metadata(let metadata):
        guard name == "__metadata__" else { throw reader.truncated("has no array where '\(name)' should be") }
        content.metadata = metadata
      case .array(let array):
        content.arrays[name] = try slice(array, of: content.body, named: name, file: file)
        claimed += array.offsets[1] - array.offsets[0]
      }
    }
    guard claimed <= content.body.count else {
      throw HoneError(.unsafeFile, "\(file): arrays overlap; fetch or export it again", file: file)
    }
    return content
  }

  private static func slice(
    _ array: Entry.Array, of body: Data, named name: String, file: String
  ) throws -> WeightArray {
    guard let dtype = types[array.dtype] else {
      throw HoneError(
        .unsupported, "\(file): '\(name)' is of type \(array.dtype), which Hone does not read; convert it to F32",
        file: file, key: name)
    }
    let offsets = array.offsets
    guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= body.count,
      let count = TorchFile.count(array.shape),
      case (let size, let overflow) = count.multipliedReportingOverflow(by: dtype.size),
      !overflow, size == offsets[1] - offsets[0]
    else {
      throw HoneError(
        .malformed, "\(file): '\(name)' claims bytes that the file does not hold; fetch or export it again",
        file: file, key: name)
    }
    let start = body.startIndex
    return WeightArray(dtype: dtype, shape: array.shape, bytes: body[start + offsets[0]..<start + offsets[1]])
  }

  /// An array to be written, whose bytes are asked for when their turn comes.
  struct Piece {
    var name: String
    var dtype: DType
    var shape: [Int]
    var bytes: () throws -> any Collection<UInt8>

    var size: Int { shape.reduce(1, *) * dtype.size }
  }

  /// The metadata key under which ``written(_:metadata:)`` leaves the checksum of all bytes behind the header.
  static let checksumKey = "hone.xxh64"

  /// A whole file. Arrays come by falling element size, then by name, so that all are aligned.
  ///
  /// The file is put together in place: beyond it, memory is taken for one array at a time.
  static func written(_ pieces: [Piece], metadata: [String: String] = [:]) throws -> Data {
    let sorted = pieces.sorted { ($1.dtype.size, $0.name) < ($0.dtype.size, $1.name) }
    let unknown = String(repeating: "0", count: 16)
    let header = try header(sorted, metadata: metadata.merging([checksumKey: unknown]) { $1 })
    var file = Data(capacity: header.count + sorted.map(\.size).reduce(0, +))
    file.append(header)
    for piece in sorted { file.append(contentsOf: try piece.bytes()) }
    guard let place = header.range(of: Data("\"\(checksumKey)\":\"\(unknown)".utf8)) else { return file }
    let digits = place.upperBound - unknown.count..<place.upperBound
    file.replaceSubrange(digits, with: Data(checksum(file[header.count...]).utf8))
    return file
  }

  /// Sixteen hexadecimal digits.
  static func checksum(_ body: Data) -> String {
    let digits = String(Checksum.xxh64(body), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func header(_ pieces: [Piece], metadata: [String: String]) throws -> Data {
    var entries: [String: Entry] = ["__metadata__": .metadata(metadata)]
    var offset = 0
    for piece in pieces {
      guard let type = types.first(where: { $0.value == piece.dtype })?.key else {
        throw HoneError(.unsupported, "\(piece.dtype) has no safetensors name", file: nil, key: piece.name)
      }
      let range = [offset, offset + piece.size]
      entries[piece.name] = .array(Entry.Array(dtype: type, shape: piece.shape, offsets: range))
      offset += piece.size
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = try encoder.encode(entries)
    json.append(Data(repeating: 0x20, count: (8 - json.count % 8) % 8))
    var header = Data()
    header.append(little: UInt64(json.count))
    return header + json
  }

  private static let types: [String: DType] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64, "I32": .int32, "U8": .uint8,
    "BOOL": .bool,
  ]
}
