import OpsModel

/// Reads what rules watch off one observation of a source. What is there and not known gives a sample without a value; what is not there
/// gives none.
struct WatchReader {
  let source: SourceView
  let observed: Observation
  let view: StoreView
  /// Processes that stand with this source.
  let processes: [ProcessView]
  private let tally: WorkerTally
  private let roots: [Blocker]

  init?(_ source: SourceView, _ view: StoreView) {
    guard let observed = source.reading.value else { return nil }
    self.source = source
    self.observed = observed
    self.view = view
    tally = WorkerTally(observed.workers)
    roots = Blocker.all(in: observed)
    processes = observed.facets.contains(.runtimes) ? view.processes.filter { $0.id.source == source.name } : []
  }

  func samples(_ field: WatchField) -> [WatchSample] {
    switch field {
    case .signal(let signal):
      processes.map { process in
        let reading = process.signals.reading(signal)
        return Self.sample(process, reading?.value, isUpperBound: reading?.bound == .atMost)
      }
    case .share(let part, let whole):
      processes.map { process in
        guard let value = process.signals[part], let limit = process.signals[whole], limit > 0 else { return Self.sample(process, nil) }
        return Self.sample(process, value / limit)
      }
    case .plain(let plain): samples(plain)
    }
  }

  private static func sample(_ process: ProcessView, _ value: Double?, isUpperBound: Bool = false) -> WatchSample {
    let name: SafeText = process.state.pid.map { "\(process.state.name):\($0)" } ?? process.state.name
    return WatchSample(subject: process.id, name: name, value: value, isUpperBound: isUpperBound)
  }

  private func samples(_ field: WatchField.Plain) -> [WatchSample] {
    switch field.facet {
    case .queues: field == .deadCount || field == .deadRate ? dead(field) : queues(field)
    case .workers: field == .workerLastSeen || field == .workerOnTask ? workers(field) : team(field)
    case .sessions: field == .blockerWait || field == .blockerVictims ? blockers(field) : sessions(field) + database(field)
    case .runtimes: host(field)
    default: field == .sourceTook ? [of(observed.took)] : []
    }
  }

  /// Of the source as a whole.
  private func of(_ value: Double?, _ detail: SafeText? = nil) -> WatchSample {
    WatchSample(subject: source.id, name: source.name, value: value, detail: detail)
  }

  private func queues(_ field: WatchField.Plain) -> [WatchSample] {
    observed.queues.map { WatchSample(subject: $0.id, name: $0.name, value: number(of: $0, field)) }
  }

  private func number(of queue: QueueState, _ field: WatchField.Plain) -> Double? {
    switch field {
    case .queueReady: queue.ready.map(Double.init)
    case .queueRunning: queue.running.map(Double.init)
    case .queueScheduled: queue.scheduled.map(Double.init)
    case .queueDead: queue.dead.map(Double.init)
    case .queueWorkers: queue.workers.map(Double.init)
    case .queueOldestAge: queue.oldest == .none ? 0 : queue.oldest.seconds
    case .queueGrowth: view.growth(of: queue.id)
    case .queueUnserved: queue.workers.flatMap { count in queue.ready.map { count == 0 ? Double($0) : 0 } }
    default: nil
    }
  }

  private func dead(_ field: WatchField.Plain) -> [WatchSample] {
    if field == .deadRate {
      // Less than a third of a minute says nothing about a minute.
      guard let change = view.history.change(.dead, of: source.id, window: 60), change.seconds >= 18 else { return [of(nil)] }
      return [of(max(0, change.by) / change.seconds)]
    }
    let known = observed.queues.compactMap(\.dead) + (observed.dead.map { [$0] } ?? [])
    return [of(known.isEmpty ? nil : Double(known.saturatingSum()))]
  }

  private func workers(_ field: WatchField.Plain) -> [WatchSample] {
    let workers = observed.workers
    var out: [WatchSample] = []
    out.reserveCapacity(workers.count)
    for place in workers.indices {
      // Who is at no task is late with none.
      if field == .workerOnTask, workers[place].activity != .busy { continue }
      let value = field == .workerLastSeen ? workers[place].heartbeatAge : workers[place].onTask
      let detail = workers[place].currentTask
      out.append(WatchSample(subject: workers[place].id, name: workers[place].name, value: value, detail: detail))
    }
    return out
  }

  /// What is told of all workers of a source together.
  private func team(_ field: WatchField.Plain) -> [WatchSample] {
    if field == .failedRate { return [of(view.failedRate(of: source).map { max(0, $0) })] }
    if field == .workersLost {
      return observed.facets.contains(.workers) ? [of(Double(tally.lost), tally.firstLost)] : []
    }
    guard tally.heard > 0 else { return [] }
    let meant = field == .workersBusy ? tally.busy : tally.stuck
    return [of(Double(meant) / Double(tally.heard), "\(meant) of \(tally.heard)")]
  }

  private func sessions(_ field: WatchField.Plain) -> [WatchSample] {
    guard [.sessionIdleInTransaction, .sessionRunning, .sessionWaiting].contains(field) else { return [] }
    return observed.sessions.compactMap { session in
      let (isMeant, value): (Bool, Double?) =
        switch field {
        case .sessionIdleInTransaction: (session.isIdleInTransaction, session.transactionAge)
        case .sessionRunning: (session.isActive && session.isClient, session.queryAge)
        default: (!session.blockedBy.isEmpty, session.queryAge)
        }
      return isMeant ? WatchSample(subject: session.id, name: Blocker.name(session), value: value) : nil
    }
  }

  private func database(_ field: WatchField.Plain) -> [WatchSample] {
    switch field {
    case .databaseWaiting: return [of(Double(observed.sessions.filter { !$0.blockedBy.isEmpty }.count))]
    case .databaseConnections:
      guard let used = observed.server?.connections, let limit = observed.server?.connectionLimit, limit > 0 else { return [of(nil)] }
      return [of(Double(used) / Double(limit), "\(used) of \(limit)")]
    case .databaseTroubles:
      guard let troubles = observed.health?.troubles.filter({ $0.severity == .critical }) else { return [of(nil)] }
      return [of(Double(troubles.count), troubles.first?.text)]
    default: return []
    }
  }

  private func blockers(_ field: WatchField.Plain) -> [WatchSample] {
    roots.map { blocker in
      let value = field == .blockerWait ? blocker.longest : Double(blocker.victims.count)
      let detail: SafeText = "blocks \(Units.count(blocker.victims.count, "session"))"
      return WatchSample(subject: blocker.id, name: blocker.name, value: value, detail: detail)
    }
  }

  private func host(_ field: WatchField.Plain) -> [WatchSample] {
    guard let host = observed.host else { return [] }
    func pressure(_ resource: HostState.Pressure.Resource) -> Double? { host.pressure.first { $0.resource == resource }?.some }
    let value: Double? =
      switch field {
      case .hostMemory: host.memory.flatMap { all in host.available.map { all > 0 ? 1 - $0 / all : 0 } }
      case .hostCPUPressure: pressure(.cpu)
      case .hostIOPressure: pressure(.io)
      case .hostMemoryPressure: pressure(.memory)
      case .hostKills: host.newOOMKills.map(Double.init)
      default: nil
      }
    return [WatchSample(subject: source.id, name: host.name, value: value)]
  }
}

extension SessionState {
  /// Somebody's session, and not a process of the server itself, such as replication or vacuum.
  var isClient: Bool { backendType == nil || backendType == "client backend" }
}
