import Dispatch
import OpsModel
import Synchronization

/// Runs libpq work on a queue of its own, so that neither the screen nor another source ever waits for it.
///
/// libpq's steps have deadlines; only its name look-up has none. A call that is still under way after `patience` is given up by the
/// caller, and no second one is started behind it.
final class PostgresLink: Sendable {
  /// Seconds: connecting, three statements, and a little.
  static let usualPatience = 9.0

  private let queue = DispatchQueue(label: "opsconsole.postgres")
  private let patience: Double
  private let isBusy = Mutex(false)
  /// Touched on `queue` only.
  nonisolated(unsafe) private let connection: PostgresConnection

  /// - Parameter patience: seconds after which a call is given up.
  init(settings: PostgresSettings, clock: any OpsClock, patience: Double = usualPatience) {
    self.patience = patience
    connection = PostgresConnection(settings: settings, clock: clock)
  }

  func run<Value: Sendable>(_ body: @escaping @Sendable (PostgresConnection) throws(Failure) -> Value) async throws(Failure) -> Value {
    let isFirst = isBusy.withLock { busy in
      defer { busy = true }
      return !busy
    }
    guard isFirst else { throw .timedOut(what: "the earlier attempt (perhaps the name look-up)", waited: patience) }
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
      let once = Once(continuation)
      queue.async {
        let outcome = Self.attempt(body, self.connection)
        self.isBusy.withLock { $0 = false }
        once.resume(outcome)
      }
      DispatchQueue.global().asyncAfter(deadline: .now() + patience) {
        once.resume(.failure(.timedOut(what: "postgres", waited: self.patience)))
      }
    }
    return try result.get()
  }

  private static func attempt<Value>(
    _ body: (PostgresConnection) throws(Failure) -> Value, _ connection: PostgresConnection
  ) -> Result<Value, Failure> {
    do throws(Failure) { return .success(try body(connection)) } catch { return .failure(error) }
  }

  /// Does not wait for a call under way: the process may be about to end.
  func close() { queue.async { self.connection.close() } }

  private final class Once<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Result<Value, Failure>, Never>?>

    init(_ continuation: CheckedContinuation<Result<Value, Failure>, Never>) { self.continuation = Mutex(continuation) }

    func resume(_ result: Result<Value, Failure>) {
      let waiting = continuation.withLock { held in
        defer { held = nil }
        return held
      }
      waiting?.resume(returning: result)
    }
  }
}
