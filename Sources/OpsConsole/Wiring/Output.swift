import Glibc
import OpsModel

/// Standard output and error. Only text that is safe to print gets there.
enum Output {
  static func line(_ text: SafeText) { write(text.text + "\n", to: STDOUT_FILENO) }

  static func json(_ document: JSONText) { write(document.renderedBytes()[...], to: STDOUT_FILENO) }

  /// One object in one line.
  static func jsonLine(_ document: JSONText) { write(document.compact() + "\n", to: STDOUT_FILENO) }

  static func error(_ text: SafeText) { write("opsconsole: \(Hiding.process.text(text).text)\n", to: STDERR_FILENO) }

  /// Standard error's current line, on a terminal.
  static func rewrite(_ text: SafeText) { write("\r\u{1b}[K\(text.text)", to: STDERR_FILENO) }

  private static func write(_ text: String, to file: Int32) { write(Array(text.utf8)[...], to: file) }

  private static func write(_ all: ArraySlice<UInt8>, to file: Int32) {
    var bytes = all
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
