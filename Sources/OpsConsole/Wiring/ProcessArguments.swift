import CProcess
import Glibc

/// What the system told this process about itself when it started it. Nothing here depends on /proc: `--read-only` and `wallboard` must
/// be known wherever the program runs.
enum ProcessArguments {
  /// The words behind the program's name; nil where they are not known.
  static var words: [String]? {
    let count = ops_argument_count()
    guard count > 0 else { return nil }
    return (1..<max(1, count)).compactMap { ops_argument($0).map { String(cString: $0) } }
  }

  /// The file of this program; nil where it cannot be found any more.
  static let executable: String? = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let linked = length > 0 ? String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
    if linked.hasPrefix("/"), access(linked, X_OK) == 0 { return linked }
    guard let name = ops_started_as(), let real = realpath(name, nil) else { return nil }
    defer { free(real) }
    return access(real, X_OK) == 0 ? String(cString: real) : nil
  }()
}
