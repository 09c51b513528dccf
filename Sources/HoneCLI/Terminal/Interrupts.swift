import Dispatch
import Foundation
import Hone

/// Ctrl-C: the first asks the run to finish its batch and save, the second ends the process at once.
final class Interrupts {
  private let sources: [any DispatchSourceSignal]

  /// Listens until the value goes away.
  init(raising flag: StopFlag, line: StatusLine) {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if flag.isRaised {
          signal(number, SIG_DFL)
          raise(number)
        } else {
          flag.raise()
          line.say("finishing the batch and saving; once more ends at once")
        }
      }
      source.resume()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }
}
