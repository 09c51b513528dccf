import Foundation

/// A golden of the training tests, by its file's name.
struct Golden<Content: Decodable> {
  let content: Content

  init(_ name: String, as type: Content.Type = Content.self) throws {
    content = try JSONDecoder().decode(Content.self, from: Data(contentsOf: URL(filePath: Self.path(name))))
  }

  static func path(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Goldens/Train/\(name)").path
  }
}

/// A new empty folder, removed when the body ends.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  let folder = NSTemporaryDirectory() + "hone-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try await body(folder)
}
