/// A pipeline or plan that cannot be read, with the name that was probably meant.
public struct PipelineError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    case unknownName, unknownKey, badValue, malformed, newerVersion, unsupported
  }
  public let code: Code
  /// What happened and what to do.
  public let message: String
  public var description: String { message }

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  static func unknownName(_ name: String, kind: String, known: [String]) -> PipelineError {
    PipelineError(.unknownName, "There is no \(kind) “\(name)”.\(hint(for: name, among: known))")
  }

  static func unknownKey(_ key: String, of name: String, known: [String]) -> PipelineError {
    let list = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
    return PipelineError(
      .unknownKey, "\(name) has no parameter “\(key)”.\(hint(for: key, among: known)) It has: \(list).")
  }

  private static func hint(for name: String, among known: [String]) -> String {
    let nearest = known.min { (distance($0, name), $0) < (distance($1, name), $1) }
    return nearest.map { " Nearest: “\($0)”." } ?? ""
  }

  /// Levenshtein's distance, without regard to case.
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.lowercased()), Array(b.lowercased()))
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let next = min(row[j + 1] + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[b.count]
  }
}
