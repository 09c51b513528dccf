import Foundation
import Hone
import HoneAugment
import HoneTesting
import Testing

/// A run killed at any moment goes on to the weights it would have had.
@Suite(.serialized) struct ResumeTests {
  static let probe = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "ResumeProbe")

  /// Starts the probe, kills it after `steps` steps and some microseconds if it has not ended by then.
  ///
  /// - Returns: the line with its weights, if it came to its end.
  private static func run(
    _ folder: String, _ strategy: String, killAfter steps: Int? = nil, delay: UInt32 = 0
  ) throws -> String? {
    let process = Process()
    process.executableURL = probe
    process.arguments = [folder, strategy]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    var seen = 0
    var text = ""
    while case let bytes = output.fileHandleForReading.availableData, !bytes.isEmpty {
      text += String(decoding: bytes, as: UTF8.self)
      seen = text.split(separator: "\n").count { $0.hasPrefix("step") }
      if let steps, seen >= steps {
        usleep(delay)
        kill(process.processIdentifier, SIGKILL)
        break
      }
    }
    process.waitUntilExit()
    return text.split(separator: "\n").first { $0.hasPrefix("weights") }.map(String.init)
  }

  /// Kills of each strategy in the normal suite; 20 in the slow one.
  static let strategies = [
    ("float32", 2), ("bfloat16", 2), ("float16", 1), ("averages", 2), ("surroundings", 2), ("scheduleFree", 2),
  ]

  @Test("Killed at random moments, a run ends with the same weights and kept models to the bit", arguments: strategies)
  func killed(_ strategy: String, _ few: Int) async throws {
    try await withFolder { folder in
      for name in ["whole", "killed"] {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
      }
      let whole = try #require(try Self.run(folder + "/whole", strategy))
      let wanted = TestData.runsSlowTests ? 20 : few
      var stream = RandomStream(seed: UInt64.random(in: 0...999_999), name: "kills")
      var kills = 0
      while kills < wanted {
        try? FileManager.default.removeItem(atPath: folder + "/killed/run")
        var ending: String?
        while ending == nil {
          let isLast = kills >= wanted
          ending = try Self.run(
            folder + "/killed", strategy, killAfter: isLast ? nil : stream.integer(1...4),
            delay: UInt32(stream.integer(0...20_000)))
          if ending == nil { kills += 1 }
        }
        #expect(ending == whole, "after \(kills) kills")
      }
    }
  }
}
