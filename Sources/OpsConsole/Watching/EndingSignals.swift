import Dispatch
import Glibc
import Synchronization

/// Hears that a program without a screen shall end: SIGTERM, SIGINT and SIGHUP.
final class EndingSignals: Sendable {
  private let wanted = Mutex<Int32?>(nil)

  init() {
    for number in [SIGTERM, SIGINT, SIGHUP] {
      // The default action would end the process before anything is written.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      // It holds itself: signals are heard until the process ends.
      source.setEventHandler { [weak self] in
        _ = source
        self?.end(0)
      }
      source.resume()
    }
  }

  /// The exit code to end with; nil while nobody wants it.
  var code: Int32? { wanted.withLock { $0 } }

  /// The first reason counts.
  func end(_ code: Int32) { wanted.withLock { $0 = $0 ?? code } }
}
