import Synchronization

/// The operator's hand on a running operation: it stops between two batches.
public final class OperationControl: Sendable {
  private let stopped = Mutex(false)

  public init() {}

  public func stop() { stopped.withLock { $0 = true } }

  public var isStopped: Bool { stopped.withLock { $0 } }
}
