import Connectors
import Gate
import Glibc
import OpsModel
import Runbooks

/// One run per lock. A file excludes other runs of this account wherever it stands; a name of the kernel, or a file in a folder that accounts
/// share, excludes all accounts of this machine; a lease at a server excludes other hosts. Each is taken, or nothing runs.
///
/// A lock is for people; that nothing is done twice rests on each step alone. A lease is renewed every five seconds; a runner that could not
/// renew it for fifteen has lost it, and changes nothing more.
actor RunLock {
  static let life = 15.0
  private static let renewal = 5.0

  private let name: String
  private let folder: String
  private let shared: String?
  private let excludesOthers: Bool
  private let clock: any OpsClock
  private var lease: (any RunLease)?
  private var own: LockFile?
  private var common: LockFile?
  private var machine: MachineLock?
  private var renewedAt: Moment
  private var why: SafeText?
  private var renewing: Task<Void, Never>?

  /// - Parameters:
  ///   - folder: of this account.
  ///   - shared: of all accounts, where the configuration names one: then the kernel's own names are not used.
  ///   - excludesOthers: otherwise only other runs of this account.
  init(_ name: String, folder: String, shared: String?, excludesOthers: Bool, clock: any OpsClock) {
    self.name = name
    self.folder = folder
    self.shared = shared
    self.excludesOthers = excludesOthers
    self.clock = clock
    renewedAt = clock.now()
  }

  /// - Parameters:
  ///   - holder: who, for which run: others read it.
  ///   - lease: nil where no server of the run keeps locks.
  /// - Returns: who has it; nil where it is ours.
  /// - Throws: `Failure` where it cannot be taken for another reason than that somebody has it.
  func take(holder: String, lease: (any RunLease)?) async throws(Failure) -> SafeText? {
    let words = "\(holder) since \(Calendar.stamp(clock.now().unix).text)"
    do throws(Failure) {
      if let held = try here(words) {
        letGo()
        return held
      }
    } catch {
      letGo()
      throw .settings("the lock \(shown) cannot be taken: \(error.what)")
    }
    guard let lease else { return nil }
    let asked = clock.now()
    do throws(Failure) {
      if let words = try await lease.take() {
        letGo()
        await lease.give()
        return words
      }
    } catch {
      letGo()
      throw .settings("the lock \(shown) cannot be taken at its server: \(error.what)")
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

  /// On this machine.
  /// - Returns: who has it.
  private func here(_ words: String) throws(Failure) -> SafeText? {
    _ = FilePaths.makeFolder(folder)
    switch try LockFile.take(Self.path(name, folder), words: words, isShared: false) {
    case .held(let holder): return holder
    case .ours(let file): own = file
    }
    guard excludesOthers else { return nil }
    if let shared {
      if let problem = LockReach.problem(shared) { throw .settings(problem) }
      switch try LockFile.take(Self.path(name, shared), words: words, isShared: true) {
      case .held(let holder): return holder
      case .ours(let file): common = file
      }
      return nil
    }
    switch try MachineLock.take(name, words: words) {
    case .held(let holder): return holder
    case .ours(let lock): machine = lock
    }
    return nil
  }

  private func letGo() { (own, common, machine) = (nil, nil, nil) }

  private var shown: SafeText { SafeText(escaping: name, limit: 100) }

  /// Why it is ours no more.
  func lost() -> SafeText? {
    if let why { return why }
    // A file that was taken away keeps nobody out. The kernel's own name cannot be.
    if let file = machine == nil ? common ?? own : nil, !file.isInPlace {
      why = "the file of the lock \(shown) was taken away: somebody else may have the lock; nothing more is changed"
      return why
    }
    guard lease != nil else { return nil }
    let age = clock.now().age(since: renewedAt)
    if age > Self.life {
      why = "the lock \(shown) was not renewed for \(Units.age(age)): somebody else may have it; nothing more is changed"
    }
    return why
  }

  func give() async {
    renewing?.cancel()
    await lease?.give()
    letGo()
  }

  private func renew() async {
    // The clock goes on while a process is stopped: what is too old by it is not renewed silently.
    guard let lease, lost() == nil else { return }
    let asked = clock.now()
    do throws(Failure) {
      if try await lease.keep() {
        renewedAt = asked
      } else {
        why = "the lock \(shown) is somebody else's now"
      }
    } catch { return }
  }

  private static func path(_ name: String, _ folder: String) -> String {
    "\(folder)/\(RunbookLibrary.hash(of: Array(name.utf8)).prefix(24)).lock"
  }

  /// The run of this account that has a lock now; nil where none has.
  static func run(holding name: String, in folder: String) -> RunID? {
    let parts = (LockFile.holder(path(name, folder)) ?? "").split(separator: " ")
    return parts.lastIndex(of: "run").flatMap { parts.dropFirst($0 + 1).first }.flatMap { RunID(String($0)) }
  }
}
