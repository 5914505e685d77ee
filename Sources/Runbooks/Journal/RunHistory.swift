public import OpsModel

/// What became of a run and its steps, as far as its journal tells.
public struct RunHistory: Sendable {
  public enum StepState: String, Sendable {
    case pending, skipped, waiting
    /// Its intent is on disk and its outcome is not: it runs, or nobody knows.
    case running
    case ok
    case noChange = "no_change"
    case failed
    case timedOut = "timed_out"
    case cancelled
    /// It was sent, and no answer came: only a look or a person tells.
    case unknown

    public var isSettled: Bool { ![.pending, .waiting, .running, .unknown].contains(self) }
    public var isWell: Bool { self == .ok || self == .noChange || self == .skipped }
  }

  public enum RunState: String, Sendable {
    case planned, running, paused, succeeded, failed, cancelled
    /// Given up by an operator, with a reason, after it was interrupted.
    case closed
  }

  public struct Step: Sendable {
    public var state = StepState.pending
    public var attempts = 0
    public var outputs: [String: RunValue] = [:]
    /// Batches whose intent is written: each with its items, and what became of them, nil while nobody knows.
    public var batches: [(items: [RunValue], done: RunValue?)] = []
    /// The key under which a server would know a second attempt.
    public var idempotencyKey: String?
    public var startedAt: Double?
    public var endedAt: Double?
    /// When it began, by the clock that nobody sets.
    public var began: SteadyTime?
    /// Seconds from its beginning to its end; nil while it has none.
    public var took: Double?
    public var message = ""
    /// What it waits for: `for`, `kind` (condition, prompt, approve), `choices`.
    public var waitsFor: [String: RunValue] = [:]
    /// What it does, as a person reads it; its kind; the host that it is done on.
    public var does = ""
    public var kind = ""
    public var host: String?
  }

  public private(set) var steps: [String: Step] = [:]
  /// In which they were first heard of.
  public private(set) var order: [String] = []
  public private(set) var state = RunState.planned
  public private(set) var start: [String: RunValue] = [:]
  public private(set) var startedAt: Double?
  public private(set) var endedAt: Double?
  /// When it began, by the clock that nobody sets, and the seconds from there to its end.
  public private(set) var began: SteadyTime?
  public private(set) var took: Double?
  /// The start of the machine on which the last life of this run was, or is.
  public private(set) var boot = ""
  public private(set) var decisions: [JournalRecord] = []
  /// An operator wanted it to end, and it rests with something in doubt.
  public private(set) var isUnwanted = false

  /// How it ends, where that is written down and the end itself is not: what is always done is still to come.
  public private(set) var ending: (state: RunState, message: String)?
  /// Steps and hosts that another run had done, and that this one, which does its rest, does not do again.
  public private(set) var carried: Set<String> = []
  /// Who has approved a step, by number.
  public private(set) var approvals: [String: [Int]] = [:]
  /// What was answered to a step that asks.
  public private(set) var answers: [String: String] = [:]

  public init(_ records: [JournalRecord] = []) { add(records) }

  /// Goes on with what came after.
  public mutating func add(_ records: [JournalRecord]) { for record in records { take(record) } }

  /// Whoever counts a very long run keeps no entry of what has ended.
  public mutating func forget(_ ids: Set<String>) {
    guard !ids.isEmpty else { return }
    for id in ids { steps[id] = nil }
    order.removeAll { ids.contains($0) }
  }

  public func step(_ id: String) -> Step { steps[id] ?? Step() }

  /// Steps of which nobody knows what became of them, once the runner is gone.
  public var open: [String] { order.filter { step($0).state == .running || step($0).state == .unknown } }

  public var isOver: Bool { [.succeeded, .failed, .cancelled, .closed].contains(state) }

  private mutating func change(_ id: String, _ body: (inout Step) -> Void) {
    if steps[id] == nil { order.append(id) }
    body(&steps[id, default: Step()])
  }

  private mutating func take(_ record: JournalRecord) {
    if state == .planned { state = .running }
    if record.kind == .runStart || record.kind == .resume, case .text(let found) = record["boot"] { boot = found }
    let now = SteadyTime(seconds: record.steady, boot: boot)
    switch record.kind {
    case .runStart:
      start = record.fields
      startedAt = record.at
      began = now
      state = .running
    // Where the beginning was not read, whatever is done shows that it runs.
    case .stepWaiting: change(record.step) { Self.wait(&$0, record, now) }
    case .stepIntent: change(record.step) { Self.begin(&$0, record, now) }
    case .batchIntent:
      change(record.step) { step in if case .list(let items) = record["items"] { step.batches.append((items, nil)) } }
    case .batchDone:
      change(record.step) { step in if let last = step.batches.indices.last { step.batches[last].done = .map(record.fields) } }
    case .stepOutcome:
      change(record.step) { Self.settle(&$0, record, now) }
      if case .text = record["run"] { carried.insert(record.step) }
    case .decision:
      decisions.append(record)
      if record["wish"] == .text("cancel") { isUnwanted = true }
      if case .text(let answer) = record["answer"] { answers[record.step] = answer }
      if !record.step.isEmpty { change(record.step) { Self.settle(&$0, record, now) } }
    case .approval:
      decisions.append(record)
      if case .int(let uid) = record["uid"] { approvals[record.step, default: []].append(uid) }
    case .pause: state = .paused
    case .resume: (state, isUnwanted) = (.running, false)
    case .cancel: ending = Self.ending(record) ?? ending
    case .repair: break
    case .runEnd:
      if case .text(let word) = record["state"] { state = RunState(rawValue: word) ?? .failed }
      endedAt = record.at
      took = startedAt.map { began?.seconds(to: now) ?? max(0, record.at - $0) }
    }
  }

  private static func ending(_ record: JournalRecord) -> (state: RunState, message: String)? {
    guard case .text(let word) = record["state"], let state = RunState(rawValue: word) else { return nil }
    if case .text(let text) = record["message"] { return (state, text) }
    return (state, "")
  }

  private static func wait(_ step: inout Step, _ record: JournalRecord, _ now: SteadyTime) {
    step.state = .waiting
    step.startedAt = step.startedAt ?? record.at
    step.began = step.began ?? now
    step.waitsFor = record.fields
    if case .text(let host) = record["host"] { step.host = host }
  }

  private static func begin(_ step: inout Step, _ record: JournalRecord, _ now: SteadyTime) {
    step.state = .running
    step.attempts += 1
    step.startedAt = step.startedAt ?? record.at
    step.began = step.began ?? now
    if case .text(let words) = record["does"] { step.does = words }
    if case .text(let kind) = record["kind"] { step.kind = kind }
    if case .text(let host) = record["host"] { step.host = host }
    if case .text(let key) = record["idempotency_key"] { step.idempotencyKey = key }
  }

  private static func settle(_ step: inout Step, _ record: JournalRecord, _ now: SteadyTime) {
    guard case .text(let word) = record["state"], let state = StepState(rawValue: word) else { return }
    step.state = state
    step.endedAt = record.at
    step.took = step.startedAt.map { step.began?.seconds(to: now) ?? max(0, record.at - $0) }
    if case .text(let host) = record["host"] { step.host = host }
    if case .map(let outputs) = record["outputs"] { step.outputs = outputs }
    if case .text(let message) = record["message"] { step.message = message }
  }
}
