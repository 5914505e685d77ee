import Glibc
import OpsModel

/// The file of the audit log, opened for one append: the lock is held from reading its tail to the last `fsync`.
final class AuditFile {
  /// Seconds to wait for another console of the same user.
  static let patience = 3.0

  private let file: Int32

  /// - Throws: `AuditFailure`.
  init(path: String) throws(AuditFailure) {
    file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else {
      // A file whose folder cannot be made is not missing: the folder above forbids it.
      let code = errno == ENOENT ? AuditProbe.folderTrouble(path) : errno
      throw .system(path: SafeText(escaping: path), call: "open", code: code == 0 ? ENOENT : code)
    }
    var facts = stat()
    if fstat(file, &facts) == 0, facts.st_mode & S_IFMT != S_IFREG || facts.st_uid != getuid() {
      throw .notOurs(path: SafeText(escaping: path))
    }
    // Everything is stored: where it ends here, `deinit` closes the file.
    if Mounts.isRemote(path) { throw .remote(path: SafeText(escaping: path)) }
    guard lock() else { throw .busy(path: SafeText(escaping: path)) }
  }

  deinit { if file >= 0 { close(file) } }

  private func lock() -> Bool {
    var waited = 0.0
    while flock(file, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR, waited < Self.patience else { return false }
      usleep(10_000)
      waited += 0.01
    }
    return true
  }

  var size: Int {
    var facts = stat()
    return fstat(file, &facts) == 0 ? Int(facts.st_size) : 0
  }

  /// The last whole line, and the bytes behind it that no line end follows: a write that was cut short.
  func tail() -> (line: String?, torn: [UInt8]) {
    let length = size
    var begin = max(0, length - 2 * AuditRecord.limit)
    let bytes = read(from: begin, to: length)
    guard let end = bytes.lastIndex(of: 0x0A) else { return (nil, bytes) }
    let start = bytes[..<end].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    begin += start
    return (String(decoding: bytes[start..<end], as: UTF8.self), Array(bytes[(end + 1)...]))
  }

  private func read(from start: Int, to end: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(0, end - start))
    let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, off_t(start)) }
    return Array(bytes.prefix(max(0, count)))
  }

  /// Takes off what a crash left behind the last line end.
  func cut(_ torn: Int) { ftruncate(file, off_t(size - torn)) }

  /// - Throws: `AuditFailure` unless every byte is on disk.
  func append(_ line: String) throws(AuditFailure) {
    let bytes = Array((line + "\n").utf8)
    let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    guard written == bytes.count else {
      let code = errno
      if written > 0 { cut(written) }
      throw .system(path: "the audit log", call: "write", code: written < 0 ? code : ENOSPC)
    }
    guard fsync(file) == 0 else { throw .system(path: "the audit log", call: "fsync", code: errno) }
  }
}
