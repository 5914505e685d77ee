/// A number that a rule may watch: `queue.ready`, `session.idle_in_transaction`, `loop.lag.p99`.
public enum WatchField: Hashable, Sendable {
  case plain(Plain)
  /// A signal of a process, in its own unit.
  case signal(Signal)
  /// A signal as a share of what it is limited by: `heap.after_gc > 80%`.
  case share(Signal, of: Signal)

  /// Fields that are no signals of processes.
  public enum Plain: String, Hashable, Sendable, CaseIterable {
    case queueReady = "queue.ready"
    case queueRunning = "queue.running"
    case queueScheduled = "queue.scheduled"
    case queueDead = "queue.dead"
    case queueOldestAge = "queue.oldest_age"
    case queueGrowth = "queue.growth"
    case queueWorkers = "queue.workers"
    /// Tasks that are ready in a queue that nobody serves.
    case queueUnserved = "queue.unserved"
    case workerLastSeen = "worker.last_seen"
    case workerOnTask = "worker.on_task"
    /// Of all workers of a source that were heard of.
    case workersBusy = "workers.busy"
    /// Of all workers of a source: those that have been on one task for more than a minute.
    case workersStuck = "workers.stuck"
    case workersLost = "workers.lost"
    case deadCount = "dead_letters.count"
    case deadRate = "dead_letters.rate"
    case failedRate = "tasks.failed"
    case sessionIdleInTransaction = "session.idle_in_transaction"
    case sessionRunning = "session.running"
    case sessionWaiting = "session.waiting"
    /// The longest wait behind a session that waits for nobody.
    case blockerWait = "blocker.wait"
    case blockerVictims = "blocker.victims"
    case databaseConnections = "database.connections"
    case databaseWaiting = "database.waiting"
    /// Findings about the server that are critical: slots, replication, wraparound, archiving.
    case databaseTroubles = "database.troubles"
    case hostMemory = "host.memory"
    case hostCPUPressure = "host.pressure.cpu"
    case hostIOPressure = "host.pressure.io"
    case hostMemoryPressure = "host.pressure.memory"
    case hostKills = "host.oom_kills"
    /// Seconds since the last numbers of a source; since the start where there never were any.
    case sourceStale = "source.stale"
    case sourceTook = "source.took"
  }

  public var name: String {
    switch self {
    case .plain(let field): field.rawValue
    case .signal(let signal), .share(let signal, _): signal.name.text
    }
  }

  public var unit: Signal.Unit {
    switch self {
    case .plain(let field): field.unit
    case .signal(let signal): signal.unit
    case .share: .share
    }
  }

  /// Rows of which facet it is read from; nil for those of the source itself.
  public var facet: Facet? {
    switch self {
    case .plain(let field): field.facet
    case .signal, .share: .runtimes
    }
  }

  /// What a signal is a part of, for thresholds in percent.
  static let wholes: [Signal: Signal] = [
    .heapUsed: .heapLimit, .heapAfterGC: .heapLimit, .poolActive: .poolSize, .openFiles: .fileLimit, .groupMemory: .groupLimit,
  ]

  /// All names that a rule may use.
  public static var names: [String] { Plain.allCases.map(\.rawValue) + Signal.allCases.map(\.name.text) }

  /// The field of a name; case and `_` do not count in signals, and `runtime.` may stand before them.
  static func named(_ name: String, inPercent: Bool) -> WatchField? {
    if let plain = Plain(rawValue: name.lowercased()) { return .plain(plain) }
    func plainly(_ text: some StringProtocol) -> String { text.lowercased().filter { $0 != "_" } }
    let wanted = plainly(name.hasPrefix("runtime.") ? name.dropFirst("runtime.".count) : name[...])
    guard let signal = Signal.allCases.first(where: { plainly($0.name.text) == wanted }) else { return nil }
    if inPercent, let whole = wholes[signal] { return .share(signal, of: whole) }
    return .signal(signal)
  }
}

extension WatchField.Plain {
  public var unit: Signal.Unit {
    switch self {
    case .queueReady, .queueRunning, .queueScheduled, .queueDead, .queueWorkers, .queueUnserved, .workersLost, .deadCount, .blockerVictims,
      .databaseWaiting, .databaseTroubles, .hostKills:
      .count
    case .queueOldestAge, .workerLastSeen, .workerOnTask, .sessionIdleInTransaction, .sessionRunning, .sessionWaiting, .blockerWait,
      .sourceStale, .sourceTook:
      .seconds
    case .queueGrowth, .deadRate, .failedRate: .perSecond
    case .workersBusy, .workersStuck, .databaseConnections, .hostMemory, .hostCPUPressure, .hostIOPressure, .hostMemoryPressure: .share
    }
  }

  public var facet: Facet? {
    switch self {
    case .queueReady, .queueRunning, .queueScheduled, .queueDead, .queueOldestAge, .queueGrowth, .queueWorkers, .queueUnserved, .deadCount,
      .deadRate:
      .queues
    case .workerLastSeen, .workerOnTask, .workersBusy, .workersStuck, .workersLost, .failedRate: .workers
    case .sessionIdleInTransaction, .sessionRunning, .sessionWaiting, .blockerWait, .blockerVictims, .databaseWaiting: .sessions
    case .databaseConnections, .databaseTroubles: .sessions
    case .hostMemory, .hostCPUPressure, .hostIOPressure, .hostMemoryPressure, .hostKills: .runtimes
    case .sourceStale, .sourceTook: nil
    }
  }
}
