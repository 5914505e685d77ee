import Gate
import Glibc
import OpsModel
import Runbooks
import Synchronization

/// Where the steps of a run reach out: servers by their protocols, queues by the gate, programs of this machine and of others.
final class StepDesk: StepPorts {
  let places: StepPlaces
  let gate: Gate
  let clock: any OpsClock
  let children: Children
  let secrets: StepSecrets
  /// The folder of the run, for lists of chosen items.
  let folder: String
  /// Where the runbook's file lay: playbooks are named from there.
  let beside: String
  let run: RunID
  let lock: RunLock?
  let approvals: ApprovalFolder?
  /// For files of programs.
  let scratch: ScratchFolder
  /// Steps that are always done: an operator's cancel spares them.
  private let finals = Mutex<Set<String>>([])
  /// What an operator ended stays ended: what is begun a moment later is not begun.
  private let isCancelled = Mutex(false)
  /// Steps for which others were asked.
  private let asked = Mutex<Set<String>>([])
  /// Calls of servers under way, by step. A pause lets them come to their end.
  private let calls = Mutex<[String: OperationControl]>([:])
  /// Bulk actions under way, by step.
  private let operations = Mutex<[String: OperationControl]>([:])

  init(
    places: StepPlaces, gate: Gate, clock: any OpsClock, secrets: StepSecrets, folder: String, beside: String, run: RunID,
    lock: RunLock? = nil, approvals: ApprovalFolder? = nil
  ) {
    self.places = places
    self.gate = gate
    self.clock = clock
    self.secrets = secrets
    self.folder = folder
    self.beside = beside
    self.run = run
    self.lock = lock
    self.approvals = approvals
    children = Children(clock: clock)
    scratch = ScratchFolder(run)
  }

  func perform(_ action: ResolvedAction, _ context: StepContext) async -> AttemptEnd {
    enter(context)
    defer { leave(context) }
    return await reach(action, context)
  }

  private func reach(_ action: ResolvedAction, _ context: StepContext) async -> AttemptEnd {
    switch action {
    case .sql(let connection, let query, let arguments, let rows):
      let call = StepCall.sql(query: query, arguments: arguments, rows: rows, operation: context.idempotencyKey)
      return await ask(connection, call, action, context)
    case .redis(let connection, let words): return await ask(connection, .redis(words), action, context)
    case .redisScan(let connection, let pattern, let type, let most, let rate, let each):
      let call = StepCall.redisScan(pattern: pattern, type: type, most: most, perSecond: rate, each: each)
      return await ask(connection, call, action, context)
    case .http(let connection, let request):
      let call = StepCall.http(
        method: request.method, target: request.target, body: request.body, expected: request.expected, key: context.idempotencyKey)
      return await ask(connection, call, action, context)
    case .queue(let queue): return await look(queue, context)
    case .cmd, .run, .ssh, .ansible, .kubectl: return await program(action, context)
    case .assert, .wait, .approve, .prompt, .note, .runbook: return .refused("this is not asked of anybody", nil)
    }
  }

  private func ask(_ connection: ResolvedConnection, _ call: StepCall, _ action: ResolvedAction, _ context: StepContext) async -> AttemptEnd
  {
    let server: any StepServer
    do throws(Failure) { server = try await places.server(connection, isWriting: !context.isRead) } catch { return .notSent(error.what) }
    defer { Task { await server.close() } }
    let hand = hand(context)
    if hand.isStopped { return .notSent("stopped by the operator before it was begun") }
    let terms = StepTerms(timeout: context.timeout, isRead: context.isRead, takesAnyAnswer: context.isProbe) { !hand.isStopped }
    let end: AttemptEnd
    if context.isRead {
      end = await server.look(call, terms)
    } else {
      end = await permitted(action, context) { permit in await server.perform(call, terms, permit) }
    }
    if case .done(let outputs) = end, case .text(let text)? = outputs["stdout"] { context.output(Array(secrets.hiding.text(text).utf8)) }
    return end
  }

