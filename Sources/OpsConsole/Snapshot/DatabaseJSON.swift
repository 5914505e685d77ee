import OpsModel

/// Sessions, statements and locks of a database as scripts see them. Seconds and bytes; unknown is `null`.
enum DatabaseJSON {
  /// Statements listed at most.
  static let statementLimit = 100

  static func session(_ session: SessionState) -> JSONText {
    .object([
      ("source", .text(session.id.source)), ("pid", .int(session.pid)), ("id", .optional(SessionTarget(session, statement: false)?.word)),
      ("statement_id", .optional(SessionTarget(session, statement: true)?.word)), ("user", .optional(session.user)),
      ("database", .optional(session.database)), ("application", .optional(session.application)), ("client", .optional(session.client)),
      ("backend_type", .optional(session.backendType)), ("state", .optional(session.state)),
      ("wait_event_type", .optional(session.waitType)), ("wait_event", .optional(session.waitEvent)),
      ("transaction_age_seconds", .optional(session.transactionAge)), ("query_age_seconds", .optional(session.queryAge)),
      ("state_age_seconds", .optional(session.stateAge)), ("has_written", .bool(session.isWriting)),
      ("xmin_age_transactions", .optional(session.horizonAge)), ("leader_pid", .optional(session.leader)),
      ("parallel_workers", .int(session.workers)), ("blocked_by", .array(session.blockedBy.map { .int($0) })),
      ("blocks", .int(session.blocks)), ("query_id", session.queryID.map { .text("\($0)") } ?? .null), ("query", .optional(session.query)),
    ])
  }

  static func lock(_ source: SafeText, _ row: LockRow) -> JSONText {
    .object([
      ("source", .text(source)), ("kind", .text(SafeText(escaping: row.kind.rawValue))), ("depth", .int(row.depth)),
      ("pid", .optional(row.pid)),
      ("count", .int(row.count)), ("application", .optional(row.application)), ("user", .optional(row.user)),
      ("state", .optional(row.state)),
      ("waits_for", .optional(row.waitsFor)), ("mode", .optional(row.mode)), ("queued_only", .bool(row.isSoft)),
      ("holds", .optional(row.holds)),
      ("waited_seconds", .optional(row.waited)), ("transaction_age_seconds", .optional(row.transactionAge)), ("victims", .int(row.victims)),
      ("victims_waited_seconds", .number(row.suffering)), ("remedy", .optional(row.remedy)), ("query", .optional(row.query)),
    ])
  }

  static func statements(_ source: SafeText, _ log: StatementLog, window seconds: Double, limit: Int = statementLimit) -> [JSONText] {
    let window = log.window(seconds)
    return window.rows.prefix(limit).map { statement(source, log, window, $0) }
  }

  private static func statement(
    _ source: SafeText, _ log: StatementLog, _ window: StatementWindow, _ row: StatementWindow.Row
  ) -> JSONText {
    let counters = row.counters
    return .object([
      ("source", .text(source)), ("query_id", .text("\(row.key.query)")), ("user", .optional(log.users[row.key.user])),
      ("database", .optional(log.databases[row.key.database])), ("is_top_level", .bool(row.key.isTop)),
      ("window_seconds", .optional(window.span)), ("calls", .int(Int(clamped: counters.calls))),
      ("calls_per_second", .optional(window.perSecond(counters.calls))), ("total_seconds", .number(counters.total / 1000)),
      ("load_share", .optional(window.share(of: row))), ("mean_seconds", .optional(counters.mean.map { $0 / 1000 })),
      ("deviation_seconds", .optional(counters.deviation.map { $0 / 1000 })),
      ("longest_seconds", row.hasNewLongest ? .number(counters.longest / 1000) : .null), ("rows", .int(Int(clamped: counters.rows))),
      ("hit_share", .optional(counters.hitShare)), ("read_bytes", .number(counters.read * 8192)),
      ("temp_bytes", .number(counters.temp * 8192)),
      ("wal_bytes", .number(counters.wal)), ("planning_seconds", .number(counters.planning / 1000)), ("restarted", .bool(row.isRestarted)),
      ("query", .optional(log.texts[row.key].flatMap { $0.isEmpty ? nil : $0 })),
    ])
  }

  /// What the numbers of a window can not know.
  static func window(_ window: StatementWindow) -> JSONText {
    .object([
      ("seconds", .optional(window.span)), ("statements", .int(window.rows.count)), ("total_seconds", .number(window.total / 1000)),
      ("unattributed_seconds", .optional(window.unattributed.map { $0 / 1000 })), ("evicted_statements", .int(window.evicted)),
      ("evictions", .optional(window.evictions)), ("counting_since", .optional(window.resetAt.map { Calendar.stamp($0) })),
    ])
  }
}
