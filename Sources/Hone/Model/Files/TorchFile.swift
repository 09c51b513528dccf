import Foundation
import HoneTensor

/// PyTorch's weight files: the zip format of 1.6 and later, and the stream of pickles before it.
///
/// - Source: PyTorch 2.13 `torch/serialization.py` (`_save`, `_legacy_load`).
enum TorchFile {
  static func looksLike(_ data: Data) -> Bool { ZipArchive.looksLike(data) || data.starts(with: [0x80]) }

  static func read(_ data: Data, file: String) throws -> [String: WeightArray] {
    ZipArchive.looksLike(data) ? try readZip(data, file: file) : try readLegacy(data, file: file)
  }

  private static func readZip(_ data: Data, file: String) throws -> [String: WeightArray] {
    let archive = try ZipArchive(data, file: file)
    let pickles = archive.entries.keys.filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
    guard let name = pickles.first, pickles.count == 1, let pickle = archive.entries[name] else {
      throw HoneError(.unsupported, "\(file) is a zip archive without PyTorch's data.pkl", file: file)
    }
    let folder = name.dropLast("data.pkl".count)
    if let order = archive.entries[folder + "byteorder"], order != Data("little".utf8) {
      throw HoneError(.unsupported, "\(file) was written on a big-endian machine; convert it there", file: file)
    }
    var reader = PickleReader(ByteReader(pickle, file: file))
    let root = try reader.read()
    return try arrays(root, reader, fileSize: data.count) { archive.entries["\(folder)data/\($0)"] }
  }

  /// Magic number, protocol, system, object, list of storage keys; then each storage's count and bytes.
  private static func readLegacy(_ data: Data, file: String) throws -> [String: WeightArray] {
    var reader = PickleReader(ByteReader(data, file: file))
    guard try reader.read() == .bytes(Data([0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19])),
      try reader.read() == .int(1001)
    else {
      throw HoneError(.unsupported, "\(file) is a pickle, but not one that torch.save wrote", file: file)
    }
    _ = try reader.read()
    let root = try reader.read()
    let sizes = Dictionary(
      reader.tensors.map { ($0.storage.key, $0.storage) }, uniquingKeysWith: { first, _ in first })
    let list = try reader.read()
    guard let keys = reader.elements(of: list) else { throw reader.reader.truncated("lists no storages") }
    var storages: [String: Data] = [:]
    for case .text(let key) in keys {
      let count = try reader.reader.count(Int64.self)
      guard let storage = sizes[key] else { throw reader.reader.truncated("has a storage that no tensor uses") }
      let (size, overflow) = count.multipliedReportingOverflow(by: try dtype(storage.type, file).size)
      guard !overflow else { throw reader.reader.truncated("claims \(count) elements") }
      storages[key] = try reader.reader.bytes(size)
    }
    return try arrays(root, reader, fileSize: data.count) { storages[$0] }
  }

  /// The tensors of a state dict: itself, or what a checkpoint holds under one of the usual keys.
  private static func arrays(
    _ root: PickleValue, _ reader: PickleReader, fileSize: Int, bytes: (String) -> Data?
  ) throws -> [String: WeightArray] {
    let file = reader.reader.file
    var total = 0
    var arrays: [String: WeightArray] = [:]
    for (key, value) in try stateDict(root, reader) {
      guard case .tensor(let index) = value else { continue }
      let claim = reader.tensors[index]
      guard let storage = bytes(claim.storage.key) else {
        throw HoneError(.malformed, "\(file): the bytes of '\(key)' are missing; fetch it again", file: file, key: key)
      }
      let array = try gathered(claim, from: storage, named: key, file: file)
      total += array.bytes.count
      guard total <= 4 * fileSize else {
        throw HoneError(.unsafeFile, "\(file) claims more than four times its size in tensors; not read", file: file)
      }
      arrays[key] = array
    }
    return arrays
  }

  /// Keys under which checkpoints keep the state dict.
  private static let wrappers = ["state_dict", "model_state_dict", "model", "model_ema", "net", "weights"]

  private static func stateDict(
    _ root: PickleValue, _ reader: PickleReader
  ) throws -> [(key: String, value: PickleValue)] {
    var value = root
    for _ in 0..<3 {
      guard let entries = reader.entries(of: value) else { break }
      let inner = wrappers.lazy.compactMap { name in
        entries.first { $0.key == name && reader.entries(of: $0.value) != nil }
      }
      if let inner = inner.first {
        value = inner.value
      } else if entries.contains(where: { if case .tensor = $0.value { true } else { false } }) {
        return entries
      } else {
        break
      }
    }
    throw HoneError(
      .unsupported, "\(reader.reader.file) holds no state dict; in Python: torch.save(model.state_dict(), path)",
      file: reader.reader.file)
  }

