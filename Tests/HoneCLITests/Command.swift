import Foundation

/// The built `hone`, run as a person runs it.
struct Command {
  let code: Int32
  let output: String
  let errors: String

  /// Runs `hone` with these arguments in `folder`, feeding it `input`, and waits for its end.
  init(_ arguments: String..., in folder: String? = nil, input: String = "") throws {
    try self.init(arguments, in: folder, input: input)
  }

  init(_ arguments: [String], in folder: String? = nil, input: String = "") throws {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = arguments
    process.currentDirectoryURL = folder.map { URL(filePath: $0) }
    let pipes = (input: Pipe(), output: Pipe(), errors: Pipe())
    process.standardInput = pipes.input
    process.standardOutput = pipes.output
    process.standardError = pipes.errors
    try process.run()
    try pipes.input.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try pipes.input.fileHandleForWriting.close()
    let errors = Drain(pipes.errors.fileHandleForReading)
    let output = pipes.output.fileHandleForReading.readDataToEndOfFile()
    self.errors = errors.text()
    process.waitUntilExit()
    code = process.terminationStatus
    self.output = String(decoding: output, as: UTF8.self)
  }

  /// `hone` lies beside the test bundle.
  static let executable = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "hone")
}

/// Reads one pipe on a thread of its own while another is being read.
private final class Drain: Sendable {
  private let finished = DispatchSemaphore(value: 0)
  private nonisolated(unsafe) var data = Data()

  init(_ handle: FileHandle) {
    Thread.detachNewThread { [self] in
      data = handle.readDataToEndOfFile()
      finished.signal()
    }
  }

  func text() -> String {
    finished.wait()
    return String(decoding: data, as: UTF8.self)
  }
}
