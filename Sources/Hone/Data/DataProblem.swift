/// Something about a data set that a person should know: where, and why.
///
/// None of these stops a run by itself: what cannot be used is left out, counted and named.
public struct DataProblem: Sendable, Hashable, Codable, CustomStringConvertible {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Hidden entries, `__MACOSX`, loose files, special files: passed over on purpose.
    case skipped
    /// A file whose content is no picture that Hone reads.
    case notAPicture
    /// A picture that cannot be decoded.
    case broken
    /// A file that a table names and that is not there.
    case missing
    /// A line of a table that cannot be used.
    case badRow
    /// A class without any picture.
    case emptyClass
    /// A class with one picture: it can be trained on or tested on, not both.
    case singlePicture
  }

  public var kind: Kind
  /// The file or folder, relative to the data set's root where it lies inside.
  public var path: String
  /// Why, and what to do where that is not plain.
  public var reason: String
  /// Line of the table, from 1.
  public var line: Int?

  public init(_ kind: Kind, path: String, reason: String, line: Int? = nil) {
    self.kind = kind
    self.path = path
    self.reason = reason
    self.line = line
  }

  public var description: String {
    line.map { "line \($0): \(path): \(reason)" } ?? "\(path): \(reason)"
  }
}