  /// A tensor's elements in row-major order, out of its storage.
  private static func gathered(
    _ claim: PickleReader.TensorClaim, from storage: Data, named name: String, file: String
  ) throws -> WeightArray {
    let dtype = try dtype(claim.storage.type, file)
    let elements = storage.count / dtype.size
    guard elements <= storage.count, let count = Self.count(claim.shape), count <= elements,
      let last = reach(claim), last <= elements
    else {
      throw HoneError(
        .unsafeFile, "\(file): '\(name)' claims elements that the file does not hold; not read", file: file, key: name)
    }
    if count == 0 { return WeightArray(dtype: dtype, shape: claim.shape, bytes: Data()) }
    var contiguous = [Int](repeating: 1, count: claim.shape.count)
    for axis in claim.shape.indices.dropLast().reversed() {
      contiguous[axis] = contiguous[axis + 1] * claim.shape[axis + 1]
    }
    let isContiguous = zip(claim.shape, zip(contiguous, claim.strides)).allSatisfy { $0 <= 1 || $1.0 == $1.1 }
    let start = storage.startIndex + claim.offset * dtype.size
    if isContiguous {
      return WeightArray(dtype: dtype, shape: claim.shape, bytes: storage[start..<start + count * dtype.size])
    }
    var bytes = Data(capacity: count * dtype.size)
    for flat in 0..<count {
      var offset = 0
      for axis in claim.shape.indices { offset += flat / contiguous[axis] % claim.shape[axis] * claim.strides[axis] }
      bytes.append(storage[(start + offset * dtype.size)..<(start + (offset + 1) * dtype.size)])
    }
    return WeightArray(dtype: dtype, shape: claim.shape, bytes: bytes)
  }

  /// How many elements a shape has; nil when the number overflows.
  static func count(_ shape: [Int]) -> Int? {
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }

  /// One past the last element that a tensor touches; nil when the number overflows.
  private static func reach(_ claim: PickleReader.TensorClaim) -> Int? {
    guard !claim.shape.contains(0) else { return 0 }
    var last = claim.offset
    for (length, stride) in zip(claim.shape, claim.strides) {
      let (span, overflow) = (length - 1).multipliedReportingOverflow(by: stride)
      let (sum, carry) = last.addingReportingOverflow(span)
      guard !overflow, !carry, sum >= 0 else { return nil }
      last = sum
    }
    return last < .max && last >= 0 ? last + 1 : nil
  }

  private static let storages: [String: DType] = [
    "torch.FloatStorage": .float32, "torch.DoubleStorage": .float64, "torch.HalfStorage": .float16,
    "torch.BFloat16Storage": .bfloat16, "torch.LongStorage": .int64, "torch.IntStorage": .int32,
    "torch.ByteStorage": .uint8, "torch.BoolStorage": .bool,
  ]

  private static func dtype(_ storage: String, _ file: String) throws -> DType {
    guard let dtype = storages[storage] else {
      throw HoneError(
        .unsupported, "\(file) holds a \(storage), which Hone does not read; convert the weights to float32", file: file
      )
    }
    return dtype
  }
}

// MARK: - Writing

extension TorchFile {
  /// A state dict as `torch.save` writes it, which `torch.load(weights_only=True)` accepts.
  static func written(_ arrays: [(name: String, array: WeightArray)]) throws -> Data {
    var entries: [(name: String, content: Data)] = [
      ("archive/data.pkl", try pickle(arrays)), ("archive/.format_version", Data("1".utf8)),
      ("archive/byteorder", Data("little".utf8)),
    ]
    for (index, entry) in arrays.enumerated() { entries.append(("archive/data/\(index)", entry.array.bytes)) }
    entries.append(("archive/version", Data("3\n".utf8)))
    return try ZipArchive.archive(entries)
  }

  private static func pickle(_ arrays: [(name: String, array: WeightArray)]) throws -> Data {
    var data = Data([0x80, 2])
    data.append(global: "collections", "OrderedDict")
    data.append(contentsOf: [0x29, 0x52, 0x28])  // () R (
    for (index, (name, array)) in arrays.enumerated() {
      guard let storage = storages.first(where: { $0.value == array.dtype })?.key else {
        throw HoneError(.unsupported, "\(array.dtype) has no PyTorch storage", file: nil, key: name)
      }
      data.append(text: name)
      data.append(global: "torch._utils", "_rebuild_tensor_v2")
      data.append(contentsOf: [0x28, 0x28])  // ( (
      data.append(text: "storage")
      data.append(global: "torch", String(storage.dropFirst("torch.".count)))
      data.append(text: String(index))
      data.append(text: "cpu")
      data.append(integer: array.bytes.count / array.dtype.size)
      data.append(contentsOf: [0x74, 0x51])  // t Q
      data.append(integer: 0)
      data.append(tuple: array.shape)
      data.append(tuple: array.shape.indices.map { array.shape[($0 + 1)...].reduce(1, *) })
      data.append(0x89)
      data.append(global: "collections", "OrderedDict")
      data.append(contentsOf: [0x29, 0x52, 0x74, 0x52])  // () R t R
    }
    data.append(contentsOf: [0x75, 0x2e])  // u .
    return data
  }
}

extension Data {
  fileprivate mutating func append(global module: String, _ name: String) {
    append(contentsOf: "c\(module)\n\(name)\n".utf8)
  }

  fileprivate mutating func append(text: String) {
    append(0x58)
    append(little: UInt32(text.utf8.count))
    append(contentsOf: text.utf8)
  }

  fileprivate mutating func append(integer: Int) {
    append(contentsOf: [0x8a, 8])
    append(little: Int64(integer))
  }

  fileprivate mutating func append(tuple: [Int]) {
    append(0x28)
    for integer in tuple { append(integer: integer) }
    append(0x74)
  }
}
