import Foundation

/// How libtorch's threads wait for each other between two pieces of work.
enum ComputeThreads {
  /// Lets waiting threads give up their core soon.
  ///
  /// libgomp's threads spin for about a millisecond before they sleep. With another program on the same cores, or the
  /// loader's workers, a small network then trains many times slower. libgomp reads the limit only while it is loaded,
  /// so the command starts itself once more with the limit set; whoever has set one keeps it.
  static func yieldWhenIdle() {
    #if os(Linux)
      guard getenv("GOMP_SPINCOUNT") == nil, getenv("OMP_WAIT_POLICY") == nil else { return }
      setenv("GOMP_SPINCOUNT", "\(spins)", 1)
      execv("/proc/self/exe", CommandLine.unsafeArgv)  // returns only if it failed; then all goes on as before
    #endif
  }

  /// A few microseconds: longer than a fork takes, shorter than a scheduler's slice.
  private static let spins = 3000
}
