import Foundation
import Synchronization

/// The built `hone`, run as a person runs it.
struct Command {
  let code: Int32
  let output: String
  let errors: String

  init(_ arguments: String..., in folder: String? = nil, input: String = "") throws {
    try self.init(arguments, in: folder, input: input)
  }

  /// Runs one of the examples.
  init(example: String, _ arguments: String..., in folder: String) throws {
    try self.init(arguments, of: example, in: folder)
  }

  /// Runs `hone` with these arguments in `folder`, feeding it `input`, and waits for its end.
  ///
  /// - Parameter words: once standard error holds them, Ctrl-C is pressed.
  init(
    _ arguments: [String], of program: String = "hone", in folder: String? = nil, input: String = "",
    interruptingAt words: String? = nil
  ) throws {
    let process = Process()
    process.executableURL = Self.folder.appending(path: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder.map { URL(filePath: $0) }
    let pipes = (input: Pipe(), output: Pipe(), errors: Pipe())
    process.standardInput = pipes.input
    process.standardOutput = pipes.output
    process.standardError = pipes.errors
    try process.run()
    let id = process.processIdentifier
    let errors = Drain(pipes.errors.fileHandleForReading, interrupting: id, at: words)
    try pipes.input.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try pipes.input.fileHandleForWriting.close()
    output = String(decoding: pipes.output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = errors.text()
    process.waitUntilExit()
    code = process.terminationStatus
  }

  /// The built programs lie beside the test bundle.
  static let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
}

/// Reads one pipe on a thread of its own while another is being read.
private final class Drain: Sendable {
  private let finished = DispatchSemaphore(value: 0)
  private let data = Mutex(Data())

  init(_ handle: FileHandle, interrupting process: Int32, at words: String?) {
    Thread.detachNewThread { [self] in
      var waiting = words
      while case let part = handle.availableData, !part.isEmpty {
        let all = data.withLock { data in
          data += part
          return String(decoding: data, as: UTF8.self)
        }
        if let words = waiting, all.contains(words) {
          kill(process, SIGINT)
          waiting = nil
        }
      }
      finished.signal()
    }
  }

  func text() -> String {
    finished.wait()
    return data.withLock { String(decoding: $0, as: UTF8.self) }
  }
}
