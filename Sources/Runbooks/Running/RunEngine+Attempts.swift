import Gate
import OpsModel

extension RunEngine {
  /// Tries a step until it is settled, as far as it may be tried again.
  func attempts(_ step: Step, _ path: String, _ place: Place) async throws(Stop) {
    guard let action = step.action else { return try settle(step, path, place, .failed, [:], "there is nothing to do") }
    let resolved: ResolvedAction
    do throws(ExpressionProblem) { resolved = try resolver(place).resolve(action) } catch {
      return try settle(step, path, place, .failed, [:], error.message)
    }
    if let own = try await own(resolved, path, place) { return try settle(step, path, place, own.state, own.outputs, own.message) }
    // An earlier life intended it, and nobody knows what became of it.
    if history.step(path).state == .running || history.step(path).state == .unknown {
      guard try await takeUp(resolved, step, path, place) else { return }
    }
    if !step.isRead, let problem = try await forbidden(place) { return try settle(step, path, place, .failed, [:], problem) }
    var attempt = history.step(path).attempts + 1
    while true {
      let end = try await send(resolved, step, path, place, number: attempt)
      if case .queue(let queue) = resolved, queue.name.isRepeatable { try await halted(end, step, path, place) }
      if case .notSent(let message) = end, !place.isFinishing, case .cancel(let reason) = control.wish {
        throw try cancelled(path, place, message, reason)
      }
      // A look that was stopped tells nothing: it is looked again when the run is taken up.
      if case .cancelled = end, step.isRead { try boundary(place) }
      switch Settlement.of(end, step, attempt: attempt, random: Double.random(in: 0...1)) {
      case .settled(let state): return try settle(step, path, place, state, outputs(of: end, step), end.message)
      case .again(let seconds):
        try await pause(seconds, end, step, path, place)
        attempt += 1
      case .verify: return try await verify(step, path, place, end.message)
      case .unknown:
        if await ports.knows(resolved, context(step, path, place, number: attempt)) == true {
          return try settle(step, path, place, .ok, [:], "\(end.message); the server has it written down as done")
        }
        return try doubt(path, place, end.message)
      }
    }
  }

  /// Between two attempts.
  private func pause(_ seconds: Double, _ end: AttemptEnd, _ step: Step, _ path: String, _ place: Place) async throws(Stop) {
    tell(.step(path, .running, "\(end.message); once more in \(Units.age(seconds))"))
    await sleep(seconds, place)
    do throws(Stop) {
      try boundary(place)
      // It is long enough to lose what was ours.
      if !step.isRead, let why = await ports.lostLock() { throw .paused(why.text) }
    } catch {
      if case .notSent(let message) = end { try notBegun(path, place, message, after: error) }
      throw error
    }
  }

  /// What must hold before the first change, and whether the lock is still ours before each.
  private func forbidden(_ place: Place) async throws(Stop) -> SafeText? {
    if let why = await ports.lostLock() { throw .paused(why.text) }
    guard !isChecked, !isMending, !place.isFinishing else { return nil }
    // Several hosts come here at once: each of their looks would end the programs of the others.
    let task = checking ?? Task { await self.conditions() }
    checking = task
    let problem = await task.value
    checking = nil
    isChecked = isChecked || problem == nil
    return problem
  }

  /// - Returns: what does not hold.
  private func conditions() async -> SafeText? {
    for check in frames[""]?.runbook.preconditions ?? [] {
      let name = SafeText(escaping: check.id, limit: 60)
      switch await look(check, "preconditions/\(check.id)", .whole) {
      case .success((true, let seen)):
        if !check.id.isEmpty { frames[""]?.scope.steps[check.id] = .init(state: .ok, outputs: seen) }
      case .success((false, _)): return "what must hold before the first change does not: \(name)\(check.message.map { ": \($0)" } ?? "")"
      case .failure(let problem): return "what must hold before the first change can not be looked at: \(name): \(problem.message)"
      }
    }
    return nil
  }

