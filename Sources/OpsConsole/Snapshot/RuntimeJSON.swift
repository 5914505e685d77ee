import Console
import OpsModel

/// Processes, machines and alerts for scripts: seconds, bytes, shares from 0 to 1.
enum RuntimeJSON {
  static func process(_ process: ProcessView) -> JSONText {
    let state = process.state
    let signals = Signal.allCases.map { ($0.key, JSONText.optional(process.signals[$0])) }
    let from = Signal.allCases.compactMap { signal in process.signals.reading(signal).map { (signal.key, JSONText.text($0.rung.word)) } }
    let bounds = process.signals.all.compactMap { entry -> (StaticString, JSONText)? in
      switch entry.value.bound {
      case .exact: nil
      case .atLeast: (entry.signal.key, .text("at_least"))
      case .atMost: (entry.signal.key, .text("at_most"))
      }
    }
    let fields: [(StaticString, JSONText)] = [
      ("source", .text(state.id.source)), ("sources", .array(process.ids.map { .text($0.source) })), ("name", .text(state.name)),
      ("pid", .optional(state.pid)), ("host", .optional(state.host)), ("language", .text(SafeText(escaping: state.language.rawValue))),
      ("version", .optional(state.version)), ("started_at", .optional(state.startedAt.map { Calendar.stamp($0) })),
      ("group", .optional(state.group)), ("severity", .text(word(process.severity))), ("signals", .object(signals)),
      ("from", .object(from)), ("bounds", .object(bounds)), ("verdicts", .array(process.verdicts.map(verdict))),
      ("collections", .array(state.collections.map(collection))), ("pools", .array(state.pools.map(pool))),
      ("workers", .array(state.members.map(member))), ("costs", .array(state.costs.map { numbers($0) })),
      ("remarks", .array(state.remarks.map { .text($0) })),
    ]
    return .object(fields)
  }

  private static func word(_ severity: Severity) -> SafeText {
    switch severity {
    case .critical: "critical"
    case .warning: "warning"
    default: "ok"
    }
  }

  private static func verdict(_ verdict: Diagnosis.Verdict) -> JSONText {
    .object([("severity", .text(word(verdict.severity))), ("verdict", .text(verdict.title)), ("evidence", .text(verdict.evidence))])
  }

  private static func collection(_ one: RuntimeState.Collection) -> JSONText {
    .object([
      ("name", .text(one.name)), ("total", .optional(one.total)), ("per_second", .optional(one.rate)),
      ("average_seconds", .optional(one.average)),
      ("last_seconds", .optional(one.last)), ("time_fraction", .optional(one.share)), ("is_pause", .bool(one.isPause)),
    ])
  }

  private static func pool(_ pool: RuntimeState.Pool) -> JSONText {
    .object([
      ("name", .text(pool.name)), ("active", .optional(pool.active)), ("max", .optional(pool.size)), ("queued", .optional(pool.queued)),
    ])
  }

  private static func member(_ member: RuntimeState.Member) -> JSONText {
    .object([
      ("pid", .int(member.pid)), ("state", .text(member.state)), ("busy", .bool(member.isBusy)), ("requests", .optional(member.requests)),
      ("rss_bytes", .optional(member.rss)), ("beat_age_seconds", .optional(member.beat)),
      ("on_request_seconds", .optional(member.onRequest)),
    ])
  }

  static func cost(_ row: CostRow) -> JSONText {
    let fields: [(StaticString, JSONText)] = [
      ("source", .text(row.id.source)), ("service", .text(row.service)), ("remark", .optional(row.remark)), ("cost", numbers(row.cost)),
    ]
    return .object(fields)
  }

