import OpsModel
import Synchronization

/// A clock that stands still until a test moves it: what is due once in a while is then due when the test says so.
final class HandClock: OpsClock {
  private let moment = Mutex(SystemClock().now())

  func now() -> Moment { moment.withLock { $0 } }

  func move(by seconds: Double) { moment.withLock { $0 = $0.advanced(by: seconds) } }
}
