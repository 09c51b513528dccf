/// What went wrong with a picture or its file, and what to do about it.
public struct ImageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure, for programs.
  public enum Code: String, Sendable, Hashable, Codable {
    /// The file cannot be opened or read.
    case unreadable
    /// The content is none of the formats that Hone knows.
    case notAPicture
    /// A known format, but a variant that is not decoded here.
    case unsupported
    /// The content contradicts its format.
    case corrupt
    /// The content ends before enough of the picture is there.
    case truncated
    /// The picture states more pixels than allowed.
    case tooLarge
    /// The system gave no memory.
    case outOfMemory
    /// The file cannot be written.
    case writeFailed
  }

  public let code: Code
  /// What happened and what to do, in one line.
  public let message: String
  /// The file, where there is one.
  public let path: String?

  public init(_ code: Code, _ message: String, path: String? = nil) {
    self.code = code
    self.message = message
    self.path = path
  }

  public var description: String { path.map { "\($0): \(message)" } ?? message }

  /// The same error, naming the file that it is about.
  package func at(_ path: String) -> ImageError { ImageError(code, message, path: path) }
}
