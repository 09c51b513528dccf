import ArgumentParser
import Foundation

@main
struct HoneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hone",
    abstract: "From a folder of labelled pictures to a better classifier, and a report of what each method was worth.",
    discussion: """
      Start with:
        hone improve photos/ --budget 10m

      where photos/ holds one folder of pictures per class. Results go to standard output, everything else to \
      standard error. Exit codes: 0 done, 1 failed, 2 the input data are wrong, 64 usage.
      """,
    version: Version.text,
    subcommands: [
      Check.self, Augment.self, Train.self, Evaluate.self, Predict.self, Improve.self, Models.self, Schedule.self,
      FindRate.self, FindBatch.self, Soup.self, Bench.self, Doctor.self,
    ]
  )

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
      leave(.success)
    } catch {
      let code = exitCode(for: error)
      let stream = code.isSuccess ? FileHandle.standardOutput : .standardError
      let message = fullMessage(for: error)
      if !message.isEmpty { try? stream.write(contentsOf: Data((message + "\n").utf8)) }
      leave(code)
    }
  }

  /// Ends the process without libtorch's exit handlers: the engine's thread may still be freeing tensors that need what
  /// those take down.
  static func leave(_ code: ExitCode) -> Never {
    fflush(nil)
    _exit(code.rawValue)
  }
}
