import Dispatch
import Foundation
import Synchronization

/// Work on threads of our own, never on the cooperative pool: reading files blocks.
package enum Workers {
  /// Processors that this process may use.
  package static var processors: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

  /// Starts a named thread; `body` runs on it once.
  ///
  /// - Parameter givesWay: lets the threads that wait for its work have the cores first. Threads that compute one operation
  ///   together all wait for the one that was interrupted, so an interruption costs them more than its own time.
  static func start(_ name: String, givesWay: Bool = false, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread {
      if givesWay { giveWay() }
      body()
    }
    thread.name = name
    thread.stackSize = 8 << 20
    thread.start()
  }

  private static func giveWay() {
    #if os(Linux)
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)  // of this thread alone, on Linux
    #else
      Thread.current.qualityOfService = .utility
    #endif
  }

  /// `body` of every number below `count`, in order, worked out by several threads at once.
  ///
  /// Each thread makes its own `State` (buffers, caches) once.
  static func map<State: ~Copyable, Result: Sendable>(
    _ count: Int, threads: Int = processors, state: @escaping @Sendable () -> State,
    _ body: @escaping @Sendable (inout State, Int) -> Result
  ) -> [Result] {
    let chunk = max(1, min(64, count / (threads * 8)))
    let next = Atomic(0)
    let results = Mutex<[(Int, [Result])]>([])
    let group = DispatchGroup()
    let work = Work(next: next, results: results)
    let run: @Sendable () -> Void = {
      var state = state()
      while let range = work.claim(chunk, of: count) {
        work.deliver(range.lowerBound, range.map { body(&state, $0) })
      }
    }
    for number in 1..<max(1, min(threads, count)) {
      group.enter()
      start("hone-work-\(number)") {
        run()
        group.leave()
      }
    }
    run()
    group.wait()
    return work.collected()
  }

  /// The same for work that needs no state.
  static func map<Result: Sendable>(
    _ count: Int, threads: Int = processors, _ body: @escaping @Sendable (Int) -> Result
  ) -> [Result] {
    map(count, threads: threads, state: NoState.init) { _, index in body(index) }
  }

  private struct NoState {}

  /// The shared part of one `map`.
  private final class Work<Result: Sendable>: Sendable {
    private let next: Atomic<Int>
    private let results: Mutex<[(Int, [Result])]>

    init(next: consuming Atomic<Int>, results: consuming Mutex<[(Int, [Result])]>) {
      self.next = next
      self.results = results
    }

    func claim(_ chunk: Int, of count: Int) -> Range<Int>? {
      let start = next.add(chunk, ordering: .relaxed).oldValue
      return start < count ? start..<min(count, start + chunk) : nil
    }

    func deliver(_ start: Int, _ values: [Result]) {
      results.withLock { $0.append((start, values)) }
    }

    func collected() -> [Result] {
      results.withLock { $0.sorted { $0.0 < $1.0 }.flatMap(\.1) }
    }
  }
}
