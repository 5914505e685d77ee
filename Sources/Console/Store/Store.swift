public import OpsModel

/// Keeps the latest observation of each source, the history of its numbers, and what is wrong with them.
public struct Store: Sendable {
  public private(set) var view = StoreView()
  private var counters = WorkerCounters()
  private var runtimes = RuntimeBook()
  private var pollsSincePruning: [SafeText: Int] = [:]
  private var book: AlertBook
  private var suspects = SuspectBook()
  /// What a tape has of alerts, and what it has not yet.
  private var taped: (changes: [AlertChange], verdict: TapeTick.Verdict?, at: Moment?) = ([], nil, nil)
  /// Alerts that a tape takes in a second at most while only their numbers move: a thousand that grow older are no news at every look.
  private static let tapedPerSecond = 50.0

  /// - Parameter isPast: nothing will be asked: what is shown comes from a tape.
  public init(alerts: AlertBook = AlertBook(), isPast: Bool = false) {
    book = alerts
    view.isPast = isPast
  }

  public mutating func add(_ source: SourceView) {
    guard view.source(source.name) == nil else { return }
    view.sources.append(source)
    view.revision += 1
  }

  public mutating func discovery(_ notices: [Notice], isRunning: Bool) {
    view.discovery = notices
    view.isDiscovering = isRunning
    view.revision += 1
  }

  /// The operator holds the view, or lets it go.
  mutating func rest(_ isResting: Bool) {
    for index in view.sources.indices where view.sources[index].restsWhileHeld { view.sources[index].isResting = isResting }
    view.revision += 1
  }

  public mutating func asked(_ source: SafeText, at now: Moment) {
    guard let index = view.sources.firstIndex(where: { $0.name == source }) else { return }
    view.sources[index].askedAt = now
    view.asked += 1
  }

  public mutating func failed(_ source: SafeText, _ failure: Failure, at now: Moment, retryAt: Moment?) {
    change(source) {
      $0.reading = $0.reading.failing(failure, at: now)
      $0.askedAt = nil
      $0.retryAt = retryAt
    }
    if view.source(source)?.facets.contains(.runtimes) ?? false { view.processes = runtimes.processes(view) }
  }

  public mutating func observed(_ observation: Observation) {
    change(observation.source) {
      $0.reading = .fresh(observation, at: observation.at)
      $0.askedAt = nil
      $0.retryAt = nil
    }
    record(observation)
    if let source = view.source(observation.source) {
      book.observed(source, view)
      suspects.observed(observation)
    }
  }

  /// Dead letters that came lately, for whoever asks what fails.
  public mutating func failures(_ source: SafeText, _ letters: [DeadLetter]) { suspects.failures(source, letters) }

  /// To be called once a second, and after the last observation of a look: alerts begin and end.
  /// - Returns: what happened to alerts since the last call.
  @discardableResult
  public mutating func tick(_ now: Moment) -> [AlertChange] {
    let changes = book.tick(view, now)
    if view.history.journal != nil { taped.changes += changes }
    for change in changes where change.kind == .fired { pin(TapeEvent(change)) }
    let found = suspects.find(view, now)
    if found != view.suspects {
      view.suspects = found
      view.judged += 1
    }
    if book.isDirty {
      view.alerts = book.takeAlerts()
      view.quiet = book.quiet
      view.judged += 1
    }
    return changes
  }

  /// What happened, for the pins on sparklines: half an hour of it.
  mutating func pin(_ event: TapeEvent) {
    view.keep(pins: view.pins.suffix(499).filter { event.at - $0.at < 1800 } + [event])
    view.judged += 1
  }

  /// From now on `takeTick` tells what was remembered.
  public mutating func beginTape() { view.history.journal = [] }