  private func context(_ step: Step, _ path: String, _ place: Place, number: Int, words: SafeText = "") -> StepContext {
    let tell = tell
    return StepContext(
      run: id, step: path, kind: step.action?.name ?? "", host: place.host, attempt: number, timeout: step.timeout,
      killAfter: step.killAfter,
      idempotencyKey: history.step(path).idempotencyKey ?? "\(id.text)/\(path)", isRead: step.isRead, isFinal: place.isFinishing,
      movedBefore: movedBefore(path), words: words,
      parameters: frames[place.frame]?.scope.parameters ?? [:], output: { tell(.output(path, $0)) })
  }

  /// What earlier lives of this run moved, as far as later steps are told.
  private func movedBefore(_ path: String) -> [String] {
    history.step(path).batches.flatMap { batch -> [String] in
      guard case .map(let done)? = batch.done, case .list(let ids)? = done["ids"] else { return [] }
      return ids.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }
  }

  /// The intent is on disk before anything leaves this machine.
  private func send(_ action: ResolvedAction, _ step: Step, _ path: String, _ place: Place, number: Int) async throws(Stop) -> AttemptEnd {
    let words = step.action.map { self.words($0, action, place) } ?? ""
    let context = context(step, path, place, number: number, words: words)
    let fields: [String: RunValue] = [
      "attempt": .int(number), "idempotency_key": .text(context.idempotencyKey), "kind": .text(step.action?.name ?? ""),
      "host": place.host.map { .text($0) } ?? .null, "does": .text(words.prefix(2000).text),
    ]
    do throws(JournalFailure) { try journal.write(.stepIntent, step: path, fields: fields) } catch { throw .journal(error) }
    tell(.step(path, .running, ""))
    if case .queue(let queue) = action, !queue.name.isRead {
      return await ports.move(queue, context, frozen: frozen[path]) { note in await self.wrote(note, path, place) }
    }
    return await ports.perform(action, context)
  }

  /// - Returns: false where it could not be written, or an operator wants it to end.
  private func wrote(_ note: BatchNote, _ path: String, _ place: Place) async -> Bool {
    if case .intends = note, !place.isFinishing, await ports.lostLock() != nil { return false }
    do throws(JournalFailure) {
      switch note {
      // The frozen list stands for all of them; what is written here is for people.
      case .intends(let items):
        try journal.write(.batchIntent, step: path, fields: ["items": .list(Array(items.prefix(2000))), "count": .int(items.count)])
      case .did(let found):
        let fields = found.mapValues { hiding.value($0) }
        try journal.write(.batchDone, step: path, fields: fields)
        tell(.batch(path, fields))
      }
    } catch {
      return false
    }
    return place.isFinishing || control.wish == .goOn
  }

  /// A bulk action that ends between two batches leaves nothing in doubt: what was not touched is done when the run is taken up again.
  private func halted(_ end: AttemptEnd, _ step: Step, _ path: String, _ place: Place) async throws(Stop) {
    switch end {
    case .cancelled(let message):
      if let why = await ports.lostLock() { throw .paused(why.text) }
      if !place.isFinishing, case .cancel(let reason) = control.wish { throw try cancelled(path, place, message, reason) }
      try boundary(place)
      throw .paused(message.text)
    case .lost(let message), .timedOut(let message):
      if step.retry == nil { throw .paused("\(path): \(message.text); taking the run up again finishes the rest") }
    case .done, .noChange, .refused, .notSent: break
    }
  }

  /// Nothing was sent, and it is not tried again in this life: nothing is in doubt about it.
  private func notBegun(_ path: String, _ place: Place, _ message: SafeText, after stop: Stop) throws(Stop) {
    let state: RunHistory.StepState =
      switch stop {
      case .cancelled: .cancelled
      case .failed: .failed
      case .paused, .journal: .pending
      }
    try outcome(state, path, place, message)
  }

