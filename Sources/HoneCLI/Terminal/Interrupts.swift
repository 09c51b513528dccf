import Dispatch
import Foundation
import Synchronization

/// Ctrl-C: the first asks for an end in good order, the second ends the process at once.
final class Interrupts {
  private let sources: [any DispatchSourceSignal]

  /// Listens until the value goes away.
  ///
  /// - Parameter first: what the first Ctrl-C does, on a thread of its own.
  init(first: @escaping @Sendable () -> Void) {
    let pressed = Pressed()
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        guard pressed.again() else { return first() }
        signal(number, SIG_DFL)
        raise(number)
      }
      source.resume()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }

  private final class Pressed: Sendable {
    private let before = Atomic(false)
    /// Whether it was pressed before.
    func again() -> Bool { before.exchange(true, ordering: .relaxed) }
  }
}
