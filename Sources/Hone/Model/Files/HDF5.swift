import Foundation
import HoneTensor

/// What weight files need of HDF5, as h5py writes it unless told otherwise: groups in symbol tables, arrays in one piece,
/// and texts as attributes.
///
/// - Source: HDF5 File Format Specification 3.0: superblock 0, object headers 1, B-trees 1.
struct HDF5 {
  /// Arrays of numbers by their paths, such as `layers/conv2d/vars/0`.
  private(set) var arrays: [String: WeightArray] = [:]
  /// What groups are called in their attribute `name`, by their paths.
  private(set) var names: [String: String] = [:]

  private(set) var reader: ByteReader
  /// Objects and nodes that were read: a file whose parts hold one another would have no end.
  private var visited: Set<Int> = []
  private var claimed = 0

  static let signature = Data([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])
  static func looksLike(_ data: Data) -> Bool { data.starts(with: signature) }

  init(_ data: Data, file: String) throws {
    reader = ByteReader(data, file: file)
    try reader.seek(8)
    let version = try reader.number(UInt8.self)
    guard version == 0 else { throw unsupported("superblock \(version)") }
    try reader.seek(13)
    let sizes = (try reader.number(UInt8.self), try reader.number(UInt8.self))
    guard sizes == (8, 8) else { throw unsupported("addresses of \(sizes.0) bytes") }
    try reader.seek(24)
    guard try reader.number(UInt64.self) == 0 else { throw unsupported("a block in front of it") }
    try reader.seek(40)
    let end = try reader.count(UInt64.self)
    guard end <= data.count else { throw reader.truncated("claims \(end) bytes and has \(data.count)") }
    try reader.seek(64)  // the header of the root group, in the entry at the superblock's end
    try read(reader.count(UInt64.self), path: "")
  }

  // MARK: - Objects

  /// What the messages of an object say that matters here.
  private struct Object {
    var group: (tree: Int, heap: Int)?
    var shape: [Int]?
    var dtype: DType?
    var bytes: Data?
    var name: String?
  }

  private mutating func read(_ address: Int, path: String) throws {
    guard visited.insert(address).inserted else { throw reader.truncated("holds '\(path)' twice") }
    guard path.count(where: { $0 == "/" }) < 32 else { throw reader.truncated("has more than 32 groups in each other") }
    let object = try object(address)
    if let name = object.name { names[path] = name }
    if let group = object.group {
      for (name, child) in try entries(group.tree, heap: group.heap) {
        try read(child, path: path.isEmpty ? name : path + "/" + name)
      }
    } else if let shape = object.shape, let dtype = object.dtype, let bytes = object.bytes {
      guard Self.size(shape, dtype) == bytes.count else {
        throw reader.truncated("has \(bytes.count) bytes for '\(path)' of shape \(shape)")
      }
      claimed += bytes.count
      guard claimed <= reader.data.count else { throw reader.truncated("claims the same bytes for several arrays") }
      arrays[path] = WeightArray(dtype: dtype, shape: shape, bytes: bytes)
    }
  }

  /// In bytes; nil where no file could be so large.
  private static func size(_ shape: [Int], _ dtype: DType) -> Int? {
    shape.reduce(dtype.size) { product, side in
      product.flatMap {
        let (next, overflow) = $0.multipliedReportingOverflow(by: side)
        return overflow ? nil : next
      }
    }
  }

  private mutating func object(_ address: Int) throws -> Object {
    try reader.seek(address)
    let version = try reader.number(UInt8.self)
    guard version == 1 else { throw unsupported("objects of a newer layout") }
    _ = try reader.number(UInt8.self)
    let count = try reader.number(UInt16.self)
    _ = try reader.number(UInt32.self)
    let size = try reader.count(UInt32.self)
    _ = try reader.number(UInt32.self)
    var end = reader.position + size
    var object = Object()
    var continuations: [(start: Int, size: Int)] = []
    for _ in 0..<count {
      if reader.position + 8 > end {
        guard !continuations.isEmpty else { break }
        let next = continuations.removeFirst()
        guard visited.insert(next.start).inserted else { throw reader.truncated("goes on with itself") }
        try reader.seek(next.start)
        end = next.start + next.size
      }
      let kind = try reader.number(UInt16.self)
      let size = Int(try reader.number(UInt16.self))
      _ = try reader.number(UInt32.self)
      var message = ByteReader(try reader.bytes(size), file: reader.file)
      switch kind {
      case 0x01: object.shape = try Self.shape(&message)
      case 0x03: object.dtype = try Self.dtype(&message)
      case 0x08: object.bytes = try content(&message)
      case 0x0b: throw unsupported("compressed arrays")
      case 0x0c: object.name = try nameAttribute(&message) ?? object.name
      case 0x10:
        let next = (start: try message.count(UInt64.self), size: try message.count(UInt64.self))
        guard next.size <= reader.data.count else { throw reader.truncated("claims \(next.size) bytes of messages") }
        continuations.append(next)
      case 0x11: object.group = (try message.count(UInt64.self), try message.count(UInt64.self))
      case 0x02, 0x06: throw unsupported("groups of a newer layout")
      default: break
      }
    }
    return object
  }

  // MARK: - Groups

  /// The names in a group and where their objects are.
  private mutating func entries(_ tree: Int, heap: Int) throws -> [(name: String, address: Int)] {
    try reader.seek(heap)
    guard try reader.text(4) == "HEAP" else { throw reader.truncated("has a group without names") }
    _ = try reader.bytes(4)
    let size = try reader.count(UInt64.self)
    _ = try reader.number(UInt64.self)
    try reader.seek(reader.count(UInt64.self))
    let texts = try reader.bytes(size)
    return try leaves(tree).flatMap { leaf in
      try reader.seek(leaf)
      guard try reader.text(4) == "SNOD" else { throw reader.truncated("has a broken group") }
      _ = try reader.number(UInt16.self)
      let count = try reader.number(UInt16.self)
      return try (0..<count).map { _ in
        let offset = try reader.count(UInt64.self)
        let address = try reader.count(UInt64.self)
        _ = try reader.bytes(24)
        guard offset < texts.count else { throw reader.truncated("names an object outside its names") }
        return (String(decoding: texts.dropFirst(offset).prefix { $0 != 0 }, as: UTF8.self), address)
      }
    }
  }

  /// The symbol nodes under a node of a group's tree, in order.
  private mutating func leaves(_ node: Int, under above: UInt8 = 16) throws -> [Int] {
    guard visited.insert(node).inserted else { throw reader.truncated("has a group that holds itself") }
    try reader.seek(node)
    guard try reader.text(4) == "TREE", try reader.number(UInt8.self) == 0 else {
      throw reader.truncated("has a broken group")
    }
    let level = try reader.number(UInt8.self)
    guard level < above else { throw reader.truncated("has a broken group") }
    let count = try reader.number(UInt16.self)
    _ = try reader.bytes(16)
    let children = try (0..<count).map { _ in
      _ = try reader.number(UInt64.self)
      return try reader.count(UInt64.self)
    }
    return level == 0 ? children : try children.flatMap { try leaves($0, under: level) }
  }
}
