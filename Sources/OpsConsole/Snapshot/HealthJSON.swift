import Console
import OpsModel

/// What a database server says of itself, as scripts see it.
enum HealthJSON {
  static func server(_ source: SourceView, at now: Moment) -> JSONText? {
    guard let observed = source.reading.value, observed.facets.contains(.locks), let server = observed.server else { return nil }
    let health = observed.health
    let facts: [(StaticString, JSONText)] = [
      ("source", .text(source.name)), ("product", .text(server.product)),
      ("role", .optional(server.role.map { SafeText(escaping: $0.rawValue) })), ("uptime_seconds", .optional(server.uptime)),
      ("connections", .optional(server.connections)), ("connection_limit", .optional(server.connectionLimit)),
      ("cores", .optional(server.cores)), ("health_age_seconds", .optional(health.map { now.age(since: $0.at) })),
    ]
    return .object(facts + (health.map { fields($0) } ?? []))
  }

  private static func fields(_ health: DatabaseHealth) -> [(StaticString, JSONText)] {
    let temporary = health.temporary.reduce(0.0) { $0 + $1.bytes }
    return [
      ("troubles", .array(health.troubles.map { trouble($0) })), ("rates", pressure(health.pressure)),
      ("replicas", .array(health.replicas.map { replica($0) })), ("slots", .array(health.slots.map { slot($0) })),
      ("standby", health.standby.map { standby($0) } ?? .null), ("progress", .array(health.progress.map { progress($0) })),
      ("horizon", .array(health.horizon.map { horizon($0) })), ("wraparound", .array(health.wraparound.map { wraparound($0) })),
      ("temporary_bytes", .number(temporary)), ("not_read", .array(health.gaps.map { .text($0) })),
    ]
  }

  private static func trouble(_ notice: Notice) -> JSONText {
    .object([("severity", .text(notice.severity == .critical ? "critical" : "warning")), ("text", .text(notice.text))])
  }

  private static func pressure(_ value: DatabaseHealth.Pressure) -> JSONText {
    .object([
      ("over_seconds", .optional(value.span)), ("commits_per_second", .optional(value.commits)),
      ("rollbacks_per_second", .optional(value.rollbacks)), ("deadlocks", .optional(value.deadlocks)),
      ("conflicts", .optional(value.conflicts)), ("lost_sessions", .optional(value.lostSessions)), ("hit_share", .optional(value.hitShare)),
      ("read_bytes_per_second", .optional(value.reads.map { $0 * 8192 })), ("temp_bytes_per_second", .optional(value.temporaryBytes)),
      ("wal_bytes_per_second", .optional(value.walBytes)), ("wal_full_page_share", .optional(value.fullPageShare)),
      ("checkpoints_over_seconds", .optional(value.checkpointSpan)),
      ("checkpoints_timed", .optional(value.timedCheckpoints)), ("checkpoints_requested", .optional(value.requestedCheckpoints)),
      ("checkpoint_load", .optional(value.checkpointLoad)), ("active_sessions", .optional(value.activeSessions)),
      ("idle_in_transaction_sessions", .optional(value.idleInTransaction)), ("archive_failures", .optional(value.archiveFailures)),
      ("archive_failing", .bool(value.isArchiveFailing)),
    ])
  }

  private static func replica(_ value: DatabaseHealth.Replica) -> JSONText {
    .object([
      ("name", .text(value.name)), ("client", .optional(value.client)), ("state", .optional(value.state)), ("sync", .optional(value.sync)),
      ("unsent_bytes", .optional(value.unsent)), ("unflushed_bytes", .optional(value.unflushed)),
      ("unreplayed_bytes", .optional(value.unreplayed)), ("replay_lag_seconds", .optional(value.replayLag)),
      ("silent_seconds", .optional(value.silence)),
    ])
  }

  private static func slot(_ value: DatabaseHealth.Slot) -> JSONText {
    .object([
      ("name", .text(value.name)), ("kind", .optional(value.kind)), ("active", .bool(value.isActive)),
      ("wal_status", .optional(value.status)),
      ("retained_bytes", .optional(value.retained)), ("safe_bytes", .optional(value.safe)),
      ("xmin_age_transactions", .optional(value.horizonAge)),
    ])
  }

  private static func standby(_ value: DatabaseHealth.Standby) -> JSONText {
    .object([
      ("receiver", .optional(value.receiver)), ("unreplayed_bytes", .optional(value.behind)),
      ("replay_age_seconds", .optional(value.replayAge)),
      ("pause_state", .optional(value.pause)), ("heard_age_seconds", .optional(value.heardAge)),
    ])
  }

  private static func progress(_ value: DatabaseHealth.Progress) -> JSONText {
    .object([
      ("pid", .int(value.pid)), ("work", .text(value.work)), ("database", .optional(value.database)), ("object", .optional(value.object)),
      ("phase", .optional(value.phase)), ("done", .optional(value.done)), ("total", .optional(value.total)),
      ("share", .optional(value.share)),
      ("wait", .optional(value.wait)), ("age_seconds", .optional(value.age)), ("stuck", .bool(value.isStuck)),
      ("note", .optional(value.note)),
    ])
  }

  private static func horizon(_ value: DatabaseHealth.Horizon) -> JSONText {
    .object([
      ("kind", .text(value.kind)), ("id", .text(value.id)), ("age_transactions", .optional(value.age)), ("note", .optional(value.note)),
      ("age_seconds", .optional(value.seconds)),
    ])
  }

  private static func wraparound(_ value: DatabaseHealth.Wraparound) -> JSONText {
    .object([
      ("database", .text(value.database)), ("age_transactions", .int(value.transactions)), ("age_multixacts", .optional(value.multixacts)),
      ("share", .number(value.share)),
    ])
  }
}