  /// What came since the last call, for a tape. Empty where nothing is recorded.
  public mutating func takeTick(_ now: Moment) -> TapeTick {
    var out = TapeTick(at: now)
    out.samples = view.history.takeJournal()
    out.changes = taped.changes
    taped.changes = []
    let verdict = TapeTick.Verdict(alerts: view.alerts, suspects: view.suspects)
    if verdict != taped.verdict, isDue(verdict, now) {
      let known = Set((taped.verdict?.suspects ?? []).map(\.key))
      out.events = view.suspects.filter { !known.contains($0.key) && !$0.isCorrelation }.map { TapeEvent($0, at: now.unix) }
      taped.verdict = verdict
      taped.at = now
      out.verdict = verdict
    }
    return out
  }

  /// Whether something came, went or changed its state since the tape got the last one, or whether that was long enough ago.
  private func isDue(_ verdict: TapeTick.Verdict, _ now: Moment) -> Bool {
    guard let last = taped.verdict, let at = taped.at else { return true }
    if now.age(since: at) + 0.5 >= Double(verdict.alerts.count) / Self.tapedPerSecond { return true }
    guard last.suspects == verdict.suspects, last.alerts.count == verdict.alerts.count else { return true }
    let (old, new) = (last.alerts, verdict.alerts)
    for place in new.indices
    where old[place].state != new[place].state || old[place].id != new[place].id || old[place].quiet != new[place].quiet { return true }
    return false
  }

  /// Keeps an alert quiet here, or ends that with nil.
  mutating func keepQuiet(_ alert: AlertState, _ mark: AlertQuiet?, at now: Moment) {
    if let mark { book.keepQuiet(alert, mark, at: now) } else { book.endQuiet(alert, at: now) }
  }

  mutating func learnQuiet(_ marks: [ResourceID: AlertQuiet]) { book.learn(marks) }

  /// What was changed here of what is kept quiet, since the last call.
  public mutating func takeQuietEdits() -> [QuietEdit] { book.takeQuietEdits() }

  public mutating func waiting(_ queue: ResourceID, _ result: Result<WaitingTasks, Failure>, at now: Moment) {
    switch result {
    case .success(let tasks): view.waiting[queue] = .fresh(tasks, at: tasks.at)
    case .failure(let failure): view.waiting[queue] = (view.waiting[queue] ?? .never).failing(failure, at: now)
    }
  }

  /// Keeps the look into one queue only: what is not on the screen is not kept.
  public mutating func keepWaiting(only queue: ResourceID?) {
    view.waiting = view.waiting.filter { $0.key == queue }
  }

  mutating func dead(_ change: (inout DeadView) -> Void) {
    change(&view.dead)
    view.revision += 1
  }

  mutating func runbooks(_ change: (inout RunbookBook) -> Void) {
    change(&view.runbooks)
    view.revision += 1
  }

  mutating func audit(_ audit: AuditView) {
    view.audit = audit
    view.revision += 1
  }

  mutating func inside(_ inside: InsideView) {
    view.inside = inside
    view.revision += 1
  }

  mutating func detail(_ process: ResourceID, _ result: Result<ProcessDetail, Failure>, at now: Moment) {
    switch result {
    case .success(let detail): view.detail = (process, .fresh(detail, at: detail.at))
    case .failure(let failure):
      let known = view.detail.flatMap { $0.process == process ? $0.reading : nil } ?? .never
      view.detail = (process, known.failing(failure, at: now))
    }
    view.revision += 1
  }

  mutating func planning(_ request: PlanRequest, at now: Moment) {
    view.plan = PlanView(request: request, began: now)
    view.revision += 1
  }

  /// An answer to an earlier question is not shown under a later one.
  mutating func plan(_ request: PlanRequest, _ result: Result<PlanDocument, Failure>, at now: Moment) {
    guard var plan = view.plan, plan.request == request else { return }
    switch result {
    case .success(let document): plan.reading = .fresh(document, at: document.at)
    case .failure(let failure): plan.reading = .failed(failure, since: now)
    }
    view.plan = plan
    view.revision += 1
  }

