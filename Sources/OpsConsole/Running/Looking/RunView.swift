import Gate
import Glibc
import OpsModel
import Runbooks

/// A run as its folder tells it.
struct RunView: Sendable {
  /// Seconds after which a run is not taken up any more.
  static let stale = 86_400.0
  /// Bytes of a journal of which a list reads the end alone.
  private static let long = 1 << 20
  /// Runs that are listed.
  static let most = 200

  let folder: RunFolder
  let plan: RunPlan
  let history: RunHistory
  let isAlive: Bool
  let records: [JournalRecord]
  /// The line at which the journal does not hold; nil where all do.
  let brokenAt: Int?
  /// What its journal has lost; nil where nothing is known to be, and for one of a list.
  let loss: SafeText?
  /// Nil for one of a list, and where it can not be read.
  let runbook: Runbook?

  /// - Returns: nil where the folder holds no run.
  /// - Parameter isListed: one of many: of a long journal only the end is read.
  init?(_ folder: RunFolder, isListed: Bool = false) {
    guard let bytes = FilePaths.bytes(of: folder.plan, limit: 16 << 20), let plan = RunPlan(document: bytes) else { return nil }
    self.folder = folder
    self.plan = plan
    // Asked before the journal is read: a runner that ends in between has written its end.
    isAlive = Self.isAlive(folder)
    if isListed, (FilePaths.size(of: folder.journal) ?? 0) > Self.long {
      records = JournalReader.last(folder.journal)
      brokenAt = nil
    } else {
      let contents = JournalReader.read(folder.journal)
      records = contents?.records ?? []
      brokenAt = contents?.brokenAt
    }
    history = RunHistory(records)
    loss = isListed || isAlive ? nil : Self.loss(folder, history, brokenAt)
    runbook = isListed ? nil : Self.runbook(folder, plan)
  }

  private static func loss(_ folder: RunFolder, _ history: RunHistory, _ brokenAt: Int?) -> SafeText? {
    if let brokenAt { return "the journal does not hold at line \(brokenAt): it can only be read" }
    return history.isOver ? nil : AuditMemory(of: folder.id, audit: folder.audit).loss(history)
  }

  static func all(_ paths: FilePaths) -> [RunView] { list(paths).runs }

  /// The newest runs, and those among them that cannot be read: one that is damaged hides no other.
  static func list(_ paths: FilePaths) -> (runs: [RunView], damaged: [RunFolder]) {
    var runs: [RunView] = []
    var damaged: [RunFolder] = []
    for folder in RunFolder.known(in: paths.runFolder) {
      if runs.count == most || damaged.count == most { break }
      if let view = RunView(folder, isListed: true) { runs.append(view) } else { damaged.append(folder) }
    }
    return (runs, damaged)
  }

  var state: RunStanding { RunStanding(history, isAlive: isAlive) }
  var lines: Int { records.count }

  static func isAlive(_ folder: RunFolder) -> Bool {
    let file = open(folder.lock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return false }
    defer { close(file) }
    return flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Whether a person has to decide about a step in doubt before the run goes on.
  func needsPerson(_ path: String) -> Bool { Self.needsPerson(path, history.step(path), runbook) }

  static func needsPerson(_ path: String, _ step: RunHistory.Step, _ runbook: Runbook?) -> Bool {
    if step.state == .unknown { return true }
    guard step.state == .running, let runbook, let found = Self.step(path, in: runbook) else { return step.state == .running }
    return Resumption.of(found) == .ask
  }

  private static func runbook(_ folder: RunFolder, _ plan: RunPlan) -> Runbook? {
    guard let text = FilePaths.bytes(of: folder.runbook, limit: 1 << 20),
      case .success(let runbook) = RunbookLibrary.entry(plan.file, text).runbook
    else { return nil }
    return runbook
  }

  /// The step of a path such as `roll/web-1/restart` or `finally/unflag`.
  static func step(_ path: String, in runbook: Runbook) -> Step? {
    let parts = path.split(separator: "/").map(String.init)
    let list = parts.first == "on_failure" ? runbook.onFailure : parts.first == "finally" ? runbook.finally : runbook.steps
    let rest = parts.first == "on_failure" || parts.first == "finally" ? Array(parts.dropFirst()) : parts
    guard let top = rest.first.flatMap({ id in list.first { $0.id == id } }) else { return nil }
    if rest.count == 3 { return (top.perHost + top.perHostFinally).first { $0.id == rest[2] } }
    return top
  }

  /// Why it is none of this console's: it was planned for another environment, or with another configuration.
  func whyOfAnother(configuration: String?, environment: Environment) -> SafeText? {
    guard plan.configuration != configuration ?? "" || plan.environment != environment.rawValue else { return nil }
    return
      "it was planned for \(SafeText(escaping: plan.environment)) with \(SafeText(escaping: plan.configuration.isEmpty ? "no configuration" : plan.configuration)): take it up with that"
  }

  /// What it has left; nil where its runbook cannot be read.
  func remainder(decided: [String: RunHistory.StepState] = [:]) -> RunRemainder? {
    guard let runbook else { return nil }
    let books = plan.called.reduce(into: [String: Runbook]()) { $0[$1.key] = try? RunbookReader.read($1.value, file: $1.key) }
    return RunRemainder(
      runbook, books: books, history: history, parameters: plan.parameters, inherited: Set(plan.continues?.done ?? []), decided: decided)
  }

  /// The run whose rest it was to do, where it ended before it began with that: what is left is left of the other one.
  var original: SafeText? {
    guard let other = plan.continues, state.isOver, history.order.isEmpty else { return nil }
    return SafeText(escaping: other.run)
  }

  /// How what it has left is done; nil where nothing is left.
  var offer: SafeText? {
    if let original { return "it did nothing of the rest of run \(original): opsconsole runbook resume --remaining \(original)" }
    guard state.isOver, let left = remainder(), !left.isEmpty else { return nil }
    if let other = RestPlan.follower(of: folder.id, in: folder.runs) {
      return "run \(other.shown) does what this one left: opsconsole runbook status \(other.shown)"
    }
    if let standing = left.standing { return "left: \(left.words). \(standing.words). \(planAgain(left))" }
    return "left: \(left.words); to do that in a new run: opsconsole runbook resume --remaining \(folder.id.shown)"
  }

  /// - Parameter isAbort: it is to be given up, which has no limit of time: what is always done is owed.
  func whyNotResumed(now: Moment, by actor: AuditActor, configuration: String?, environment: Environment, isAbort: Bool) -> SafeText? {
    if let why = whyOfAnother(configuration: configuration, environment: environment) { return why }
    if state.isOver { return "it is over: \(state.word)\(offer.map { "; \($0)" } ?? "")" }
    if isAlive { return "a runner is at it: opsconsole runbook attach \(folder.id.shown)" }
    if let loss { return loss }
    let age = plan.age(at: now, boot: actor.boot.text)
    guard age > Self.stale, !isAbort else { return nil }
    return "it began \(Units.age(age)) ago: after a day it is only given up (--abort), and takes a new run"
  }
}
