import Foundation
import HoneImage
import HoneTesting
import Testing

@Suite struct `Writing a file whole or not at all` {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "hone-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test func `replaces the old content and leaves nothing else behind`() throws {
    try withFolder { folder in
      let path = folder + "/übung 🙂.txt"
      try AtomicFile.write("one", to: path)
      try AtomicFile.write("two", to: path)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "two")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["übung 🙂.txt"])
    }
  }

  @Test func `names the file and the reason when the folder is missing`() throws {
    try withFolder { folder in
      let path = folder + "/missing/file"
      let error = #expect(throws: ImageError.self) { try AtomicFile.write([1, 2, 3], to: path) }
      #expect(error?.code == .writeFailed && error?.path == path)
    }
  }

  @Test func `a picture comes back`() throws {
    try withFolder { folder in
      let picture = TestPicture.noise(height: 3, width: 8)
      try picture.writePNG(to: folder + "/a.png")
      #expect(try Image<UInt8>(contentsOf: folder + "/a.png") == picture)
    }
  }

  @Test func `a missing picture is unreadable`() {
    let error = #expect(throws: ImageError.self) { try Image<UInt8>(contentsOf: "/nowhere/a.png") }
    #expect(error?.code == .unreadable && error?.path == "/nowhere/a.png")
  }
}
