internal import Synchronization

/// Asks a run to stop after the batch at hand; may be raised from any thread, and from a signal's handler.
public final class StopFlag: Sendable {
  private let raised = Atomic(false)

  public init() {}

  public func raise() { raised.store(true, ordering: .relaxed) }
  public var isRaised: Bool { raised.load(ordering: .relaxed) }
}
