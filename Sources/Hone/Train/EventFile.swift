internal import Foundation

/// A TensorBoard event file: one event per epoch, each with its scalars.
///
/// - Shape: none.
/// - Units: none.
/// - Throws: nothing.
/// - Source: the TFRecord framing (length, masked CRC-32C, data, masked CRC-32C) and the `Event` message of TensorFlow's
///   `core/util/event.proto`; written by hand, since both are a few bytes.
package struct EventFile {
  package let path: String

  /// Opens the folder's event file, keeping its first `epochs` events, or begins one.
  package init(folder: String, keepingEpochs epochs: Int) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let known = names.filter { $0.hasPrefix(Self.prefix) }.sorted().last
    let now = Date().timeIntervalSince1970
    path = folder + "/" + (known ?? "\(Self.prefix)\(Int(now)).hone")
    let old = known.flatMap { _ in FileManager.default.contents(atPath: path) }.map { [UInt8]($0) } ?? []
    let kept = Self.whole(old, records: epochs + 1)
    let bytes = kept.isEmpty ? Self.record(Self.versionEvent(at: now)) : kept
    guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
      throw HoneError(.unwritable, "cannot write \(path); check rights and free space", file: path)
    }
  }

  /// Adds one epoch's numbers.
  package func append(_ epoch: EpochMetrics, at time: Double = Date().timeIntervalSince1970) throws {
    let scalars = epoch.columns.compactMap { column in column.value.map { (column.name, Float($0)) } }
    let handle = try FileHandle(forWritingTo: URL(filePath: path))
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(Self.record(Self.event(step: epoch.epoch, at: time, scalars: scalars))))
  }

  private static let prefix = "events.out.tfevents."

  /// The longest run of whole, undamaged records from the start, at most so many.
  package static func whole(_ bytes: [UInt8], records: Int) -> [UInt8] {
    var end = 0
    for _ in 0..<records {
      guard bytes.count - end >= 16 else { break }
      let head = bytes[end..<end + 8]
      let length = head.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard masked(head) == word(bytes, end + 8), length <= UInt64(bytes.count - end - 16) else { break }
      let data = end + 12
      guard masked(bytes[data..<data + Int(length)]) == word(bytes, data + Int(length)) else { break }
      end = data + Int(length) + 4
    }
    return Array(bytes[..<end])
  }

  private static func word(_ bytes: [UInt8], _ at: Int) -> UInt32 {
    bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  package static func record(_ data: [UInt8]) -> [UInt8] {
    let head = little(UInt64(data.count))
    return head + little(masked(head[...])) + data + little(masked(data[...]))
  }

  package static func versionEvent(at time: Double) -> [UInt8] {
    double(1, time) + text(3, "brain.Event:2")
  }

  package static func event(step: Int, at time: Double, scalars: [(String, Float)]) -> [UInt8] {
    let values = scalars.flatMap { name, value in
      message(1, text(1, name) + [2 << 3 | 5] + little(value.bitPattern))
    }
    return double(1, time) + [2 << 3] + varint(UInt64(step)) + message(5, values)
  }

  // The four field kinds of protocol buffers that an event needs.
  private static func double(_ field: UInt8, _ value: Double) -> [UInt8] { [field << 3 | 1] + little(value.bitPattern) }
  private static func text(_ field: UInt8, _ value: String) -> [UInt8] { message(field, Array(value.utf8)) }
  private static func message(_ field: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    [field << 3 | 2] + varint(UInt64(bytes.count)) + bytes
  }
  private static func varint(_ value: UInt64) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
  }
  private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let crc = CRC32C.of(bytes)
    return (crc >> 15 | crc << 17) &+ 0xa282_ead8
  }
}

/// The Castagnoli checksum, a byte at a time: event files are small.
package enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0x82f6_3b78 : 0) }
  }

  package static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
  }
}
