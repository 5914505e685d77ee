import Glibc
import OpsModel

/// A lock that is a file: held by `flock`, so that it ends with its process, however that ends. What stands in it is for people.
final class LockFile: Sendable {
  enum Taken {
    case ours(LockFile)
    case held(SafeText)
  }

  private let file: Int32
  private let path: String

  private init(_ file: Int32, _ path: String) {
    self.file = file
    self.path = path
  }

  deinit { close(file) }

  /// - Parameter isShared: other accounts take it too; otherwise it is for the owner alone.
  /// - Throws: `Failure.settings` where it cannot be taken, which is not the same as that somebody has it.
  static func take(_ path: String, words: String, isShared: Bool) throws(Failure) -> Taken {
    // A file that was taken away after it was opened locks nobody out.
    for _ in 0..<20 {
      let file = try opened(path, isShared)
      guard hold(file) else {
        let holder = FilePaths.bytes(open: file, limit: 4096).map { SafeText(bytes: $0, limit: 200) } ?? ""
        close(file)
        return .held(holder.isEmpty ? "another run" : holder)
      }
      guard isStill(file, path) else {
        close(file)
        continue
      }
      ftruncate(file, 0)
      let bytes = Array(words.utf8)
      _ = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
      return .ours(LockFile(file, path))
    }
    throw .settings("\(SafeText(escaping: path)): somebody takes this file away again and again")
  }

  /// Whoever comes now finds this file, and not another one of its name.
  var isInPlace: Bool { Self.isStill(file, path) }

  /// What its holder wrote; nil while nobody holds it.
  static func holder(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return nil }
    defer { close(file) }
    guard flock(file, LOCK_SH | LOCK_NB) != 0 else { return nil }
    return FilePaths.bytes(open: file, limit: 4096).map { String(decoding: $0, as: UTF8.self) }
  }

  /// One that is there is opened without asking for a new one: in a folder like `/tmp` the kernel refuses that for a file of others.
  private static func opened(_ path: String, _ isShared: Bool) throws(Failure) -> Int32 {
    let known = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    if known >= 0 { return known }
    guard errno == ENOENT else { throw refused(path) }
    let made = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if made >= 0 {
      if isShared { fchmod(made, 0o666) }
      return made
    }
    guard errno == EEXIST else { throw refused(path) }
    let again = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard again >= 0 else { throw refused(path) }
    return again
  }

  private static func refused(_ path: String) -> Failure {
    .settings("\(SafeText(escaping: path)) cannot be opened: \(SafeText(escaping: String(cString: strerror(errno))))")
  }

  /// Somebody who only looks who has it holds it for a moment.
  private static func hold(_ file: Int32) -> Bool {
    for _ in 0..<5 {
      if flock(file, LOCK_EX | LOCK_NB) == 0 { return true }
      usleep(20_000)
    }
    return false
  }

  private static func isStill(_ file: Int32, _ path: String) -> Bool {
    var (open, named) = (stat(), stat())
    return fstat(file, &open) == 0 && lstat(path, &named) == 0 && open.st_ino == named.st_ino && open.st_dev == named.st_dev
  }
}
