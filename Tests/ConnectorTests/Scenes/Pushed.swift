import Synchronization

/// Counts what was pushed.
final class Pushed: Sendable {
  private let total = Mutex(0)
  var count: Int { total.withLock { $0 } }
  func add() { total.withLock { $0 += 1 } }
}
