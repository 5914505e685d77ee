import Glibc
import Synchronization

/// Named places at which a test lets a runner die as if by power loss: `OPSCONSOLE_CRASH_AT=F3:2` is the second pass of F3.
enum CrashPoint: String, Sendable {
  /// The folder of the run; its start; an intent; a batch; an outcome; a decision; the end. Each just before and just after it is on disk.
  case folder = "F1"
  case start = "F2"
  case intent = "F3"
  case batch = "F4"
  case outcome = "F5"
  case decision = "F6"
  case end = "F7"

  private static let wanted: (name: String, pass: Int)? = {
    guard let text = getenv("OPSCONSOLE_CRASH_AT").map({ String(cString: $0) }) else { return nil }
    let parts = text.split(separator: ":")
    guard parts.count == 2, let pass = Int(parts[1]) else { return nil }
    return (String(parts[0]), pass)
  }()

  private static let passes = Mutex(0)

  func pass() {
    guard let wanted = Self.wanted, wanted.name == rawValue else { return }
    let count = Self.passes.withLock { passes in
      passes += 1
      return passes
    }
    if count == wanted.pass { kill(getpid(), SIGKILL) }
  }
}
