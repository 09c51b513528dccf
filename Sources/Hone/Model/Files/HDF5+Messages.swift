import Foundation
import HoneTensor

/// What the messages in an object's header say.
extension HDF5 {
  /// Nil for what has no elements at all.
  static func shape(_ message: inout ByteReader) throws -> [Int]? {
    let version = try message.number(UInt8.self)
    let rank = try message.number(UInt8.self)
    _ = try message.number(UInt8.self)
    let kind = try message.number(UInt8.self)
    if version == 1 { _ = try message.number(UInt32.self) }
    return version == 2 && kind == 2 ? nil : try (0..<rank).map { _ in try message.count(UInt64.self) }
  }

  /// Little-endian numbers that tensors have too; nil for all else.
  static func dtype(_ message: inout ByteReader) throws -> DType? {
    let kind = try message.number(UInt8.self) & 15
    let isBigEndian = try message.number(UInt8.self) & 1 == 1
    _ = try message.number(UInt16.self)
    let size = try message.number(UInt32.self)
    guard !isBigEndian else { return nil }
    switch (kind, size) {
    case (0, 1): return .uint8
    case (0, 4): return .int32
    case (0, 8): return .int64
    case (1, 2):
      _ = try message.bytes(5)  // offset, precision and the exponent's place, whose size tells the two halves apart
      return try message.number(UInt8.self) == 8 ? .bfloat16 : .float16
    case (1, 4): return .float32
    case (1, 8): return .float64
    default: return nil
    }
  }

  /// The bytes of an array, which must lie in one piece.
  func content(_ message: inout ByteReader) throws -> Data {
    let version = try message.number(UInt8.self)
    guard version == 3 else { throw unsupported("arrays of layout \(version)") }
    switch try message.number(UInt8.self) {
    case 0: return try message.bytes(Int(message.number(UInt16.self)))
    case 1:
      let address = try message.number(UInt64.self)
      let size = try message.count(UInt64.self)
      guard size > 0 else { return Data() }
      return try bytes(at: address, size)
    default: throw unsupported("arrays in chunks")
    }
  }

  private func bytes(at address: UInt64, _ count: Int) throws -> Data {
    guard let start = Int(exactly: address) else { throw reader.truncated("has an array that was never written") }
    var place = reader
    try place.seek(start)
    return try place.bytes(count)
  }

  /// The text of an attribute `name`; nil for other attributes.
  func nameAttribute(_ message: inout ByteReader) throws -> String? {
    let version = try message.number(UInt8.self)
    _ = try message.number(UInt8.self)
    let sizes = try (0..<3).map { _ in Int(try message.number(UInt16.self)) }
    if version == 3 { _ = try message.number(UInt8.self) }
    let parts = try sizes.map { try message.bytes(version == 1 ? ($0 + 7) / 8 * 8 : $0) }
    guard String(decoding: parts[0].prefix { $0 != 0 }, as: UTF8.self) == "name" else { return nil }
    switch (parts[1].first ?? 0) & 15 {
    case 3: return String(decoding: try message.bytes(message.remaining).prefix { $0 != 0 }, as: UTF8.self)
    case 9:
      let length = try message.count(UInt32.self)
      let heap = try message.count(UInt64.self)
      return try globalText(heap, try message.number(UInt32.self), length)
    default: return nil
    }
  }

  /// A text of the global heap.
  private func globalText(_ address: Int, _ index: UInt32, _ length: Int) throws -> String? {
    var place = reader
    try place.seek(address)
    guard try place.text(4) == "GCOL" else { throw reader.truncated("has a broken heap") }
    _ = try place.number(UInt32.self)
    let end = try place.count(UInt64.self)
    guard end <= reader.data.count - address else { throw reader.truncated("claims a heap of \(end) bytes") }
    while place.position + 16 <= address + end {
      let number = try place.number(UInt16.self)
      _ = try place.bytes(6)
      let size = try place.count(UInt64.self)
      if UInt32(number) == index { return try place.text(min(size, length)) }
      guard number != 0 else { break }
      guard size <= place.remaining - 7 else { throw reader.truncated("claims \(size) bytes in a heap") }
      _ = try place.bytes((size + 7) / 8 * 8)
    }
    return nil
  }

  func unsupported(_ what: String) -> HoneError {
    HoneError(
      .unsupported, "\(reader.file) is an HDF5 file with \(what); save the weights with Keras or h5py as they come",
      file: reader.file)
  }
}
