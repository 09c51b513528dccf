import CHoneTorch
import Foundation

/// The engine as a whole: its one thread, its memory, and what this machine offers.
public enum Engine {
  /// Runs `body` on the engine's one thread and gives back what it returns.
  ///
  /// All work with tensors belongs in there: libtorch keeps modes and worker pools per thread, so tensors stay on this
  /// one and only `Sendable` results leave. `body` is synchronous; calls run in the order of their arrival.
  ///
  /// - Throws: what `body` throws.
  public static func run<T: Sendable>(_ body: @Sendable @escaping () throws -> T) async throws -> T {
    try await EngineActor.shared.perform(body)
  }

  /// Loads what libtorch needs and installs the memory allocator. The first tensor does it too; calling again is free.
  public static func start() { ht_start() }

  /// Tensors now alive in this process.
  public static var liveTensors: Int { ht_live_tensors() }

  /// Sets how many threads operations use. It holds for the calling thread: call it inside `run`.
  public static func setThreads(_ count: Int) { ht_set_threads(max(1, count)) }
  public static var threads: Int { ht_threads() }
  /// How many threads Hone's own loops run on, counted by running one.
  package static var loopThreads: Int { ht_loop_threads() }

  /// What `body` gives, in whose course the engine's other threads sleep.
  ///
  /// For waits: after an operation those threads spin for milliseconds, on the cores of whoever works towards what is
  /// waited for. `body` runs on the calling thread.
  package static func resting<Result>(while body: () throws -> Result) throws -> Result {
    var outcome: Swift.Result<Result, any Error>?
    withoutActuallyEscaping(body) { body in
      let work = { outcome = Swift.Result(catching: body) }
      withUnsafePointer(to: work) {
        ht_rest({ $0?.assumingMemoryBound(to: (() -> Void).self).pointee() }, UnsafeMutableRawPointer(mutating: $0))
      }
    }
    guard let outcome else { preconditionFailure("the body is always run") }
    return try outcome.get()
  }

  /// libtorch's version.
  public static var version: String { String(cString: ht_version()) }
  /// The instruction set that libtorch's own loops use, such as `AVX512`.
  public static var cpuCapability: String { String(cString: ht_cpu_capability()) }
  /// Whether the processor multiplies bfloat16 itself, so that it is faster than float32.
  public static var hasFastBFloat16: Bool { ht_fast_bfloat16() }

  /// Bytes of processor memory that tensors hold now, and the most they held since the last `resetPeak`.
  public static var currentBytes: Int { Device.cpu.currentBytes }
  public static var peakBytes: Int { Device.cpu.peakBytes }
  public static func resetPeak() { Device.cpu.resetPeak() }
  /// Bytes kept for the next tensors.
  public static var cachedBytes: Int { ht_cached_bytes() }
  /// Gives the memory kept for the next tensors back to the system.
  public static func trim() { Device.cpu.trim() }
  /// Bounds the memory kept for the next tensors; half of the machine's memory unless told.
  public static func setCacheLimit(bytes: Int) { ht_set_cache_limit(bytes) }

  /// Memory that tensors can adopt, on huge pages where it is large. From any thread.
  public static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
    ht_allocate(bytes) ?? .allocate(byteCount: bytes, alignment: 16)
  }
  public static func deallocate(_ memory: UnsafeMutableRawPointer) { ht_deallocate(memory) }
}

/// The engine's thread as an actor, so that Swift's concurrency hops to it.
actor EngineActor {
  static let shared = EngineActor()

  private let executor = EngineThread()
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  func perform<T: Sendable>(_ body: @Sendable () throws -> T) throws -> T { try body() }
}

/// A serial executor that owns one thread for the life of the process.
final class EngineThread: SerialExecutor {
  private static let stackBytes = 64 << 20  // deep graphs are freed recursively
  private let jobs = JobQueue()

  init() {
    let thread = Thread { [unowned self] in
      Engine.start()
      while true { jobs.next().runSynchronously(on: asUnownedSerialExecutor()) }
    }
    thread.name = "hone.engine"
    thread.stackSize = Self.stackBytes
    thread.start()
  }

  func enqueue(_ job: consuming ExecutorJob) { jobs.append(UnownedJob(job)) }
}

/// Jobs in the order of their arrival; `next` sleeps until there is one.
private final class JobQueue: @unchecked Sendable {  // unchecked: `waiting` is touched under the condition's lock only
  private let condition = NSCondition()
  private var waiting: [UnownedJob] = []

  func append(_ job: UnownedJob) {
    condition.withLock { waiting.append(job) }
    condition.signal()
  }

  func next() -> UnownedJob {
    condition.lock()
    defer { condition.unlock() }
    while waiting.isEmpty { condition.wait() }
    return waiting.removeFirst()
  }
}
