import Glibc
import OpsModel

/// Finds out whether a record could be written now, without writing one.
public enum AuditProbe {
  /// Bytes that a record and a little more need.
  private static let room = 65_536

  /// - Returns: why a record could not be written; nil where it could. `AuditFailure.busy` may pass at once: another console writes.
  public static func problem(_ path: String) -> AuditFailure? {
    let name = SafeText(escaping: path)
    let file = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else {
      let code = errno == ENOENT ? folderTrouble(path) : errno
      return code == 0 ? roomTrouble(path, name) : .system(path: name, call: "open", code: code)
    }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_uid == getuid() else { return .notOurs(path: name) }
    if Mounts.isRemote(path) { return .remote(path: name) }
    if flock(file, LOCK_EX | LOCK_NB) != 0 { return errno == EWOULDBLOCK ? .busy(path: name) : nil }
    defer { flock(file, LOCK_UN) }
    return roomTrouble(path, name)
  }

  /// Why the file cannot be made: the code of what its nearest folder that exists forbids; 0 where nothing does.
  static func folderTrouble(_ path: String) -> Int32 {
    var parts = path.split(separator: "/").dropLast()
    while true {
      let folder = "/" + parts.joined(separator: "/")
      var facts = stat()
      if stat(folder, &facts) == 0 {
        guard facts.st_mode & S_IFMT == S_IFDIR else { return ENOTDIR }
        return access(folder, W_OK | X_OK) == 0 ? 0 : errno
      }
      guard errno == ENOENT, !parts.isEmpty else { return errno }
      parts = parts.dropLast()
    }
  }

  /// Whether its file system has room for the next records, and this account's quota: asked of a file without a name, which is gone when it is
  /// closed. A file system that has no such files says so, and then the free blocks tell.
  private static func roomTrouble(_ path: String, _ name: SafeText) -> AuditFailure? {
    var parts = path.split(separator: "/").dropLast()
    var facts = statvfs()
    while statvfs("/" + parts.joined(separator: "/"), &facts) != 0 {
      guard !parts.isEmpty else { return nil }
      parts = parts.dropLast()
    }
    let file = open("/" + parts.joined(separator: "/"), temporary | O_RDWR | O_CLOEXEC, 0o600)
    if file >= 0 {
      defer { close(file) }
      let code = posix_fallocate(file, 0, off_t(room))
      return code == ENOSPC || code == EDQUOT || code == EROFS ? .system(path: name, call: "write", code: code) : nil
    }
    if errno == ENOSPC || errno == EDQUOT || errno == EROFS { return .system(path: name, call: "write", code: errno) }
    let free = geteuid() == 0 ? facts.f_bfree : facts.f_bavail
    let isFull = Int(free) * Int(facts.f_frsize) < room || (facts.f_files > 0 && facts.f_ffree == 0)
    return isFull ? .system(path: name, call: "write", code: ENOSPC) : nil
  }

  /// `O_TMPFILE`, which is a macro that Swift does not see.
  private static let temporary = 0o20000000 | O_DIRECTORY
}
