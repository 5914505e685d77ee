import Glibc
import OpsModel

/// Why something could not be written.
struct WriteFailure: Error, Equatable, Sendable {
  /// As the system numbers it: `ENOSPC`, `EPIPE`, …
  let code: Int32

  /// Such as: no space left on device.
  var reason: SafeText {
    switch code {
    case EDQUOT: "the disk quota is used up"
    case EFBIG: "it would be larger than a file may be here (ulimit -f)"
    case EEXIST: "it exists already"
    case EBADF: "it is closed"
    default: Self.words(code)
    }
  }

  /// The system's words, as a part of a sentence.
  private static func words(_ code: Int32) -> SafeText {
    let text = String(cString: strerror(code))
    return SafeText(escaping: text.prefix(1).lowercased() + text.dropFirst())
  }

  /// What comes to light only when a file is settled: a quota on a server, delayed allocation, a broken disk.
  static func settling(_ file: Int32) -> WriteFailure? {
    var facts = stat()
    if fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, fsync(file) != 0, ![EINVAL, EROFS, EINTR].contains(errno) {
      return WriteFailure(code: errno)
    }
    // Closing a second descriptor settles the file, and leaves the number of the first one taken.
    let other = dup(file)
    guard other >= 0, close(other) != 0, errno != EINTR else { return nil }
    return WriteFailure(code: errno)
  }
}
