import Console
import OpsModel

/// All numbers of one moment, for scripts. Keys are stable; seconds and bytes; unknown is `null`.
struct SnapshotDocument {
  /// Numbers per second, where two observations were made.
  struct Rates {
    var growth: [ResourceID: Double] = [:]
    var done: [SafeText: Double] = [:]
    var failed: [SafeText: Double] = [:]

    /// Of the running console: the last half minute.
    static func half(_ view: StoreView) -> Rates {
      var rates = Rates()
      for source in view.sources {
        for queue in source.reading.value?.queues ?? [] { rates.growth[queue.id] = view.growth(of: queue.id) }
        rates.done[source.name] = view.doneRate(of: source)
        rates.failed[source.name] = view.failedRate(of: source)
      }
      return rates
    }
  }

  let environment: Environment
  let view: StoreView
  let at: Moment
  let rates: Rates

  /// A critical alert fires, of this console's rules or of a system that watches.
  var isCritical: Bool {
    (view.alerts + view.rows(\.alerts).map(\.row)).contains { $0.state == .firing && $0.severity == .critical }
  }

  var json: JSONText {
    let servers = view.sources.compactMap { HealthJSON.server($0, at: at) }
    let sessions = view.rows(\.sessions).map { DatabaseJSON.session($0.row) }
    let fields: [(StaticString, JSONText)] = [
      ("schema", .int(1)),
      ("at", .text(Calendar.stamp(at.unix))),
      ("environment", .text(SafeText(escaping: environment.rawValue))),
      ("sources", .array(view.sources.map(source))),
      ("queues", .array(view.rows(\.queues).map { queue($0.row) })),
      ("workers", .array(view.rows(\.workers).map { worker($0.row, $0.source) })),
      ("sessions", .array(sessions)), ("servers", .array(servers)),
      ("statements", statements), ("locks", locks),
      ("runtimes", runtimes), ("hosts", hosts), ("costs", costs), ("alerts", alerts),
    ]
    return .object(fields)
  }

  /// Of the last minute, or of what was seen; `null` where no source has any.
  private var statements: JSONText {
    let sources = view.sources(with: .statements)
    guard !sources.isEmpty else { return .null }
    return .array(
      sources.flatMap { source in
        source.reading.value?.statements.map { DatabaseJSON.statements(source.name, $0, window: 60) } ?? []
      })
  }

  private var locks: JSONText {
    let sources = view.sources(with: .locks)
    guard !sources.isEmpty else { return .null }
    return .array(sources.flatMap { source in (source.reading.value?.locks?.rows ?? []).map { DatabaseJSON.lock(source.name, $0) } })
  }

  /// A process that several sources know stands once; each signal says where it comes from.
  private var runtimes: JSONText {
    view.sources(with: .runtimes).isEmpty ? .null : .array(view.processes.map { RuntimeJSON.process($0) })
  }

  private var hosts: JSONText {
    let found = view.sources.compactMap { source in source.reading.value?.host.map { RuntimeJSON.host($0, source.name) } }
    return found.isEmpty ? .null : .array(found)
  }

  private var costs: JSONText { .array(CostBook.rows(view).map { RuntimeJSON.cost($0) }) }

  /// Those of this console's rules first.
  private var alerts: JSONText {
    .array(view.alerts.map { RuntimeJSON.alert($0) } + view.rows(\.alerts).map { RuntimeJSON.alert($0.row) })
  }

  private func source(_ source: SourceView) -> JSONText {
    let observed = source.reading.value
    let server = observed?.server
    return .object([
      ("name", .text(source.name)), ("kind", .text(source.kind)), ("state", .text(source.reading.word)),
      ("took_seconds", .optional(observed?.took)), ("age_seconds", .optional(source.age(at: at))),
      ("error", .optional(source.reading.failure.map { $0.failure.sentence(age: nil) })),
      ("notices", .array((observed?.notices ?? []).map { .text($0.text) })),
      ("look_only", .optional(observed?.lookOnly?.reason)),
      ("server", .optional(server?.product)), ("role", .optional(server?.role.map { SafeText(escaping: $0.rawValue) })),
      ("uptime_seconds", .optional(server?.uptime)), ("connections", .optional(server?.connections)),
      ("connection_limit", .optional(server?.connectionLimit)), ("dead", .optional(observed?.dead)),
      ("in_flight", .optional(observed?.inFlight)),
      ("oldest_in_flight_seconds", .optional(observed?.oldestInFlight)), ("done_per_second", .optional(rates.done[source.name])),
      ("failed_per_second", .optional(rates.failed[source.name])),
    ])
  }

  private func queue(_ queue: QueueState) -> JSONText {
    .object([
      ("source", .text(queue.id.source)), ("name", .text(queue.name)), ("ready", .optional(queue.ready)),
      ("running", .optional(queue.running)), ("scheduled", .optional(queue.scheduled)), ("deferred", .optional(queue.deferred)),
      ("dead", .optional(queue.dead)), ("oldest_age_seconds", .optional(queue.oldest.seconds)),
      ("oldest_age_kind", .text(queue.oldest.word)),
      ("workers", .optional(queue.workers)), ("paused", .optional(queue.paused)), ("growth_per_second", .optional(rates.growth[queue.id])),
    ])
  }

  private func worker(_ worker: WorkerState, _ source: SourceView) -> JSONText {
    .object([
      ("source", .text(source.name)), ("name", .text(worker.name)), ("state", .text(SafeText(escaping: worker.activity.rawValue))),
      ("host", .optional(worker.host)), ("pid", .optional(worker.pid)), ("queues", .array(worker.queues.map { .text($0) })),
      ("active", .optional(worker.active)), ("current_task", .optional(worker.currentTask)),
      ("on_task_seconds", .optional(worker.onTask)), ("heartbeat_age_seconds", .optional(worker.heartbeatAge)),
      ("processed", .optional(worker.processed)), ("failed", .optional(worker.failed)),
    ])
  }
}
