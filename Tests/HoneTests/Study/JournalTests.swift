import Foundation
import Hone
import HoneTesting
import Testing

@Suite struct JournalTests {
  let path = FileManager.default.temporaryDirectory.appending(path: "hone-journal-\(UUID().uuidString).jsonl").path

  private func stop(_ name: String) -> Journal.Entry { .stopped(StopRecord(arm: name, reason: "because")) }

  @Test func `entries survive closing and opening`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let journal = try Journal(path: path)
    for name in ["a", "b 🦊", "c"] { try journal.append(stop(name)) }
    #expect(try Journal(path: path).entries == journal.entries)
  }

  @Test func `a torn last line is dropped wherever it tears, and the next entry follows whole`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let journal = try Journal(path: path)
    for name in ["a", "b"] { try journal.append(stop(name)) }
    let whole = try Data(contentsOf: URL(filePath: path))
    let first = try #require(whole.firstIndex(of: 10)) + 1
    for length in first..<whole.count {
      try whole.prefix(length).write(to: URL(filePath: path))
      let opened = try Journal(path: path)
      #expect(opened.entries == [stop("a")])
      try opened.append(stop("c"))
      #expect(try Journal(path: path).entries == [stop("a"), stop("c")])
    }
  }

  @Test func `a damaged line before the last is an error with its number`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("{\"stopped\":{\"_0\":{\"arm\":\"a\",\"reason\":\"b\"}}}\n{oops}\n".utf8).write(to: URL(filePath: path))
    let error = #expect(throws: HoneError.self) { try Journal(path: path) }
    #expect(error?.code == .malformed && error?.context["line"] == "2" && error?.context["file"] == path)
  }

  @Test func `a study killed in the middle of a line continues`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let world = SimulatedWorld(techniques: SimulatedWorld.usual)
    let dying = world.runner(["backbone": 2])
    dying.diesAfter = 11
    #expect(throws: SimulatedRunner.Died.self) { try world.study(dying, journal: Journal(path: path)).run() }
    let bytes = try Data(contentsOf: URL(filePath: path))
    try bytes.dropLast(40).write(to: URL(filePath: path))
    let result = try world.study(world.runner(["backbone": 2]), journal: Journal(path: path)).run()
    #expect(result.winner.techniques.contains("backbone"))
    #expect(throws: HoneError.self) {
      var other = world
      other.seed = 6
      _ = try other.study(other.runner([:]), journal: Journal(path: path))
    }
  }

  @Test func `packed probabilities come back within half a step of 16 bits`() throws {
    let rows: [[Float]] = [[0, 1, 0.123456], [0.5, 0.25, 0.25]]
    let back = try #require([[Float]](packed: rows.packed, width: 3))
    for (row, other) in zip(rows, back) { for (a, b) in zip(row, other) { #expect(abs(a - b) <= 0.5 / 65535 + 1e-7) } }
    #expect([[Float]](packed: "not base64!", width: 3) == nil)
  }
}
