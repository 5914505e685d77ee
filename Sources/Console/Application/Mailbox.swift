import DequeModule
import Synchronization

/// Hands events from every thread to the one that draws.
public final class Mailbox: Sendable {
  private let events = Mutex<Deque<ConsoleEvent>>([])
  private let wake: @Sendable () -> Void

  /// - Parameter wake: ends the wait of the drawing thread; called from any thread.
  public init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  public func post(_ event: ConsoleEvent) {
    events.withLock { $0.append(event) }
    wake()
  }

  public func drain() -> [ConsoleEvent] {
    events.withLock { waiting in
      defer { waiting.removeAll(keepingCapacity: true) }
      return Array(waiting)
    }
  }
}
