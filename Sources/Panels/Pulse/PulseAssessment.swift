import Console
import OpsModel

/// How a source is, in one word and one line. The bounds are those that a person on call would wake up for.
enum PulseAssessment {
  /// Seconds that a task may wait before it is worth a look, and before it is an incident.
  static let oldWarning = 60.0
  static let oldCritical = 600.0
  static let busyWarning = 60.0

  typealias Verdict = (severity: Severity, text: SafeText)

  static func of(_ source: SourceView, _ view: StoreView, _ now: Moment) -> Verdict {
    guard let observed = source.reading.value else {
      let failure = source.reading.failure
      return (failure == nil ? .unknown : .stale, source.trouble(at: now) ?? "asking for the first time")
    }
    if !source.isFresh(at: now) {
      return (.stale, source.trouble(at: now) ?? "no new numbers")
    }
    if observed.facets.contains(.sessions) { return database(observed) }
    if observed.facets.contains(.runtimes) || observed.facets.contains(.alerts) { return RuntimeAssessment.of(observed, source, view) }
    return queues(observed, source, view)
  }

  // MARK: Queues

  private static func queues(_ observed: Observation, _ source: SourceView, _ view: StoreView) -> Verdict {
    var findings: [Verdict] = []
    if let lookOnly = observed.lookOnly { findings.append((lookOnly.isFault ? .warning : .ok, lookOnly.words)) }
    for trouble in observed.health?.troubles ?? [] { findings.append((trouble.severity, trouble.text)) }
    for notice in observed.notices where notice.severity >= .warning { findings.append((notice.severity, notice.text)) }
    for queue in observed.queues { if let finding = finding(queue, view) { findings.append(finding) } }
    if let dead = view.history.change(.dead, of: source.id, window: 600), dead.by >= 1 {
      let words: SafeText = "+\(Units.count(Int(clamped: dead.by))) dead in \(Units.age(dead.seconds))"
      findings.append((dead.by >= 10 ? .warning : .ok, words))
    }
    let lost = observed.workers.filter { $0.activity == .lost }.count
    if lost > 0 { findings.append((.warning, lost == 1 ? "1 worker is lost" : "\(lost) workers are lost")) }
    let busy = observed.workers.filter { $0.activity == .busy }
    let long = busy.filter { ($0.onTask ?? 0) > busyWarning }.count
    if long > 0 {
      findings.append((long == observed.workers.count ? .critical : .warning, "\(long) of \(observed.workers.count) workers busy > 60 s"))
    }
    let worst = findings.map(\.severity).max() ?? .ok
    let first = findings.filter { $0.severity == worst }.map(\.text)
    let rest = findings.filter { $0.severity != worst }.map(\.text)
    let words = Array((first + rest).prefix(3)) + [totals(observed, source, view)]
    return (worst, SafeText.join(words, ", "))
  }

  private static func finding(_ queue: QueueState, _ view: StoreView) -> Verdict? {
    let ready = queue.ready ?? 0
    guard ready > 0 else { return nil }
    if queue.workers == 0 { return (.critical, "\(queue.name.prefix(24)) has \(Units.count(ready)) ready and no worker") }
    guard let oldest = queue.oldest.seconds, oldest >= oldWarning else { return nil }
    let growth = view.growth(of: queue.id) ?? 0
    var words: SafeText = "\(queue.name.prefix(24)) \(Units.count(ready)) ready, oldest \(Units.age(oldest))"
    if growth > 0.5 { words = "\(words), \(Units.rate(growth, signed: true))" }
    return (oldest >= oldCritical ? .critical : .warning, words)
  }

