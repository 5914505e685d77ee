/// Questions to `pg_stat_statements`. Its columns follow the version of the extension in this database, not that of the server.
enum StatementsSQL {
  /// Counters of all statements without their texts: the file that holds these is not read. All columns are `float8` but the keys.
  static func counters(_ facts: PostgresFacts) -> String? {
    guard let schema = facts.statements?.schema, facts.hasStatements(1, 4) else { return nil }
    let time = facts.hasStatements(1, 8) ? "_exec_time" : "_time"
    let planning = facts.hasStatements(1, 8) ? "total_plan_time" : "0::float8"
    let wal = facts.hasStatements(1, 8) ? "wal_bytes::float8" : "0::float8"
    let top = facts.hasStatements(1, 9) ? "toplevel" : "true"
    let since = facts.hasStatements(1, 11) ? "extract(epoch from stats_since)::float8" : "0::float8"
    return """
      select userid, dbid, queryid, \(top), calls::float8, total\(time), \(planning), rows::float8, shared_blks_hit::float8,
        shared_blks_read::float8, temp_blks_written::float8, \(wal), max\(time), mean\(time), stddev\(time), \(since)
      from \(schema).pg_stat_statements(false) where queryid is not null
      """
  }

  /// How often entries were thrown out, and when all were reset (1.9 and later).
  static func info(_ facts: PostgresFacts) -> String? {
    guard let schema = facts.statements?.schema, facts.hasStatements(1, 9) else { return nil }
    return "select dealloc, extract(epoch from stats_reset) from \(schema).pg_stat_statements_info"
  }

  /// Texts of some statements; reads the whole file of texts, whatever is asked for.
  static func texts(_ facts: PostgresFacts, _ queries: [Int64]) -> String? {
    guard let schema = facts.statements?.schema else { return nil }
    let top = facts.hasStatements(1, 9) ? "toplevel" : "true"
    let list = queries.map { String($0) }.joined(separator: ",")
    return "select userid, dbid, queryid, \(top), query from \(schema).pg_stat_statements(true) where queryid in (\(list))"
  }

  /// Names of roles and databases.
  static let names = """
    select 'r', oid, rolname from pg_catalog.pg_roles union all select 'd', oid, datname from pg_catalog.pg_database limit 5000
    """
}
