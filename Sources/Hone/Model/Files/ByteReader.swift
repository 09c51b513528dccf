import Foundation

/// A cursor over a file's bytes that checks every length a file claims before believing it.
struct ByteReader {
  let data: Data
  /// Named in errors.
  let file: String
  private(set) var position = 0

  init(_ data: Data, file: String) {
    self.data = data
    self.file = file
  }

  var remaining: Int { data.count - position }

  mutating func seek(_ offset: Int) throws {
    guard (0...data.count).contains(offset) else { throw truncated("needs byte \(offset) of \(data.count)") }
    position = offset
  }

  mutating func bytes(_ count: Int) throws -> Data {
    guard count >= 0, count <= remaining else {
      throw truncated("claims \(count) more bytes at byte \(position) and has \(remaining)")
    }
    let start = data.startIndex + position
    position += count
    return data[start..<start + count]
  }

  mutating func number<T: FixedWidthInteger>(_ type: T.Type = T.self) throws -> T {
    try bytes(MemoryLayout<T>.size).withUnsafeBytes { T(littleEndian: $0.loadUnaligned(as: T.self)) }
  }

  /// A number of 4 or 8 bytes that counts something, hence fits an `Int`.
  mutating func count<T: FixedWidthInteger>(_ type: T.Type) throws -> Int {
    let value = try number(type)
    guard let count = Int(exactly: value), count >= 0 else { throw truncated("claims a size of \(value)") }
    return count
  }

  /// Text up to the next newline, which is consumed.
  mutating func line() throws -> String {
    let start = data.startIndex + position
    guard let end = data[start...].prefix(4096).firstIndex(of: 10) else { throw truncated("ends inside a line") }
    position += end - start + 1
    return String(decoding: data[start..<end], as: UTF8.self)
  }

  mutating func text(_ count: Int) throws -> String { String(decoding: try bytes(count), as: UTF8.self) }

  func truncated(_ what: String) -> HoneError {
    HoneError(.malformed, "\(file) is cut short or damaged: it \(what); fetch or export it again", file: file)
  }
}
