import Gate
import Glibc
import OpsModel
import Runbooks
import Synchronization

/// From the first record of a life to its last.
struct RunnerLife: Sendable {
  let session: RunnerSession
  let history: RunHistory
  let isFirst: Bool
  let control = RunControl()
  let queue: RunQueue
  let output: OutputLog

  init(_ session: RunnerSession, history: RunHistory, isFirst: Bool) {
    self.session = session
    self.history = history
    self.isFirst = isFirst
    queue = RunQueue(session, control)
    output = OutputLog(session.folder.output, clock: session.clock)
  }

  private var clock: any OpsClock { session.clock }
  /// What the operator wrote, without secrets.
  private var reason: String { Hiding.process.text(session.order.reason) }
  private var isGivenUp: Bool { session.order.kind == .abort }

  func live(_ journal: sending Journal) async -> Int32 {
    let gate = await session.maker.make()
    // A person may write one into a reason. That one is too short to be hidden is told where the secrets are read.
    try? Hiding.process.add(session.order.sensitive.values.flatMap(StepSecrets.texts))
    // Nothing was begun: nothing is owed, and nothing needs a lock.
    if isFirst, isGivenUp { return await close(journal, gate) }
    let lock = RunLock(
      session.plan.lock, folder: session.maker.paths.runLockFolder,
      shared: session.maker.configuration?.runbooks.locks.map { FilePaths.expand($0) },
      excludesOthers: session.runbook.excludesOthers, clock: clock)
    let secrets: StepSecrets
    do throws(Failure) {
      if let held = try await taken(lock, gate) {
        return await refuse(journal, gate, "the lock \(SafeText(escaping: session.plan.lock, limit: 100)) \(held)")
      }
      secrets = try await StepSecrets(
        session.runbook.secrets, sensitive: Array(session.order.sensitive.values), environment: session.maker.environment,
        configuration: session.maker.configuration, mayMiss: isGivenUp)
    } catch {
      await lock.give()
      return await refuse(journal, gate, error.what)
    }
    do throws(GateRefusal) { try await note("begin", gate) } catch {
      await lock.give()
      return await refuse(journal, gate, error.sentence)
    }
    // Under the lock: of two that do the rest of one run at once only one begins.
    let carried: [(step: String, fields: [String: RunValue])]
    do throws(Failure) { carried = try isGivenUp ? [] : CarriedSteps(session).records(after: history) } catch {
      await lock.give()
      return await refuse(journal, gate, error.what)
    }
    guard let history = write(journal, carried) else {
      await lock.give()
      return 1
    }
    let code = await carryOut(journal, gate, lock, secrets, history)
    await lock.give()
    return code
  }

  /// - Returns: who holds it; nil where it is ours.
  private func taken(_ lock: RunLock, _ gate: Gate) async throws(Failure) -> SafeText? {
    guard var held = try await takeOwn(lock, gate) else { return nil }
    guard session.runbook.onConflict == .wait else { return "is held by \(held)" }
    queue.enter()
    while true {
      if let why = queue.gaveUp() { return "is held by \(held); \(why)" }
      Output.error("waiting: \(held)")
      try? await Task.sleep(for: .seconds(2))
      guard let again = try await take(lock, gate) else {
        // What was confirmed was confirmed for then: what is free too late is not taken.
        guard let why = queue.gaveUp() else { return nil }
        await lock.give()
        return "is free now, and \(why)"
      }
      held = again
    }
  }

  /// Seconds after which what a dead process held has ended, and a little.
  private static let grace = 17.0

  /// Nobody else carries out this run while its folder is ours: what holds the lock for it is what a dead runner left, and ends.
  private func takeOwn(_ lock: RunLock, _ gate: Gate) async throws(Failure) -> SafeText? {
    let began = clock.now()
    while true {
      guard let held = try await take(lock, gate) else { return nil }
      let isOwn = held.text.contains("run \(session.folder.id.text)") || held.text.contains("run_\(session.folder.id.text)")
      guard isOwn, !isFirst, clock.now().age(since: began) < Self.grace else { return held }
      Output.error("waiting for what an earlier life of this run held: \(held)")
      try? await Task.sleep(for: .seconds(1))
    }
  }

  private func take(_ lock: RunLock, _ gate: Gate) async throws(Failure) -> SafeText? {
    do throws(Failure) { return try await lock.take(holder: session.holder, lease: session.lease(gate)) } catch {
      // Giving up must always be possible: what is always done at other servers is owed.
      guard isGivenUp else { throw error }
      Output.error("the lock can not be had at its server: \(error.what); what is always done is done without it")
      return try await lock.take(holder: session.holder, lease: nil)
    }
  }