  /// What became of a step that is not settled by its own end.
  func outcome(_ state: RunHistory.StepState, _ path: String, _ place: Place, _ message: SafeText) throws(Stop) {
    let message = hiding.text(message)
    var fields: [String: RunValue] = ["state": .text(state.rawValue), "message": .text(message.text)]
    if let host = place.host { fields["host"] = .text(host) }
    do throws(JournalFailure) { try journal.write(.stepOutcome, step: path, fields: fields) } catch { throw .journal(error) }
    tell(.step(path, state, message))
  }

  /// Nothing is in doubt about it, and nothing more is done.
  private func cancelled(_ path: String, _ place: Place, _ message: SafeText, _ reason: String) throws(Stop) -> Stop {
    try outcome(.cancelled, path, place, message)
    return .cancelled(reason)
  }

  // MARK: Doubt

  /// - Returns: whether it is to be done once more.
  private func takeUp(_ action: ResolvedAction, _ step: Step, _ path: String, _ place: Place) async throws(Stop) -> Bool {
    let why: SafeText = "the runner ended before its outcome was known"
    switch Resumption.of(step) {
    case .again, .rest: return true
    case .verify:
      try await verify(step, path, place, why)
      return false
    case .lookUp:
      switch await ports.knows(action, context(step, path, place, number: 1)) {
      case true?: try settle(step, path, place, .ok, [:], "\(why); the server has it written down as done")
      // The server would have it: it was rolled back. What a step says about finding out goes before that.
      case false? where step.verify == nil: return true
      default: step.verify == nil ? try doubt(path, place, why) : try await verify(step, path, place, why)
      }
      return false
    case .ask:
      try doubt(path, place, why)
      return false
    }
  }

  /// Nobody can tell but a person: the run stops here until somebody has decided.
  private func doubt(_ path: String, _ place: Place, _ message: SafeText) throws(Stop) {
    let message = hiding.text(message)
    try outcome(.unknown, path, place, message)
    // It stays in doubt, and keeps nothing else from being done.
    if isGivenUp { throw .failed("nobody knows whether \(SafeText(escaping: path)) happened: \(message)") }
    var before = ""
    // A cancel does not answer what is in doubt, and is not carried on by itself: whoever decides says also whether the run is given up.
    if !place.isFinishing, case .cancel(let reason) = control.wish { before = "\(reason), and " }
    throw .paused("\(before)nobody knows whether \(path) happened: \(message.text)")
  }

  /// For tests: what they look at has happened or has not.
  func lookAgain(after seconds: Double) { lookAgainAfter = seconds }

  private func verify(_ step: Step, _ path: String, _ place: Place, _ message: SafeText) async throws(Stop) {
    guard let check = step.verify else { return try doubt(path, place, message) }
    tell(.step(path, .running, "\(message); looking whether it happened"))
    // What was asked for a moment ago may still be under way.
    // After a cancel as well: what it has left behind is what the look is for.
    let looking = place.finishing
    var seen = await look(check, path, looking).map(\.0)
    for _ in 0..<3 where (try? seen.get()) == false {
      // Whatever an operator wants meanwhile: a look that comes too early says of something under way that it has not happened.
      try? await Task.sleep(for: .seconds(lookAgainAfter))
      seen = await look(check, path, looking).map(\.0)
    }
    switch seen {
    case .success(true): try settle(step, path, place, .ok, [:], "\(message); verified: it has happened")
    case .success(false): try settle(step, path, place, .failed, [:], "\(message); verified: it has not happened")
    case .failure(let problem): try doubt(path, place, "\(message); verifying failed: \(problem.message)")
    }
  }

  private func outputs(of end: AttemptEnd, _ step: Step) -> [String: RunValue] {
    switch end {
    case .done(let outputs), .noChange(let outputs): Output.taken(step.outputs, from: outputs)
    default: [:]
    }
  }
}
