import Connectors
import Gate
import Glibc
import OpsModel
import Runbooks

/// One run per lock: a file for this account, and a lease at a server that the run changes, so that other hosts see it as well.
///
/// A lock is for people; that nothing is done twice rests on each step alone. It is renewed every five seconds; a runner that could not renew
/// it for fifteen has lost it, and changes nothing more.
actor RunLock {
  static let life = 15.0
  private static let renewal = 5.0

  private let name: String
  private let folder: String
  private let clock: any OpsClock
  private var lease: (any RunLease)?
  private var file: Int32 = -1
  private var renewedAt: Moment
  private var why: SafeText?
  private var renewing: Task<Void, Never>?

  init(_ name: String, folder: String, clock: any OpsClock) {
    self.name = name
    self.folder = folder
    self.clock = clock
    renewedAt = clock.now()
  }

  /// - Parameters:
  ///   - holder: who, for which run: others read it.
  ///   - lease: nil where no server of the run keeps locks.
  /// - Returns: who has it; nil where it is ours.
  /// - Throws: `Failure` where the server can not be asked.
  func take(holder: String, lease: (any RunLease)?) async throws(Failure) -> SafeText? {
    if let words = lockFile(holder) { return words }
    guard let lease else { return nil }
    let asked = clock.now()
    do throws(Failure) {
      if let words = try await lease.take() {
        unlockFile()
        await lease.give()
        return words
      }
    } catch {
      unlockFile()
      throw error
    }
    self.lease = lease
    renewedAt = asked
    renewing = Task { [weak self] in
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(Self.renewal))
        await self?.renew()
      }
    }
    return nil
  }

  /// Why it is ours no more.
  func lost() -> SafeText? {
    if let why { return why }
    guard lease != nil else { return nil }
    let age = clock.now().age(since: renewedAt)
    if age > Self.life {
      why =
        "the lock \(SafeText(escaping: name, limit: 100)) was not renewed for \(Units.age(age)): somebody else may have it; nothing more is changed"
    }
    return why
  }

  func give() async {
    renewing?.cancel()
    await lease?.give()
    unlockFile()
  }

  private func renew() async {
    // The clock goes on while a process is stopped: what is too old by it is not renewed silently.
    guard let lease, lost() == nil else { return }
    let asked = clock.now()
    do throws(Failure) {
      if try await lease.keep() {
        renewedAt = asked
      } else {
        why = "the lock \(SafeText(escaping: name, limit: 100)) is somebody else's now"
      }
    } catch { return }
  }

  // MARK: The file

  private static func path(_ name: String, _ folder: String) -> String {
    "\(folder)/\(RunbookLibrary.hash(of: Array(name.utf8)).prefix(24)).lock"
  }

  /// The run of this account that has a lock now; nil where none has.
  static func run(holding name: String, in folder: String) -> RunID? {
    let file = open(path(name, folder), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return nil }
    defer { close(file) }
    guard flock(file, LOCK_SH | LOCK_NB) != 0, let words = FilePaths.bytes(open: file, limit: 4096) else { return nil }
    let parts = String(decoding: words, as: UTF8.self).split(separator: " ")
    return parts.lastIndex(of: "run").flatMap { parts.dropFirst($0 + 1).first }.flatMap { RunID(String($0)) }
  }

  private func lockFile(_ holder: String) -> SafeText? {
    _ = FilePaths.makeFolder(folder)
    let path = Self.path(name, folder)
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return "\(SafeText(escaping: path)): \(SafeText(escaping: String(cString: strerror(errno))))" }
    guard Self.hold(file) else {
      let words = FilePaths.read(path, limit: 4096) ?? ""
      close(file)
      file = -1
      return SafeText(escaping: words.isEmpty ? "another run of this account" : words, limit: 200)
    }
    ftruncate(file, 0)
    let bytes = Array("\(holder) since \(Calendar.stamp(clock.now().unix).text)".utf8)
    _ = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    return nil
  }

  /// Somebody who only looks who has it holds it for a moment.
  private static func hold(_ file: Int32) -> Bool {
    for _ in 0..<5 {
      if flock(file, LOCK_EX | LOCK_NB) == 0 { return true }
      usleep(20_000)
    }
    return false
  }

  private func unlockFile() {
    if file >= 0 { close(file) }
    file = -1
  }
}
