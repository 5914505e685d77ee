import OpsModel

extension StepAction {
  /// Whether it changes nothing for certain.
  var isLook: Bool {
    switch self {
    case .assert, .wait, .approve, .prompt, .note: true
    case .queue(let queue): queue.name.isRead
    case .http(let request): request.method == "GET" || request.method == "HEAD"
    case .redis(_, let command): Self.looks(command.prefix(2).map { $0.source.uppercased() })
    case .kubectl(let argv, _, _): argv.first.map { ["get", "describe", "logs", "top", "diff", "version"].contains($0.source) } ?? false
    case .cmd, .run, .ssh, .sql, .redisScan, .ansible, .runbook: false
    }
  }

  /// Whether it changes something for certain, whatever an author says of it.
  var isChange: Bool {
    switch self {
    case .queue(let queue): !queue.name.isRead
    case .http, .redis, .kubectl: !isLook
    case .redisScan, .ansible, .runbook: true
    case .sql(let statement): !Self.mayLook(statement.query)
    case .cmd, .run, .ssh, .assert, .wait, .approve, .prompt, .note: false
    }
  }

  /// Whether a statement may only look: the server's read-only transaction decides at last.
  static func mayLook(_ query: String) -> Bool {
    let word = query.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter }.lowercased()
    return ["select", "with", "show", "explain", "values", "table"].contains(word) && !acts(query.lowercased())
  }

  /// Functions that act whatever a read-only transaction forbids.
  private static let acting = [
    "pg_terminate_backend", "pg_cancel_backend", "pg_reload_conf", "pg_rotate_logfile", "pg_switch_wal", "pg_promote",
    "pg_wal_replay_pause",
    "pg_wal_replay_resume", "pg_create_physical_replication_slot", "pg_create_logical_replication_slot", "pg_drop_replication_slot",
    "pg_replication_slot_advance", "pg_logical_slot_get_changes", "pg_advisory_lock", "pg_try_advisory_lock", "pg_advisory_unlock",
    "pg_advisory_unlock_all", "pg_stat_reset", "pg_stat_statements_reset", "pg_notify", "dblink", "dblink_exec", "lo_import", "lo_export",
  ]

  private static func acts(_ query: String) -> Bool {
    // By words: a name within a longer one is another function.
    let words = query.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "(" && !$0.isWhitespace }
    return words.contains { part in
      let pieces = part.split(separator: "(", omittingEmptySubsequences: false).dropLast()
      return pieces.contains { piece in piece.split(whereSeparator: \.isWhitespace).last.map { acting.contains(String($0)) } ?? false }
    }
  }

  /// Commands of Redis that only look. What is not here changes something, or costs the server too much.
  static let lookingCommands: Set<String> = [
    "GET", "MGET", "EXISTS", "TTL", "PTTL", "TYPE", "STRLEN", "GETRANGE", "HGET", "HMGET", "HLEN", "HEXISTS", "HSTRLEN", "LLEN", "LINDEX",
    "LRANGE", "SCARD", "SISMEMBER", "SRANDMEMBER", "ZCARD", "ZCOUNT", "ZSCORE", "ZRANK", "ZRANGE", "XLEN", "XPENDING", "INFO", "DBSIZE",
    "PING", "TIME", "ROLE", "CONFIG GET", "MEMORY USAGE", "OBJECT ENCODING", "OBJECT IDLETIME", "OBJECT FREQ", "SLOWLOG GET", "SLOWLOG LEN",
    "CLIENT LIST", "XINFO STREAM", "XINFO GROUPS",
  ]

  /// By the command, or by it and the word behind it that makes it another one.
  private static func looks(_ words: [String]) -> Bool {
    guard let name = words.first else { return false }
    return lookingCommands.contains(name) || (words.count > 1 && lookingCommands.contains("\(name) \(words[1])"))
  }
}