  // MARK: The first records

  private func close(_ journal: sending Journal, _ gate: Gate) async -> Int32 {
    let why = "aborted by \(session.order.by) before anything began: \(reason)"
    do throws(JournalFailure) {
      try journal.write(.runStart, fields: start)
      try journal.write(.runEnd, fields: ["state": .text(RunHistory.RunState.cancelled.rawValue), "message": .text(why)])
    } catch {
      Output.error("the journal can not be written: \(error.sentence)")
      return 1
    }
    try? await note("end", gate, reason: SafeText(escaping: why, limit: 400))
    return 1
  }

  private func refuse(_ journal: Journal, _ gate: Gate, _ why: SafeText) async -> Int32 {
    Output.error(why)
    // A run that was begun stays as it is, and can be resumed: nothing happened to it. One that was not has failed.
    if isFirst {
      _ = try? journal.write(.runStart, fields: start)
      _ = try? journal.write(.runEnd, fields: ["state": .text("failed"), "message": .text(why.text), "reason": .text(why.text)])
    }
    try? await gate.noteRun("run", session.folder.id.shown, [("event", .text("refused"))], reason: why)
    return isFirst ? 1 : 75
  }

  private var start: [String: RunValue] {
    let actor = session.maker.actor
    return [
      "by": .text(session.order.by), "uid": .int(actor.uid), "host": .text(actor.host.text), "environment": .text(session.plan.environment),
      "runbook": .text(session.plan.id), "hash": .text(session.plan.hash), "file_hash": .text(session.plan.fileHash),
      "version": .text(OpsConsoleCommand.version), "boot": .text(actor.boot.text), "pid": .int(actor.pid),
      "continues": session.plan.continues.map { .text($0.run) } ?? .null,
    ]
  }

  /// - Returns: the history with what a person has decided; nil where nothing can be written.
  private func write(_ journal: Journal, _ carried: [(step: String, fields: [String: RunValue])]) -> RunHistory? {
    do throws(JournalFailure) {
      if isFirst {
        try journal.write(.runStart, fields: start)
      } else {
        try takeUp(journal)
      }
      for one in carried { try journal.write(.stepOutcome, step: one.step, fields: one.fields) }
    } catch {
      Output.error("the journal can not be written: \(error.sentence)")
      return nil
    }
    guard let again = JournalReader.read(session.folder.journal), again.brokenAt == nil, !again.records.isEmpty else {
      Output.error("the journal can not be read back")
      return nil
    }
    return RunHistory(again.records)
  }

  private func takeUp(_ journal: Journal) throws(JournalFailure) {
    try journal.write(.resume, fields: start.merging(["reason": .text(reason)]) { $1 })
    for one in session.order.decisions {
      let fields: [String: RunValue] = [
        "state": .text(one.state.rawValue), "answer": .null, "word": .text(one.word.rawValue),
        "message": .text(Hiding.process.text(one.reason)), "by": .text(session.order.by),
      ]
      try journal.write(.decision, step: one.step, fields: fields)
    }
    // Nothing is tried any more that a failure would ask for.
    guard isGivenUp, history.ending == nil || history.ending?.state == .failed else { return }
    let why = "aborted by \(session.order.by): \(reason)"
    try journal.write(.cancel, fields: ["state": .text(RunHistory.RunState.cancelled.rawValue), "message": .text(why)])
  }

  private func note(_ event: SafeText, _ gate: Gate, reason: SafeText? = nil) async throws(GateRefusal) {
    let plan = session.plan
    let params: [(SafeText, JSONText)] = [
      ("event", .text(event)), ("runbook", .text(SafeText(escaping: plan.id))), ("version", .int(plan.version)),
      ("by", .text(SafeText(escaping: session.order.by, limit: 100))), ("plan_hash", .text(SafeText(escaping: plan.hash))),
      ("file_hash", .text(SafeText(escaping: plan.fileHash))), ("parameters", Hiding.process.value(.map(plan.parameters)).json),
      ("alert", .optional(plan.alert.map { SafeText(escaping: $0, limit: 200) })),
    ]
    try await gate.noteRun("run", session.folder.id.shown, params, reason: reason)
  }

  // MARK: The run

