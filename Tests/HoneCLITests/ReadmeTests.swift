import Foundation
import Testing

/// Every command of the README, run as it stands there, but for the numbers that make it long.
@Suite struct `The README` {
  private static let shorter = ["10m": "90s", "30": "1", "10": "1"]

  @Test func `has commands that all work, in its order`() throws {
    let pictures = try Pictures(perClass: 12, side: 24)
    let commands = try Self.commands()
    #expect(commands.count >= 8)
    for words in commands {
      let run = try Command(words.dropFirst().map { Self.shorter[$0] ?? $0 }, in: pictures.folder)
      #expect(run.code == 0, "\(words.joined(separator: " ")): \(run.errors)")
      #expect(!run.output.isEmpty)
    }
    for file in ["runs/photos/report.html", "runs/resnet/report.html", "grid.png"] {
      #expect(FileManager.default.fileExists(atPath: pictures.folder + "/" + file), "\(file)")
    }
  }

  /// The lines of its `sh` blocks, as words.
  private static func commands() throws -> [[String]] {
    let path = URL(filePath: #filePath).appending(path: "../../../README.md").standardized.path
    let blocks = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "```sh\n").dropFirst()
    let lines = blocks.flatMap { $0.components(separatedBy: "```")[0].split(separator: "\n") }
    return lines.map { $0.split(separator: " ").map(String.init) }
  }
}
