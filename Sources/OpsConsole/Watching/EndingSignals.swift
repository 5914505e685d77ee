import Dispatch
import Glibc
import Synchronization

/// Hears that a program without a screen shall end: SIGTERM, SIGINT and SIGHUP.
final class EndingSignals: Sendable {
  private let wanted = Mutex<Int32?>(nil)
  private let sources: Mutex<[any DispatchSourceSignal]>

  init() {
    let numbers = [SIGTERM, SIGINT, SIGHUP]
    // The default action would end the process before anything is written.
    for number in numbers { signal(number, SIG_IGN) }
    sources = Mutex([])
    let made = numbers.map { DispatchSource.makeSignalSource(signal: $0, queue: .global()) }
    for source in made {
      source.setEventHandler { [weak self] in self?.end(0) }
      source.resume()
    }
    sources.withLock { $0 = made }
  }

  /// The exit code to end with; nil while nobody wants it.
  var code: Int32? { wanted.withLock { $0 } }

  /// The first reason counts.
  func end(_ code: Int32) { wanted.withLock { $0 = $0 ?? code } }
}