  private func carryOut(
    _ journal: sending Journal, _ gate: Gate, _ lock: RunLock, _ secrets: StepSecrets, _ history: RunHistory
  ) async -> Int32 {
    let (plan, runbook) = (session.plan, session.runbook)
    let clock = clock
    let folder = session.maker.configuration?.runbooks.approvals.map { FilePaths.expand($0) } ?? ApprovalFolder.usual
    let actor = session.maker.actor
    let behind = [actor.uid, actor.loginUID, actor.sudoUID].compactMap { $0 }
    let approvals = ApprovalFolder(path: folder, plan: plan, now: { clock.now().unix }, others: Set(behind))
    let desk = StepDesk(
      places: session.places, gate: gate, clock: clock, secrets: secrets, folder: session.folder.path,
      beside: "/" + plan.file.split(separator: "/").dropLast().joined(separator: "/"), run: session.folder.id, lock: lock,
      approvals: approvals)
    var books: [String: Runbook] = [:]
    for (hash, text) in plan.called { books[hash] = try? RunbookReader.read(text, file: hash) }
    let values: [String: RunValue] = [
      "id": .text(session.folder.id.text), "env": .text(plan.environment), "user": .text(plan.by.name), "runbook": .text(plan.id),
    ]
    let output = output
    let control = control
    let engine = RunEngine(
      runbook, id: session.folder.id, parameters: plan.parameters.merging(session.order.sensitive) { $1 }, run: values, frozen: plan.frozen,
      books: books, hiding: secrets.hiding, journal: journal, history: history, isGivenUp: isGivenUp, ports: desk, control: control,
      clock: clock
    ) { Self.tell($0, output) }
    if !isFirst { clear() }
    let watch = RunnerWatch(session: session, control: control, desk: desk, output: output) { await engine.heard($0, by: $1) }
    watch.begin(queue.socket)
    let state = await engine.go()
    desk.scratch.remove()
    watch.end()
    output.flush()
    await tellEnd(SafeText(escaping: state.rawValue), folder, gate)
    switch state {
    case .succeeded: return 0
    case .paused: return 75
    default: return 1
    }
  }

  /// To the audit log, and to those who could approve.
  private func tellEnd(_ state: SafeText, _ approvals: String, _ gate: Gate) async {
    await noteSettled(Set(history.open), gate)
    try? await note("end", gate, reason: state)
    ApprovalRequests.close(session.folder.id, approvals, state)
  }

  /// What an earlier life left in doubt and this one has brought to its end: the audit log holds an intent of it, and no outcome.
  private func noteSettled(_ doubtful: Set<String>, _ gate: Gate) async {
    guard !doubtful.isEmpty, let read = JournalReader.read(session.folder.journal) else { return }
    let history = RunHistory(read.records)
    for path in doubtful.sorted() where history.step(path).state.isSettled {
      let step = history.step(path)
      let words = SafeText(escaping: step.message, limit: 300)
      try? await gate.noteRun(
        "settled", session.folder.id.shown, [("state", .text(SafeText(escaping: step.state.rawValue)))],
        step: SafeText(escaping: path, limit: 300),
        reason: "\(SafeText(escaping: step.state.rawValue))\(words.isEmpty ? "" : ", \(words)")")
    }
  }

  /// What an earlier life left behind: processes of its steps, and files that they were given.
  private func clear() {
    // ssh has nothing of the run in its environment but the folder for its files.
    let marks = ["OPSC_RUN_ID=\(session.folder.id.text)"] + ScratchFolder.marks(of: session.folder.id)
    for left in marks.flatMap({ Leftovers.clear([$0]) }) {
      output.add("", Array("left behind by an earlier life and ended: \(left.text)\n".utf8))
    }
    ScratchFolder.sweep()
    for name in FolderList.names(in: session.folder.path) where [".sh", ".yml", ".limit", ".ini"].contains(where: { name.hasSuffix($0) }) {
      unlink("\(session.folder.path)/\(name)")
    }
  }

  private static func tell(_ event: RunEvent, _ output: OutputLog) {
    switch event {
    case .output(let step, let bytes): output.add(step, bytes)
    case .step(_, let state, _): if state.isSettled { output.flush() }
    case .unwritten(let why):
      Output.error("the journal can not be written: \(why); nothing more is done")
      let text = "opsconsole: the journal of a run can not be written: \(why.text)"
      text.withCString { pointer in withVaList([pointer]) { vsyslog(LOG_ERR | LOG_USER, "%s", $0) } }
    case .state, .batch, .asks: return
    }
  }
}
