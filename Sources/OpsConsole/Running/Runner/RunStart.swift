import CProcess
import Glibc
import OpsModel
import Runbooks

/// Begins runs, and takes them up again: writes down what will be done, and starts a runner that no terminal can take with it.
struct RunStart: Sendable {
  enum Problem: Error {
    case unwritten(JournalFailure)
    case notStarted(SafeText)
    /// A runner was started, and did not take the run: somebody else has it, or it is not to be carried out like this.
    case refused(SafeText)

    var sentence: SafeText {
      switch self {
      case .unwritten(let failure): "nothing was begun, since the run can not be written down: \(failure.sentence)"
      case .notStarted(let why): "no runner could be started: \(why)"
      case .refused(let why): why
      }
    }
  }

  let paths: FilePaths
  let options: SharedOptions
  let clock: any OpsClock

  /// `on_conflict: show`: the run of this account that has the lock now, and is looked at in place of a second one.
  func shown(instead made: PlanMaker.Made) -> RunFolder? {
    guard case .success(let runbook) = made.entry.runbook, runbook.onConflict == .show,
      let other = RunLock.run(holding: made.plan.lock, in: paths.runLockFolder)
    else { return nil }
    return RunFolder(other, in: paths.runFolder)
  }

  /// F1: everything is on disk before the runner exists.
  /// - Throws: `Problem`.
  func begin(_ made: PlanMaker.Made, by: String) throws(Problem) -> RunFolder {
    guard FilePaths.makeFolder(paths.runFolder) else {
      throw .notStarted("\(SafeText(escaping: paths.runFolder)) can not be made: check its rights and the space on the disk")
    }
    let folder = RunFolder(RunID(now: clock.now().unix), in: paths.runFolder)
    do throws(JournalFailure) {
      try folder.make(runbook: made.entry.bytes, plan: made.plan.document, frozen: made.plan.frozenDocument)
    } catch { throw .unwritten(error) }
    do throws(Problem) { try start(folder, RunOrder(.begin, by: by, sensitive: made.sensitive)) } catch {
      // It did not begin: nothing of it stays, or `last` would mean it.
      if FilePaths.size(of: folder.journal) == 0, !RunView.isAlive(folder) { folder.remove() }
      throw error
    }
    return folder
  }

  /// Seconds in which a runner has taken the run or has said why not. One that is slower is left to itself.
  private static let patience = 30.0

  /// Returns when the runner has the run: from then on nobody else can take it.
  /// - Throws: `Problem.notStarted`, `Problem.refused`.
  func start(_ folder: RunFolder, _ order: RunOrder) throws(Problem) {
    guard let program = ProcessArguments.executable else {
      throw .notStarted("the file of this program is not found; was it replaced since it started? Start opsconsole again")
    }
    var argv = [program, "runbook", "runner", folder.path]
    if options.readOnly { argv.append("--read-only") }
    if let config = options.config { argv += ["--config", FilePaths.absolute(FilePaths.expand(config))] }
    guard let input = PipeEnds() else { throw .notStarted("no file is free") }
    guard let words = PipeEnds() else {
      for end in [input.reading, input.writing] { close(end) }
      throw .notStarted("no file is free")
    }
    defer { close(words.reading) }
    let logged = FilePaths.size(of: folder.log) ?? 0
    let log = open(folder.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    defer { if log >= 0 { close(log) } }
    guard log >= 0 else {
      for end in [input.reading, input.writing, words.writing] { close(end) }
      throw .notStarted("cannot write \(SafeText(escaping: folder.log))")
    }
    let arguments = argv.map { strdup($0) } + [nil]
    let variables = SharedOptions.variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    let pid = ops_spawn(program, arguments, variables, "/", input.reading, words.writing, log, 1, 0)
    close(input.reading)
    close(words.writing)
    guard pid > 0 else {
      close(input.writing)
      throw .notStarted(SafeText(escaping: String(cString: strerror(-pid))))
    }
    reap(pid)
    try hand(order, to: input.writing, folder)
    guard heard(words.reading) else {
      throw .refused(RunnerLog.said(folder, after: logged) ?? "the runner ended at once: see \(SafeText(escaping: folder.log))")
    }
  }

  private func hand(_ order: RunOrder, to file: Int32, _ folder: RunFolder) throws(Problem) {
    defer { close(file) }
    let bytes = order.document
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { write(file, $0.baseAddress?.advanced(by: written), bytes.count - written) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .notStarted("it ended at once: see \(SafeText(escaping: folder.log))") }
      written += count
    }
  }

  /// - Returns: false where the runner ended without a word.
  private func heard(_ file: Int32) -> Bool {
    let began = clock.now()
    var byte: UInt8 = 0
    while true {
      let left = Self.patience - clock.now().age(since: began)
      guard left > 0 else { return true }
      var one = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
      let count = poll(&one, 1, Int32(left * 1000) + 1)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return true }
      return read(file, &byte, 1) == 1
    }
  }

  /// The runner is nobody's child to be waited for; while this process lives it must not become a zombie of it.
  private func reap(_ pid: Int32) {
    ThreadStart.detach {
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    }
  }
}