  private static func totals(_ observed: Observation, _ source: SourceView, _ view: StoreView) -> SafeText {
    var parts: [SafeText] = []
    let ready = observed.queues.compactMap(\.ready)
    if !ready.isEmpty { parts.append("\(Units.count(ready.saturatingSum())) ready") }
    let dead = observed.queues.compactMap(\.dead) + (observed.dead.map { [$0] } ?? [])
    if !dead.isEmpty { parts.append("\(Units.count(dead.saturatingSum())) dead") }
    if let held = observed.inFlight { parts.append("\(Units.count(held)) unacked") }
    let workers = WorkerTally(observed.workers)
    if workers.heard > 0 { parts.append("\(workers.busy)/\(workers.heard) busy") }
    if let done = view.doneRate(of: source) { parts.append("\(Units.rate(max(0, done))) done") }
    if let failed = view.failedRate(of: source), failed > 0.005 { parts.append("\(Units.rate(failed)) failed") }
    return parts.isEmpty ? "no queue yet" : SafeText.join(parts, ", ")
  }

  // MARK: PostgreSQL

  private static func database(_ observed: Observation) -> Verdict {
    var findings = locks(observed)
    if let lookOnly = observed.lookOnly { findings.append((lookOnly.isFault ? .warning : .ok, lookOnly.words)) }
    let idle = observed.sessions.filter { $0.isIdleInTransaction && ($0.transactionAge ?? 0) > 60 && $0.blocks == 0 }
    if let oldest = idle.compactMap(\.transactionAge).max() {
      findings.append((oldest > 600 ? .critical : .warning, "\(idle.count) idle in transaction up to \(Units.age(oldest))"))
    }
    if let used = observed.server?.connections, let limit = observed.server?.connectionLimit, limit > 0 {
      let share = Double(used) / Double(limit)
      if share >= 0.8 { findings.append((share >= 0.95 ? .critical : .warning, "connections \(Units.percent(share)) used")) }
      findings.append((.ok, "\(used)/\(limit) connections"))
    }
    findings.append((.ok, observed.activeWords))
    for notice in observed.notices where notice.severity >= .warning { findings.append((.warning, notice.text)) }
    let worst = findings.map(\.severity).max() ?? .ok
    let ordered = findings.filter { $0.severity > .ok } + findings.filter { $0.severity == .ok }
    return (worst, SafeText.join(ordered.prefix(4).map(\.text), ", "))
  }

  /// The root that holds up most, and how many other roots there are. A wait whose age is hidden is not a short one.
  private static func locks(_ observed: Observation) -> [Verdict] {
    let waiting = observed.sessions.filter { !$0.blockedBy.isEmpty }
    guard !waiting.isEmpty else { return [] }
    let longest = waiting.compactMap(\.relevantAge).max()
    let isCritical = longest.map { $0 >= 30 } ?? (waiting.count >= 3)
    let roots = observed.sessions.filter { $0.blocks > 0 && $0.blockedBy.isEmpty }
    let first = roots.max { ($0.blocks, $0.relevantAge ?? 0) < ($1.blocks, $1.relevantAge ?? 0) }
    let prepared = observed.locks?.rows.first { $0.kind == .prepared }
    let nobody: SafeText =
      prepared.map { "prepared transaction \($0.application ?? "?") blocks \($0.victims)" } ?? "\(waiting.count) blocked"
    let who: SafeText = first.map { "\(root($0)) blocks \($0.blocks)" } ?? nobody
    let more: SafeText = roots.count > 1 ? ", \(roots.count - 1) more root\(roots.count > 2 ? "s" : "" as SafeText)" : ""
    let age: SafeText = longest.map { "longest \(Units.age($0))" } ?? "for how long is hidden"
    return [(isCritical ? .critical : .warning, "\(who)\(more), \(age)")]
  }

  private static func root(_ session: SessionState) -> SafeText {
    let state: SafeText = session.isIdleInTransaction ? " idle in transaction" : session.state.map { " \($0)" } ?? ""
    let age: SafeText = session.relevantAge.map { " \(Units.age($0))" } ?? ""
    let application: SafeText = session.application.map { $0.isEmpty ? "" : " (app \($0.prefix(20)))" } ?? ""
    return "session \(session.pid)\(state)\(age)\(application)"
  }
}

extension Observation {
  /// How many sessions are active; not known where the role may not see the states of others.
  var activeWords: SafeText {
    sessions.contains(where: \.isHidden) ? "active: hidden" : "\(sessions.filter(\.isActive).count) active"
  }
}
