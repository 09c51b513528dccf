import Foundation

/// Where words go: results on standard output, everything else on standard error.
enum Terminal {
  /// Whether standard error is looked at by a person, who likes a line that moves.
  static let isWatched = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  /// Columns of the terminal; 80 when there is none.
  static var width: Int {
    var size = winsize()
    let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return known ? Int(size.ws_col) : 80
  }

  /// One line for the person.
  static func note(_ text: String) { write(text + "\n", to: .standardError) }

  /// One line of the result.
  static func result(_ text: String) { write(text + "\n", to: .standardOutput) }

  /// The result for a machine: one JSON document, keys sorted.
  static func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    result(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  static func write(_ text: String, to handle: FileHandle) {
    // A reader that has gone away (`| head`) is no error of ours.
    try? handle.write(contentsOf: Data(text.utf8))
  }
}
