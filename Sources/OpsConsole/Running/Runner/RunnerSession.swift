import Connectors
import Gate
import Glibc
import OpsModel
import Runbooks
import Synchronization

/// The life of a runner: takes its folder, its lock and its journal, carries out the run, and listens to whoever looks.
struct RunnerSession: Sendable {
  /// Seconds without a viewer until `on_disconnect` holds.
  static let patience = 10.0
  /// Seconds that a step under way has when the machine shuts down.
  static let shutdown = 20.0

  let folder: RunFolder
  let order: RunOrder
  let plan: RunPlan
  let runbook: Runbook
  let maker: GateMaker
  let clock: any OpsClock

  /// - Returns: the exit code: 0 where it succeeded, 1 where it did not, 75 where it waits for a person.
  func run() async -> Int32 {
    guard let read = JournalReader.read(folder.journal) else { return fail("its journal can not be read: this run can only be looked at") }
    if let line = read.brokenAt { return fail("the journal does not hold at line \(line): this run can only be read") }
    let history = RunHistory(read.records)
    if let loss = AuditMemory(of: folder.id, audit: folder.audit).loss(history) { return fail(loss) }
    guard !history.isOver else { return fail("it is over already") }
    // A first record that was cut short is followed by one that says so.
    let start = read.records.first { $0.kind != .repair }
    if let start, start.kind != .runStart || start["hash"] != .text(plan.hash) {
      return fail("the journal is of another plan: this run can only be read")
    }
    if let why = refusal(history) { return fail(why) }
    let isFirst = start == nil
    let journal: Journal
    do throws(JournalFailure) { journal = try Journal(folder.journal, after: read, clock: clock) } catch {
      return fail("the journal can not be written: \(error.sentence)")
    }
    accept()
    return await RunnerLife(self, history: history, isFirst: isFirst).live(journal)
  }

  /// Tells whoever started this process that it has the run: one who comes second hears nothing, and knows by that. From then on standard
  /// output is the log as well.
  private func accept() {
    var word = UInt8(ascii: "\n")
    _ = write(STDOUT_FILENO, &word, 1)
    dup2(STDERR_FILENO, STDOUT_FILENO)
  }

  private func fail(_ why: SafeText) -> Int32 {
    Output.error(why)
    return 1
  }

  /// Why it is not carried out like this: a file was changed, or something was decided that is not in doubt.
  private func refusal(_ history: RunHistory) -> SafeText? {
    // Giving a run up must always be possible: what is always done is owed.
    if order.kind == .abort { return nil }
    for (path, digest) in plan.files where PlanMaker.digest(of: path) != digest { return Self.changed(path) }
    // Where the servers are is part of what was confirmed, and of what others approved.
    if PlanMaker.digest(of: plan.configuration) != plan.configurationHash { return Self.changed(plan.configuration) }
    for one in order.decisions {
      let shown = SafeText(escaping: one.step, limit: 100)
      guard history.open.contains(one.step) else { return "\(shown) is not in doubt: nothing is decided about it" }
      switch RunView.step(one.step, in: runbook)?.action {
      case .approve?, .prompt?, .assert?, .wait?: return "\(shown) is answered by nobody's decision: it is asked again"
      default: continue
      }
    }
    return nil
  }

  private static func changed(_ path: String) -> SafeText {
    "\(SafeText(escaping: path)) was changed since the plan was made: put it back, or give the run up (--abort) and plan anew"
  }

  var actor: String { maker.actor.name.text }
  var holder: String { "\(actor) run \(folder.id.text)" }

  var places: StepPlaces {
    StepPlaces(
      configuration: maker.configuration, maker: SourceMaker(clock: clock, presence: maker.presence), actor: maker.actor.name.text)
  }

  /// Where the lock is kept for other hosts.
  func lease(_ gate: Gate) async throws(Failure) -> (any RunLease)? {
    guard let source = try LockReach(runbook: runbook, places: places).server(),
      let make = ConnectorCatalogue.stepServer(named: source.kind)?.lease
    else { return nil }
    let act = StepAct(
      origin: StepOrigin(run: folder.id.shown, step: ""), kind: "lock", place: source.name,
      words: "the lock \(SafeText(escaping: plan.lock, limit: 200))")
    let permit: Permit
    do throws(GateRefusal) { permit = try await gate.permit(for: act) } catch { throw error.failure }
    // What follows is renewed every few seconds and ends with the run: one record stands for all of it.
    await gate.close(act, .done([:]))
    return try make(try await places.maker.settings(of: source, isWriting: true), plan.lock, holder, clock, permit)
  }
}
