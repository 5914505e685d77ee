import Glibc
import OpsModel

/// A file whose bytes are on disk when a call returns. After an error that leaves in doubt what is on disk it takes nothing more: a
/// second `fsync` of the same descriptor would say that all is well.
final class DurableFile {
  private let path: String
  private let calls: any FileCalls
  private let file: Int32
  private var isPoisoned = false

  /// - Parameter isNew: it must not stand there yet; otherwise it is appended to.
  /// - Throws: `JournalFailure`.
  init(_ path: String, isNew: Bool, calls: any FileCalls) throws(JournalFailure) {
    self.path = path
    self.calls = calls
    let flags = isNew ? O_WRONLY | O_CREAT | O_EXCL : O_WRONLY | O_APPEND
    file = try DurableFile.untilDone { calls.open(path, flags | O_NOFOLLOW | O_CLOEXEC, 0o600) }.checked(path, "open")
  }

  deinit { if file >= 0 { calls.close(file) } }

  /// - Throws: `JournalFailure` unless every byte is on disk.
  func append(_ bytes: [UInt8]) throws(JournalFailure) {
    guard !isPoisoned else { throw .poisoned(path: SafeText(escaping: path)) }
    isPoisoned = true
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { calls.write(file, UnsafeRawBufferPointer(rebasing: $0[written...])) }
      if count == -Int(EINTR) { continue }
      guard count > 0 else { throw .system(path: SafeText(escaping: path), call: "write", code: count < 0 ? Int32(-count) : ENOSPC) }
      written += count
    }
    try Self.sync(file, path, calls)
    isPoisoned = false
  }

  /// A whole new file, and its name in its folder.
  static func make(_ path: String, _ bytes: [UInt8], calls: any FileCalls) throws(JournalFailure) {
    try DurableFile(path, isNew: true, calls: calls).append(bytes)
  }

  /// Makes names that were added to a folder, or taken away, last.
  static func syncFolder(_ path: String, calls: any FileCalls) throws(JournalFailure) {
    let folder = try untilDone { calls.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }.checked(path, "open")
    defer { calls.close(folder) }
    try sync(folder, path, calls)
  }

  private static func sync(_ file: Int32, _ path: String, _ calls: any FileCalls) throws(JournalFailure) {
    let code = untilDone { -calls.sync(file) }
    guard code == 0 else { throw .system(path: SafeText(escaping: path), call: "fsync", code: -code) }
  }

  private static func untilDone(_ call: () -> Int32) -> Int32 {
    while true {
      let result = call()
      if result != -EINTR { return result }
    }
  }
}

extension Int32 {
  /// What is not negative, or the failure that it stands for.
  fileprivate func checked(_ path: String, _ call: SafeText) throws(JournalFailure) -> Int32 {
    guard self >= 0 else { throw .system(path: SafeText(escaping: path), call: call, code: -self) }
    return self
  }
}