  /// Writes the intent down, does it with the permit, and writes down what became of it.
  func permitted(_ action: ResolvedAction, _ context: StepContext, _ body: (Permit) async -> AttemptEnd) async -> AttemptEnd {
    let kind = SafeText(escaping: context.kind)
    let act = StepAct(
      origin: origin(context), kind: kind, place: action.place.isEmpty ? SafeText(escaping: context.host ?? "", limit: 253) : action.place,
      words: context.words.isEmpty ? secrets.hiding.text(action.words) : context.words)
    let permit: Permit
    do throws(GateRefusal) { permit = try await gate.permit(for: act) } catch { return .notSent(error.sentence) }
    let end = secrets.hiding.end(await body(permit))
    if let problem = await gate.close(act, end) {
      return .lost("\(end.message.isEmpty ? "it was done" : end.message); its outcome could not be written down: \(problem)")
    }
    return end
  }

  func origin(_ context: StepContext) -> StepOrigin {
    StepOrigin(run: run.shown, step: SafeText(escaping: context.step, limit: 300))
  }

  func enter(_ context: StepContext) {
    if context.isFinal { finals.withLock { _ = $0.insert(context.step) } }
  }

  func leave(_ context: StepContext) {
    finals.withLock { _ = $0.remove(context.step) }
    calls.withLock { $0[context.step] = nil }
    operations.withLock { $0[context.step] = nil }
  }

  /// Whether it is not to be begun: everything was ended a moment ago.
  func isTooLate(_ context: StepContext) -> Bool { !context.isFinal && isCancelled.withLock { $0 } }

  private func hand(_ context: StepContext) -> OperationControl {
    let made = OperationControl()
    calls.withLock { $0[context.step] = made }
    // Asked after it can be found: a cancel that comes now finds it.
    if isTooLate(context) { made.stop() }
    return made
  }

  func operation(_ context: StepContext) -> OperationControl {
    let made = OperationControl()
    operations.withLock { $0[context.step] = made }
    if isTooLate(context) { made.stop() }
    return made
  }

  // MARK: Around steps

  func knows(_ action: ResolvedAction, _ context: StepContext) async -> Bool? {
    guard case .sql(let connection, _, _, _) = action, let server = try? await places.server(connection, isWriting: true) else {
      return nil
    }
    defer { Task { await server.close() } }
    return await server.knows(context.idempotencyKey)
  }

  func approvals(_ step: String, _ wanted: StepAction.Approval) async -> [Approver] {
    guard let approvals else { return [] }
    let isNew = asked.withLock { $0.insert(step).inserted }
    if isNew, !ApprovalRequests.write(run, step, approvals.plan, approvals.terms(wanted), secrets.hiding, approvals.path) {
      asked.withLock { _ = $0.remove(step) }
      Output.error("\(SafeText(escaping: approvals.path)): what waits for approval can not be written there")
    }
    return approvals.approvers(run, step, wanted)
  }

  func askedEnough(_ step: String) async {
    guard let approvals, asked.withLock({ $0.remove(step) }) != nil else { return }
    ApprovalRequests.close(run, approvals.path, "past this step", only: step)
  }

  func lostLock() async -> SafeText? { await lock?.lost() }

  func cancel() async {
    isCancelled.withLock { $0 = true }
    end(sparing: finals.withLock { $0 })
  }

  /// The machine goes down: what is always done as well.
  func endAll() { end(sparing: []) }

  private func end(sparing spared: Set<String>) {
    children.cancel(except: spared)
    for hands in [operations.withLock({ $0 }), calls.withLock({ $0 })] {
      for (step, control) in hands where !spared.contains(step) { control.stop() }
    }
  }

  /// Bulk actions end between two batches; all else goes on to its end.
  func stopBatches() {
    let spared = finals.withLock { $0 }
    for (step, control) in operations.withLock({ $0 }) where !spared.contains(step) { control.stop() }
  }
}
