package import Foundation

/// The uncompressed zip archives that PyTorch and NumPy write. Compressed entries are refused, so nothing can inflate.
///
/// Paths inside are names only: nothing is ever unpacked to disk.
///
/// - Source: PKWARE APPNOTE 6.3.10 (§4.3.6 layout, §4.5.3 zip64).
package struct ZipArchive {
  /// Entries by name; the bytes are slices of the file.
  private(set) var entries: [String: Data] = [:]

  static func looksLike(_ data: Data) -> Bool { data.starts(with: [0x50, 0x4b, 0x03, 0x04]) }

  init(_ data: Data, file: String) throws {
    var reader = ByteReader(data, file: file)
    var directory = try Self.directory(&reader)
    try reader.seek(directory.offset)
    guard directory.count <= reader.remaining / 46 else {
      throw reader.truncated("claims \(directory.count) entries in \(reader.remaining) bytes")
    }
    var claimed = 0
    while directory.count > 0 {
      let entry = try Self.entry(&reader)
      let next = reader.position
      let content = try Self.content(of: entry, &reader)
      claimed += content.count
      guard claimed <= data.count else { throw Self.unsafe("entries overlap", file) }
      guard entries.updateValue(content, forKey: entry.name) == nil else {
        throw Self.unsafe("two entries are called '\(entry.name)'", file)
      }
      try reader.seek(next)
      directory.count -= 1
    }
  }

  private static func unsafe(_ what: String, _ file: String) -> HoneError {
    HoneError(.unsafeFile, "\(file) is not a sound zip archive: \(what); export it again", file: file)
  }

  /// Where the central directory lies and how many entries it has: from the record at the file's end.
  private static func directory(_ reader: inout ByteReader) throws -> (offset: Int, count: Int) {
    let tail = reader.data.suffix(65_557)
    guard let end = tail.lastRange(of: Data([0x50, 0x4b, 0x05, 0x06])) else {
      throw reader.truncated("has no zip directory at its end")
    }
    let position = end.lowerBound - reader.data.startIndex
    try reader.seek(position + 10)
    var count = Int(try reader.number(UInt16.self))
    try reader.seek(position + 16)
    var offset = Int(try reader.number(UInt32.self))
    if offset == 0xffff_ffff || count == 0xffff {
      try reader.seek(position - 20 + 8)  // the zip64 locator precedes the record
      try reader.seek(try reader.count(UInt64.self))
      guard try reader.number(UInt32.self) == 0x0606_4b50 else { throw reader.truncated("has a broken zip64 record") }
      try reader.seek(reader.position + 28)
      count = try reader.count(UInt64.self)
      _ = try reader.number(UInt64.self)
      offset = try reader.count(UInt64.self)
    }
    return (offset, count)
  }

  private struct Entry {
    var name: String
    var size: Int
    var offset: Int
    var crc: UInt32
  }

  private static func entry(_ reader: inout ByteReader) throws -> Entry {
    guard try reader.number(UInt32.self) == 0x0201_4b50 else { throw reader.truncated("has a broken zip directory") }
    _ = try reader.bytes(4)
    let flags = try reader.number(UInt16.self)
    let method = try reader.number(UInt16.self)
    _ = try reader.bytes(4)
    let crc = try reader.number(UInt32.self)
    _ = try reader.number(UInt32.self)
    var size = Int(try reader.number(UInt32.self))
    let nameLength = Int(try reader.number(UInt16.self))
    let extraLength = Int(try reader.number(UInt16.self))
    let commentLength = Int(try reader.number(UInt16.self))
    _ = try reader.bytes(8)
    var offset = Int(try reader.number(UInt32.self))
    let name = try reader.text(nameLength)
    var extra = ByteReader(Data(try reader.bytes(extraLength)), file: reader.file)
    _ = try reader.bytes(commentLength)
    guard method == 0, flags & 1 == 0 else {
      throw HoneError(
        .unsupported,
        "\(reader.file): entry '\(name)' is compressed or encrypted; save it with torch.save or numpy.savez",
        file: reader.file)
    }
    while extra.remaining >= 4 {
      let tag = try extra.number(UInt16.self)
      var field = ByteReader(Data(try extra.bytes(Int(try extra.number(UInt16.self)))), file: reader.file)
      guard tag == 1 else { continue }
      if size == 0xffff_ffff {
        size = try field.count(UInt64.self)
        _ = try field.number(UInt64.self)
      }
      if offset == 0xffff_ffff { offset = try field.count(UInt64.self) }
    }
    return Entry(name: name, size: size, offset: offset, crc: crc)
  }

  private static func content(of entry: Entry, _ reader: inout ByteReader) throws -> Data {
    try reader.seek(entry.offset)
    guard try reader.number(UInt32.self) == 0x0403_4b50 else {
      throw reader.truncated("has no entry where '\(entry.name)' should be")
    }
    _ = try reader.bytes(22)
    let name = Int(try reader.number(UInt16.self))
    let extra = Int(try reader.number(UInt16.self))
    _ = try reader.bytes(name + extra)
    let content = try reader.bytes(entry.size)
    guard Checksum.crc32(content) == entry.crc else {
      throw HoneError(
        .malformed, "\(reader.file): the bytes of '\(entry.name)' are damaged (checksum differs); fetch it again",
        file: reader.file)
    }
    return content
  }
}

extension ZipArchive {
  /// An archive of stored entries, each entry's bytes beginning at a multiple of 64 as `torch.save` aligns them.
  package static func archive(_ entries: [(name: String, content: Data)]) throws -> Data {
    var file = Data()
    var directory = Data()
    for (name, content) in entries {
      let offset = file.count
      let bare = offset + 30 + name.utf8.count
      let padding = (64 - (bare + 4) % 64) % 64
      guard offset + content.count < 0xffff_ffff else {
        throw HoneError(.unsupported, "a .pth file over 4 GB is not written; use safetensors")
      }
      let crc = Checksum.crc32(content)
      file.append(little: UInt32(0x0403_4b50))
      let common = header(crc: crc, size: content.count, name: name)
      file.append(common)
      file.append(little: UInt16(4 + padding))
      file.append(contentsOf: name.utf8)
      file.append(little: UInt16(0x4246))  // "FB": padding, as PyTorch writes it
      file.append(little: UInt16(padding))
      file.append(Data(repeating: 0x5a, count: padding))
      file.append(content)
      directory.append(little: UInt32(0x0201_4b50))
      directory.append(little: UInt16(20))
      directory.append(common)
      directory.append(Data(count: 12))
      directory.append(little: UInt32(offset))
      directory.append(contentsOf: name.utf8)
    }
    let offset = file.count
    file.append(directory)
    file.append(little: UInt32(0x0605_4b50))
    file.append(Data(count: 4))
    file.append(little: UInt16(entries.count))
    file.append(little: UInt16(entries.count))
    file.append(little: UInt32(directory.count))
    file.append(little: UInt32(offset))
    file.append(little: UInt16(0))
    return file
  }

  /// The fields that the local header and the directory share: from "version needed" to the name's length.
  private static func header(crc: UInt32, size: Int, name: String) -> Data {
    var data = Data()
    data.append(little: UInt16(20))
    data.append(Data(count: 4))
    data.append(little: UInt32(0x0021_0000))  // 1 January 1980, midnight
    data.append(little: crc)
    data.append(little: UInt32(size))
    data.append(little: UInt32(size))
    data.append(little: UInt16(name.utf8.count))
    return data
  }
}

extension Data {
  mutating func append(little value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