  mutating func findings(_ source: SafeText, _ result: Result<TableFindings, Failure>, at now: Moment) {
    switch result {
    case .success(let found): view.findings[source] = .fresh(found, at: found.at)
    case .failure(let failure): view.findings[source] = (view.findings[source] ?? .never).failing(failure, at: now)
    }
    view.revision += 1
  }

  mutating func hygiene(_ source: SafeText, _ result: Result<HygieneReport, Failure>, at now: Moment) {
    switch result {
    case .success(let report): view.hygiene[source] = .fresh(report, at: report.at)
    case .failure(let failure): view.hygiene[source] = (view.hygiene[source] ?? .never).failing(failure, at: now)
    }
    view.revision += 1
  }

  mutating func detail(_ id: ResourceID, _ result: Result<DeadLetterDetail, Failure>, at now: Moment) {
    dead { dead in
      switch result {
      case .success(let detail): dead.detail = (id, .fresh(detail, at: now))
      case .failure(let failure): dead.detail = (id, .failed(failure, since: now))
      }
    }
  }

  private mutating func change(_ name: SafeText, _ change: (inout SourceView) -> Void) {
    guard let index = view.sources.firstIndex(where: { $0.name == name }) else { return }
    change(&view.sources[index])
    view.revision += 1
  }

  private mutating func record(_ observation: Observation) {
    let at = observation.at
    let source = ResourceID(source: observation.source, kind: .source, key: observation.source.text)
    for queue in observation.queues {
      if let ready = queue.ready { view.history.record(Double(ready), .ready, of: queue.id, at: at) }
      if let dead = queue.dead { view.history.record(Double(dead), .dead, of: queue.id, at: at) }
    }
    if observation.facets.contains(.queues) {
      let known = observation.queues.compactMap(\.ready)
      if !known.isEmpty { view.history.record(Double(known.saturatingSum()), .ready, of: source, at: at) }
      let dead = observation.queues.compactMap(\.dead) + (observation.dead.map { [$0] } ?? [])
      if !dead.isEmpty { view.history.record(Double(dead.saturatingSum()), .dead, of: source, at: at) }
    }
    if observation.facets.contains(.workers) {
      let workers = WorkerTally(observation.workers)
      view.history.record(Double(workers.heard), .workers, of: source, at: at)
      view.history.record(Double(workers.busy), .busy, of: source, at: at)
      let later = observation.queues.compactMap(\.scheduled)
      if !later.isEmpty { view.history.record(Double(later.saturatingSum()), .scheduled, of: source, at: at) }
    }
    if observation.facets.contains(.sessions) {
      view.history.record(Double(observation.sessions.count { !$0.blockedBy.isEmpty }), .waiting, of: source, at: at)
      view.history.record(Double(observation.sessions.count(where: \.isActive)), .sessions, of: source, at: at)
    }
    if observation.facets.contains(.sessions), !observation.sessions.contains(where: \.isHidden) {
      var load: [LoadClass: Int] = [:]
      for session in observation.sessions { if let kind = session.loadClass { load[kind, default: 0] += 1 } }
      for kind in LoadClass.allCases { view.history.record(Double(load[kind] ?? 0), .load(kind), of: source, at: at) }
    }
    counters.record(observation, source: source, into: &view.history)
    if observation.facets.contains(.runtimes) {
      let troubled = view.processes.filter { $0.severity > .ok }.compactMap { $0.id(in: observation.source) }
      runtimes.record(observation, troubled: Set(troubled), into: &view.history)
      view.processes = runtimes.processes(view)
    }
    prune(observation, source: source)
  }

  private mutating func prune(_ observation: Observation, source: ResourceID) {
    let polls = (pollsSincePruning[observation.source] ?? 0) + 1
    pollsSincePruning[observation.source] = polls % 60
    guard polls == 60 else { return }
    let kept = Set(observation.queues.map(\.id) + observation.workers.map(\.id) + observation.runtimes.map(\.id) + [source])
    view.history.forget(source: observation.source, except: kept)
    counters.forget(source: observation.source, except: kept)
  }
}
