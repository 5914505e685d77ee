import Glibc
import OpsModel

/// A new file that is written line by line, for the owner alone.
final class LineFile {
  let path: String
  private let stream: UnsafeMutablePointer<FILE>
  private(set) var count = 0

  /// Nil where it can not be made, or stands already.
  init?(new path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { return nil }
    guard let stream = fdopen(file, "w") else {
      close(file)
      return nil
    }
    self.path = path
    self.stream = stream
  }

  func add(_ document: JSONText) {
    fputs(document.compact() + "\n", stream)
    count += 1
  }

  /// Whether every line is on disk.
  func finish() -> Bool {
    let isWritten = ferror(stream) == 0 && fflush(stream) == 0 && fsync(fileno(stream)) == 0
    return fclose(stream) == 0 && isWritten
  }
}