  private static func numbers(_ cost: Cost) -> JSONText {
    let enough = cost.isEnough
    func part(_ part: Cost.Part?) -> JSONText { enough ? .optional(part?.value) : .null }
    func from(_ part: Cost.Part?) -> JSONText { .optional(part?.from) }
    let fields: [(StaticString, JSONText)] = [
      ("unit", .text(SafeText(escaping: cost.unit.rawValue))), ("name", .text(cost.name)), ("window_seconds", .number(cost.window)),
      ("count", .number(cost.count)),
      ("per_second", .optional(cost.perSecond)), ("queries", part(cost.queries)), ("database_seconds", part(cost.databaseTime)),
      ("total_seconds", part(cost.totalTime)), ("allocated_bytes", part(cost.memory)), ("queries_from", from(cost.queries)),
      ("database_from", from(cost.databaseTime)), ("total_from", from(cost.totalTime)), ("allocated_from", from(cost.memory)),
    ]
    return .object(fields)
  }

  static func host(_ host: HostState, _ source: SafeText) -> JSONText {
    let fields: [(StaticString, JSONText)] = [
      ("source", .text(source)), ("name", .text(host.name)), ("cores", .optional(host.cores)), ("cpu_cores", .optional(host.cpu)),
      ("load", .optional(host.load)),
      ("memory_bytes", .optional(host.memory)), ("available_bytes", .optional(host.available)),
      ("swap_used_bytes", .optional(host.swapUsed)),
      ("oom_kills", .optional(host.oomKills)), ("listen_overflows_per_second", .optional(host.overflows)),
      ("processes", .optional(host.processes)),
      ("pressure", host.pressure.isEmpty ? .null : .array(host.pressure.map(pressure))), ("groups", .array(host.groups.map(group))),
      ("backlogs", .array(host.listeners.map(listener))),
    ]
    return .object(fields)
  }

  private static func pressure(_ one: HostState.Pressure) -> JSONText {
    .object([
      ("resource", .text(SafeText(escaping: one.resource.rawValue))), ("some_fraction", .optional(one.some)),
      ("full_fraction", .optional(one.full)),
      ("some_avg10_fraction", .optional(one.some10)), ("full_avg10_fraction", .optional(one.full10)),
    ])
  }

  private static func group(_ group: HostState.ControlGroup) -> JSONText {
    .object([
      ("path", .text(group.path)), ("version", .int(group.version)), ("runtimes", .int(group.processes)),
      ("cpu_cores", .optional(group.cpu)),
      ("cpu_limit_cores", .optional(group.cpuLimit)), ("throttled_fraction", .optional(group.throttled)),
      ("memory_bytes", .optional(group.memory)),
      ("memory_limit_bytes", .optional(group.memoryLimit)), ("memory_pressure_fraction", .optional(group.memoryPressure)),
      ("oom_kills", .optional(group.oomKills)),
    ])
  }

  private static func listener(_ listener: HostState.Listener) -> JSONText {
    .object([
      ("address", .text(listener.address)), ("waiting", .int(listener.backlog)), ("limit", .optional(listener.limit)),
      ("pid", .optional(listener.pid)),
    ])
  }

  static func alert(_ alert: AlertState) -> JSONText {
    let fields: [(StaticString, JSONText)] = [
      ("source", .text(alert.id.source)), ("name", .text(alert.name)), ("severity", .text(word(alert.severity))),
      ("state", .text(SafeText(escaping: alert.state.rawValue))), ("since", .optional(alert.since.map { Calendar.stamp($0) })),
      ("summary", .optional(alert.summary)),
      ("value", .optional(alert.value)), ("labels", .map(alert.labels.map { ($0.name, .text($0.value)) })),
      ("rule", .optional(alert.own?.rule)), ("when", .optional(alert.own?.when)),
      ("subject", .optional(alert.own.map { SafeText(bytes: $0.subject.key, limit: 100) })),
      ("subject_kind", .optional(alert.own.map { SafeText(escaping: $0.subject.kind.rawValue) })),
      ("runbooks", .array((alert.own?.runbooks ?? []).map { .text($0) })),
      ("silenced_by", .array(alert.silencedBy.map { .text($0) })), ("inhibited_by", .array(alert.inhibitedBy.map { .text($0) })),
    ]
    return .object(fields)
  }
}
