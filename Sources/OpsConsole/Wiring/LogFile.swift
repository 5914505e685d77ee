import Glibc

/// Where standard error goes while curses owns the screen.
final class LogFile {
  /// The file is begun anew beyond this size.
  static let limit = 4 * 1_048_576

  private let paths: FilePaths
  private var kept: Int32 = -1

  init(paths: FilePaths) { self.paths = paths }

  func takeStandardError() {
    kept = dup(STDERR_FILENO)
    var target: Int32 = -1
    if FilePaths.makeFolder(paths.state) {
      target = open(paths.logFile, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
      var facts = stat()
      if target >= 0, fstat(target, &facts) == 0, Int(facts.st_size) > Self.limit { ftruncate(target, 0) }
    }
    // A library that writes to the terminal would spoil the screen: without a log its words are dropped.
    if target < 0 { target = open("/dev/null", O_WRONLY | O_CLOEXEC) }
    guard target >= 0 else { return }
    dup2(target, STDERR_FILENO)
    close(target)
  }

  func giveStandardErrorBack() {
    guard kept >= 0 else { return }
    dup2(kept, STDERR_FILENO)
    close(kept)
    kept = -1
  }
}
