import Foundation
import Testing

@Suite struct `The hone command` {
  static let commands = [
    "check", "augment", "train", "evaluate", "predict", "improve", "models", "schedule", "find-rate",
    "find-batch", "soup", "bench", "doctor",
  ]

  @Test func `lists every command in its help and ends with 0`() throws {
    let help = try Command("--help")
    #expect(help.code == 0)
    #expect(help.errors.isEmpty)
    for command in Self.commands { #expect(help.output.contains("\n  \(command) "), "\(command)") }
  }

  @Test(arguments: commands) func `shows a real example in each command's help`(_ command: String) throws {
    let help = try Command(command, "--help")
    #expect(help.code == 0)
    #expect(help.output.contains("hone \(command)"))
    #expect(help.output.contains("Example"))
  }

  @Test func `ends with 64 and words on standard error when it is misused`() throws {
    for arguments in [["frobnicate"], ["doctor", "--frobnicate"]] {
      let misused = try Command(arguments)
      #expect(misused.code == 64)
      #expect(misused.output.isEmpty)
      #expect(misused.errors.contains("frobnicate"))
    }
  }

  @Test func `says its version`() throws {
    let version = try Command("--version")
    #expect(version.code == 0)
    #expect(version.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func `writes a completion script`(_ shell: String) throws {
    let script = try Command("--generate-completion-script", shell)
    #expect(script.code == 0)
    #expect(script.output.contains("doctor"))
  }
}

@Suite struct `hone doctor` {
  @Test func `finds this machine in order`() throws {
    let doctor = try Command("doctor")
    #expect(doctor.code == 0, "\(doctor.output)")
    #expect(doctor.output.contains("✓ libtorch"))
    #expect(doctor.errors.isEmpty)
  }

  @Test func `writes JSON for machines`() throws {
    let doctor = try Command("doctor", "--json")
    let findings = try #require(try JSONSerialization.jsonObject(with: Data(doctor.output.utf8)) as? [[String: String]])
    #expect(findings.contains { $0["name"] == "libtorch" && $0["state"] == "good" })
  }
}
