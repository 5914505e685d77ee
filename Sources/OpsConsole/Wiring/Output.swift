import Glibc
import OpsModel
import Synchronization

/// Standard output and error. Only text that is safe to print gets there.
///
/// All of standard output goes through here, and every write is checked. The first failure is kept, nothing is printed behind it, and
/// `Program.end` turns it into the exit code.
enum Output {
  private static let failure = Mutex<WriteFailure?>(nil)

  static func line(_ text: SafeText) { print(Array((text.text + "\n").utf8)[...]) }

  static func json(_ document: JSONText) { print(document.renderedBytes()[...]) }

  /// One object in one line.
  static func jsonLine(_ document: JSONText) { print(Array((document.compact() + "\n").utf8)[...]) }

  /// Text that is our own, such as help: nothing from outside is in it.
  static func own(_ text: String) { print(Array(text.utf8)[...]) }

  /// What is printed does not arrive any more: there is no sense in going on for its sake.
  static var isLost: Bool { failure.withLock { $0 != nil } }

  /// - Returns: why not all that was printed is written; nil where it is.
  static func finish() -> WriteFailure? {
    if let known = failure.withLock({ $0 }) { return known }
    guard hasPrinted.load(ordering: .relaxed) else { return nil }
    return WriteFailure.settling(STDOUT_FILENO)
  }

  /// What happened at a server and has to be known even where it cannot be printed.
  static func remember(_ deed: SafeText) { deeds.withLock { $0 = deed } }
  static var deed: SafeText? { deeds.withLock { $0 } }
  private static let deeds = Mutex<SafeText?>(nil)

  private static let hasPrinted = Atomic(false)

  private static func print(_ bytes: ArraySlice<UInt8>) {
    guard !isLost else { return }
    hasPrinted.store(true, ordering: .relaxed)
    if let problem = write(bytes, to: STDOUT_FILENO) { failure.withLock { $0 = $0 ?? problem } }
  }

  static func error(_ text: SafeText) { _ = write(Array("opsconsole: \(Hiding.process.text(text).text)\n".utf8)[...], to: STDERR_FILENO) }

  /// What is wrong with the arguments, and how they are used.
  static func usage(_ text: String) { _ = write(Array(text.utf8)[...], to: STDERR_FILENO) }

  /// Standard error's current line, on a terminal.
  static func rewrite(_ text: SafeText) { _ = write(Array("\r\u{1b}[K\(text.text)".utf8)[...], to: STDERR_FILENO) }

  private static func write(_ all: ArraySlice<UInt8>, to file: Int32) -> WriteFailure? {
    var bytes = all
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if count < 0, errno == EAGAIN || errno == EWOULDBLOCK {
        // Somebody who shares the pipe has made it non-blocking.
        var wait = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
        poll(&wait, 1, -1)
      } else if count == 0 || errno != EINTR {
        return WriteFailure(code: count == 0 ? EIO : errno)
      }
    }
    return nil
  }
}
