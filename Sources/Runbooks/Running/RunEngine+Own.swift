import OpsModel

extension RunEngine {
  typealias Settled = (state: RunHistory.StepState, outputs: [String: RunValue], message: SafeText)

  /// Kinds that the run does by itself. Nil for those that reach out.
  func own(_ action: ResolvedAction, _ path: String, _ place: Place) async throws(Stop) -> Settled? {
    switch action {
    case .note(let text):
      let text = hiding.text(text)
      tell(.output(path, Array(text.utf8)))
      return (.ok, [:], SafeText(escaping: text, limit: 300))
    case .assert(let that, let message):
      do throws(ExpressionProblem) {
        return try that.isTrue(in: scope(place)) ? (.ok, [:], "") : (.failed, [:], message ?? "it is not so")
      } catch {
        return (.failed, [:], error.message)
      }
    case .wait(let wait): return try await self.wait(wait, path, place)
    case .approve(let approval):
      let end: Settled
      do throws(Stop) { end = try await approve(approval, path, place) } catch {
        // Whoever approves from now on is told that nothing waits: what is always done may take long.
        await ports.askedEnough(path)
        throw error
      }
      await ports.askedEnough(path)
      return end
    case .runbook(let id, let hash, let values): return try await call(id, hash, values, path, place)
    case .prompt(let text, let choices):
      let answer = try await ask(path, SafeText(escaping: text, limit: 400), choices, place)
      return (.ok, ["choice": .text(answer)], SafeText(escaping: answer, limit: 100))
    default: return nil
    }
  }

  /// Looks again and again until it is so, and has been for as long as it must be.
  private func wait(_ wait: StepAction.Wait, _ path: String, _ place: Place) async throws(Stop) -> Settled {
    let began = beganWaiting(path)
    try waiting(path, "condition", place)
    var since: Moment?
    var last: SafeText = "it never became so"
    while true {
      try boundary(place)
      switch await look(wait, path, place) {
      case .success(let (true, outputs)):
        since = since ?? clock.now()
        if let since, clock.now().age(since: since) >= wait.hold { return (.ok, outputs, "") }
      case .success((false, _)):
        since = nil
        last = "it was not so when it was looked at last"
      case .failure(let problem):
        since = nil
        last = problem.message
      }
      guard clock.now().age(since: began) + wait.every <= wait.timeout else {
        return (.timedOut, [:], "after \(Units.age(wait.timeout)): \(last)")
      }
      await sleep(wait.every, place)
    }
  }

  private func look(_ wait: StepAction.Wait, _ path: String, _ place: Place) async -> Result<(Bool, [String: RunValue]), ExpressionProblem>
  {
    var scope = scope(place)
    var outputs: [String: RunValue] = [:]
    if let probe = wait.probe {
      switch await look(probe, path, place) {
      case .success(let found): outputs = found
      case .failure(let problem): return .failure(problem)
      }
      scope.probe = outputs
    }
    do throws(ExpressionProblem) { return .success((try wait.until.isTrue(in: scope), outputs)) } catch { return .failure(error) }
  }

  /// Waits for other people. What the system attests counts, and what is on disk: an approval survives the runner.
  private func approve(_ approval: StepAction.Approval, _ path: String, _ place: Place) async throws(Stop) -> Settled {
    // What an earlier life wrote down is asked for again: the folder tells who agreed, not the initiator's own file. Those count who agree
    // and may agree now: whoever left the group, or let the approval expire, does not.
    var told: Set<Int> = []
    var known: [Int: SafeText] = [:]
    let group = SafeText(escaping: approval.group, limit: 60)
    try waiting(path, "\(approval.least) of the group \(group.text) to approve", place, kind: "approve")
    let began = clock.now()
    while known.count < approval.least {
      try boundary(place)
      known = [:]
      for one in await ports.approvals(path, approval) {
        known[one.uid] = one.name
        guard told.insert(one.uid).inserted else { continue }
        let fields: [String: RunValue] = ["uid": .int(one.uid), "name": .text(one.name.text)]
        do throws(JournalFailure) { try journal.write(.approval, step: path, fields: fields) } catch { throw .journal(error) }
        tell(.step(path, .waiting, "approved by \(one.name)"))
      }
      if known.count >= approval.least { break }
      guard clock.now().age(since: began) < approval.timeout else {
        return (.timedOut, [:], "\(known.count) of \(approval.least) approvals in \(Units.age(approval.timeout))")
      }
      try? await Task.sleep(for: .milliseconds(200))
    }
    return (
      .ok, ["approvals": .int(known.count), "by": .list(known.values.sorted().map { .text($0.text) })],
      "approved by \(Units.count(known.count, "person"))"
    )
  }

  /// Waits for an operator. The question is on disk, and so is the answer before anything follows from it.
  private func ask(_ path: String, _ question: SafeText, _ choices: [String], _ place: Place) async throws(Stop) -> String {
    if let known = history.answers[path], choices.isEmpty || choices.contains(known) { return known }
    try waiting(path, question.text, place, kind: "prompt", choices: choices)
    control.ask(path, choices)
    tell(.asks(path, question: question, choices: choices))
    while true {
      try boundary(place)
      if let (answer, who) = control.takeAnswer(path) {
        let fields: [String: RunValue] = ["answer": .text(answer), "by": .text(who)]
        do throws(JournalFailure) { try journal.write(.decision, step: path, fields: fields) } catch { throw .journal(error) }
        return answer
      }
      if place.isFinishing, control.wish != .goOn { throw .failed("nobody answered before the run had to end") }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  /// An earlier life waited already: its time counts. Only where the machine was started anew in between the calendar has to tell it.
  private func beganWaiting(_ path: String) -> Moment {
    let (known, now) = (history.step(path), clock.now())
    guard known.state == .waiting, let startedAt = known.startedAt else { return now }
    let spent = known.began?.seconds(to: SteadyTime(seconds: now.steady, boot: history.boot)) ?? max(0, now.unix - startedAt)
    return now.advanced(by: -spent)
  }

  func waiting(_ path: String, _ what: String, _ place: Place, kind: String = "condition", choices: [String] = []) throws(Stop) {
    let what = hiding.text(what)
    var fields: [String: RunValue] = ["for": .text(what), "kind": .text(kind), "choices": .list(choices.map { .text($0) })]
    if let host = place.host { fields["host"] = .text(host) }
    do throws(JournalFailure) { try journal.write(.stepWaiting, step: path, fields: fields) } catch { throw .journal(error) }
    tell(.step(path, .waiting, SafeText(escaping: what, limit: 200)))
  }
}
