/// What went wrong in the toolkit, and what to do about it.
///
/// Every error of `Hone` is one of these: a code to act on, a message for a person (what happened, then the remedy), the
/// error underneath if there was one, and where it happened.
///
/// ```swift
/// throw HoneError(
///   .unknownKey, "'optimiser' is not a setting of a recipe; did you mean 'optimizer'?",
///   file: path, line: 12, key: "optimiser")
/// ```
public struct HoneError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of error it is. Raw values are stable: they appear in JSON.
  public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
    /// A file or folder is not there.
    case notFound
    /// A file is there and cannot be read (rights, disk).
    case unreadable
    /// A file cannot be written (rights, disk full).
    case unwritable
    /// A file's content breaks its format.
    case malformed
    /// A well-formed request or file that Hone does not handle.
    case unsupported
    /// A file from a newer Hone.
    case newerVersion
    /// A setting's name that nobody knows.
    case unknownKey
    /// A setting's value out of its range, or of the wrong kind.
    case invalidValue
    /// Settings that are each right and do not fit together, or do not fit the model.
    case conflict
    /// A data set without a picture that can be used.
    case emptyData
    /// A class without a picture that can be used.
    case emptyClass
    /// The data are wrong in another way: too few pictures for the split asked, labels out of range …
    case badData
    /// A picture smaller than the structure can take.
    case inputTooSmall
    /// Entries of a weight file missing, unexpected, or of the wrong shape.
    case weightMismatch
    /// A file that asks to execute something, or lies about its sizes.
    case unsafeFile
    /// The loss became infinite or not a number.
    case diverged
    /// Stopped by the person; what was done is saved.
    case interrupted
    /// Memory ran out.
    case outOfMemory
    /// A time or memory budget leaves no room for the work.
    case overBudget
    /// An error of the tensor engine; the cause has its words.
    case engine
    /// A defect of Hone itself.
    case `internal`
  }

  public var code: Code
  /// What happened, and what to do.
  public var message: String
  /// The words of the error underneath.
  public var cause: String?
  /// Where: `file`, `line`, `key`, and whatever else tells one case from another.
  public var context: [String: String]

  public init(_ code: Code, _ message: String, cause: String? = nil, context: [String: String] = [:]) {
    self.code = code
    self.message = message
    self.cause = cause
    self.context = context
  }

  /// The usual places, named.
  public init(
    _ code: Code, _ message: String, file: String?, line: Int? = nil, key: String? = nil,
    cause: (any Error)? = nil
  ) {
    var context: [String: String] = [:]
    context["file"] = file
    context["line"] = line.map(String.init)
    context["key"] = key
    self.init(code, message, cause: cause.map { String(describing: $0) }, context: context)
  }

  /// The message; then the cause; then the context that the message does not already name.
  public var description: String {
    var text = message
    if let cause { text += "\n  because: \(cause)" }
    let untold = context.filter { !message.contains($0.value) }.sorted { $0.key < $1.key }
    if !untold.isEmpty { text += "\n  at: " + untold.map { "\($0.key) \($0.value)" }.joined(separator: ", ") }
    return text
  }
}

extension HoneError {
  /// A name that is not among the known ones; the message proposes the nearest.
  ///
  /// - Parameter noun: what the name should have been, with its article: "a setting of a recipe".
  public static func unknown(
    _ name: String, among known: [String], noun: String, file: String? = nil, line: Int? = nil
  ) -> HoneError {
    let remedy =
      nearest(to: name, in: known).map { "did you mean '\($0)'?" }
      ?? "known: \(known.sorted().joined(separator: ", "))"
    return HoneError(.unknownKey, "'\(name)' is not \(noun); \(remedy)", file: file, line: line, key: name)
  }

  /// The known name most like the given one, or nil when none is alike.
  ///
  /// Alike: at most a third of the longer name's letters (one for short names) have to be inserted, deleted, replaced or
  /// swapped with a neighbour; case, `-`, `_`, `.` and spaces do not count. The first of several equals wins.
  public static func nearest(to name: String, in known: some Sequence<String>) -> String? {
    let wanted = folded(name)
    var best: (name: String, distance: Int)?
    for candidate in known {
      let other = folded(candidate)
      let limit = max(1, max(wanted.count, other.count) / 3)
      let distance = editDistance(wanted, other)
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  private static func folded(_ name: String) -> [Character] {
    name.lowercased().filter { !"-_. ".contains($0) }
  }

  /// Optimal string alignment (Damerau–Levenshtein without a second edit of a swapped pair), three rows.
  private static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var previous: [Int] = []
    var row = Array(0...b.count)
    for i in a.indices {
      var next = [i + 1]
      for j in b.indices {
        var cost = min(row[j + 1] + 1, next[j] + 1, row[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, previous[j - 1] + 1) }
        next.append(cost)
      }
      (previous, row) = (row, next)
    }
    return row[b.count]
  }
}
