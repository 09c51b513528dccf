public import HoneAugment

/// The batches of one epoch, in order, from a `Loader`.
///
/// Letting go of it stops its threads: at once when they wait, else after the picture each is working on.
public final class LoaderRun: Sendable {
  private let ring: BatchRing

  init(_ ring: BatchRing, workers: Int) {
    self.ring = ring
    ring.start(workers: workers)
  }

  deinit { ring.stop() }

  /// The next batch, waiting for it if need be; nil after the last.
  ///
  /// - Throws: `HoneError`, `emptyClass` when a class turned out to have no readable picture, `conflict` when the
  ///   pipeline does not end at the input's size.
  public func next() throws(HoneError) -> Batch? { try ring.next() }

  /// The next batch where it is done, else nil: `next` waits for it then.
  func ready() -> Batch? { ring.ready() }

  /// What it took so far.
  public var statistics: LoaderStatistics { ring.statistics }
}

/// What the batches of an epoch took.
public struct LoaderStatistics: Sendable, Hashable, Codable {
  public var pictures = 0
  /// Processor time of all workers together, in seconds.
  public var workerSeconds = 0.0
  /// How long the trainer waited for batches, in seconds.
  public var waitedSeconds = 0.0

  public init() {}
}
