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
    return await RunnerLife(self, history: history, isFirst: isFirst).live(journal)
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

  /// Where the lock is kept beside this machine: at the first server that the run changes and that keeps locks.
  func lease(_ gate: Gate) async throws(Failure) -> (any RunLease)? {
    for step in runbook.allSteps where !step.isRead {
      guard let connection = step.action?.connection, connection.host == nil else { continue }
      let source = try places.source(ResolvedConnection(name: connection.name, host: nil))
      guard let make = ConnectorCatalogue.stepServer(named: source.kind)?.lease else { continue }
      let act = StepAct(
        origin: StepOrigin(run: folder.id.shown, step: ""), kind: "lock", place: source.name,
        words: "the lock \(SafeText(escaping: plan.lock, limit: 200))")
      let permit: Permit
      do throws(GateRefusal) { permit = try await gate.permit(for: act) } catch { throw error.failure }
      // What follows is renewed every few seconds and ends with the run: one record stands for all of it.
      await gate.close(act, .done([:]))
      return try make(try await places.maker.settings(of: source, isWriting: true), plan.lock, holder, clock, permit)
    }
    return nil
  }
}
