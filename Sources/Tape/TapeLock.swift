import Glibc
import OpsModel

/// The lock beside a tape: who holds it records. The file names the process, for those who find it taken.
struct TapeLock {
  enum Taken: Error {
    /// By a process; nil where the file does not name it.
    case by(Int?)
    case problem(SafeText, code: Int32)
  }

  private let file: Int32

  /// - Parameter path: of the tape.
  init(_ path: String) throws(Taken) {
    file = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw .problem("\(SafeText(escaping: path)).lock", code: errno) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let holder = Self.holder(file)
      Glibc.close(file)
      throw .by(holder)
    }
    ftruncate(file, 0)
    let text = Array("\(getpid())\n".utf8)
    // On a full disk it stays empty: then others know that somebody records, and not who.
    _ = pwrite(file, text, text.count, 0)
  }

  func release() { Glibc.close(file) }

  private static func holder(_ file: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 24)
    let count = pread(file, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int(String(decoding: bytes[..<count].prefix { $0 != 0x0A }, as: UTF8.self)).flatMap { $0 > 0 ? $0 : nil }
  }
}
