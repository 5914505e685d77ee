import Glibc
import OpsModel

/// A new file that is written line by line, for the owner alone.
final class LineFile {
  let path: String
  private let stream: UnsafeMutablePointer<FILE>
  /// Lines that were added.
  private(set) var count = 0
  /// The first thing that went wrong.
  private(set) var failure: WriteFailure?

  init(new path: String) throws(WriteFailure) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw WriteFailure(code: errno) }
    guard let stream = fdopen(file, "w") else {
      let failure = WriteFailure(code: errno)
      close(file)
      throw failure
    }
    self.path = path
    self.stream = stream
  }

  func add(_ document: JSONText) {
    guard failure == nil else { return }
    check(fputs(document.compact() + "\n", stream) >= 0)
    count += 1
  }

  /// Sees to it that every line is on disk. A file that is not whole is taken away again.
  func finish() throws(WriteFailure) {
    check(fflush(stream) == 0)
    check(fsync(fileno(stream)) == 0)
    check(fclose(stream) == 0)
    guard let failure else { return }
    unlink(path)
    throw failure
  }

  private func check(_ isDone: Bool) {
    if !isDone, failure == nil { failure = WriteFailure(code: errno) }
  }
}
