import Synchronization

/// An operator's hand on a running program.
public final class ChildHand: Sendable {
  private let cancelled = Mutex(false)

  public init() {}

  public func cancel() { cancelled.withLock { $0 = true } }

  var isCancelled: Bool { cancelled.withLock { $0 } }
}
