/// Rows of a CSV or TSV text (RFC 4180): quoted cells may hold delimiters, line breaks and doubled quotes.
struct DelimitedText {
  struct Row {
    /// Line of the file on which the row begins, from 1.
    let line: Int
    let cells: [String]
  }

  let rows: [Row]

  /// - Parameter delimiter: nil chooses the commonest of tab, comma and semicolon on the first line.
  init(_ text: String, delimiter: Character? = nil, file: String) throws(HoneError) {
    var bytes = Array(text.utf8)
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
    let delimiter = delimiter?.asciiValue ?? Self.delimiter(of: bytes)
    var parser = Parser(bytes: bytes, delimiter: delimiter)
    rows = try parser.rows(file: file)
  }

  private static func delimiter(of bytes: [UInt8]) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var quoted = false
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { quoted.toggle() }
      if quoted { continue }
      if byte == UInt8(ascii: "\n") { break }
      counts[byte, default: 0] += 1
    }
    let candidates = [UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: ";")]
    return candidates.reduce(candidates[0]) { counts[$1, default: 0] > counts[$0, default: 0] ? $1 : $0 }
  }

  private struct Parser {
    let bytes: [UInt8]
    let delimiter: UInt8
    var position = 0
    var line = 1

    mutating func rows(file: String) throws(HoneError) -> [Row] {
      var rows: [Row] = []
      while position < bytes.count {
        let start = line
        let cells = try row(file: file)
        if cells != [""] { rows.append(Row(line: start, cells: cells)) }
      }
      return rows
    }

    private mutating func row(file: String) throws(HoneError) -> [String] {
      var cells: [String] = []
      while true {
        cells.append(try cell(file: file))
        guard position < bytes.count else { return cells }
        let end = bytes[position]
        position += 1
        if end == delimiter { continue }
        if end == UInt8(ascii: "\r"), position < bytes.count, bytes[position] == UInt8(ascii: "\n") { position += 1 }
        line += 1
        return cells
      }
    }

    private mutating func cell(file: String) throws(HoneError) -> String {
      let start = position
      skipSpaces()
      if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return try quotedCell(file: file) }
      while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
      return trimmed(bytes[start..<position])
    }

    private mutating func quotedCell(file: String) throws(HoneError) -> String {
      let opening = line
      var cell: [UInt8] = []
      position += 1
      while position < bytes.count {
        let byte = bytes[position]
        position += 1
        if byte == UInt8(ascii: "\"") {
          guard position < bytes.count, bytes[position] == byte else {
            while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
            return String(decoding: cell, as: UTF8.self)
          }
          position += 1
        }
        if byte == UInt8(ascii: "\n") { line += 1 }
        cell.append(byte)
      }
      throw HoneError(
        .malformed, "the quote opened on line \(opening) of '\(file)' is never closed", file: file, line: opening)
    }

    private func isEnd(_ byte: UInt8) -> Bool {
      byte == delimiter || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    private mutating func skipSpaces() {
      while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
    }

    private func trimmed(_ cell: ArraySlice<UInt8>) -> String {
      let space = UInt8(ascii: " ")
      let tail = cell.drop { $0 == space }.reversed().drop { $0 == space }
      return String(decoding: tail.reversed(), as: UTF8.self)
    }
  }
}
