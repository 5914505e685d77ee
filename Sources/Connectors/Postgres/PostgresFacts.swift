import OpsModel

/// What a server says of itself and of our role, asked once per connection.
struct PostgresFacts {
  let version: Int
  let product: SafeText
  let seesAll: Bool
  let canSignal: Bool
  let isSuperuser: Bool
  let role: SafeText
  let database: SafeText
  let limit: Int?
  let blockSize: Double
  let startedAt: Double
  /// Where pg_stat_statements was made in this database, and which version of it: its columns follow this and not the server.
  let statements: (schema: String, version: (Int, Int))?
  let statementLimit: Int?
  let freezeAge: Int
  let querySize: Int

  /// Versions whose columns are known here.
  static let known = 120_000..<190_000

  static let sql = """
    select current_setting('server_version_num')::int, current_setting('server_version'),
      extract(epoch from pg_postmaster_start_time()), pg_has_role('pg_read_all_stats', 'usage'), current_user,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0),
      pg_has_role('pg_signal_backend', 'usage'), current_setting('is_superuser')::bool, current_database(),
      current_setting('block_size')::int, (select quote_ident(n.nspname) from pg_catalog.pg_extension e join pg_catalog.pg_namespace n
        on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'),
      (select e.extversion from pg_catalog.pg_extension e where e.extname = 'pg_stat_statements'),
      current_setting('pg_stat_statements.max', true), current_setting('autovacuum_freeze_max_age')::bigint,
      (select setting::int from pg_catalog.pg_settings where name = 'track_activity_query_size')
    """

  static func read(_ connection: PostgresConnection) throws(Failure) -> PostgresFacts {
    guard let row = try connection.rows(sql).first, row.count == 15, let version = row.int(0) else {
      throw .garbage("a row about the server of another shape")
    }
    guard version >= known.lowerBound else {
      throw .settings("PostgreSQL \(row.text(1, 20) ?? "?") is older than 12, the oldest that is understood")
    }
    let full = SafeText(bytes: (row[1] ?? []).prefix { $0 != UInt8(ascii: " ") }, limit: 20)
    let parts = (row.string(11) ?? "").split(separator: ".").compactMap { Int($0) }
    return PostgresFacts(
      version: version, product: "PostgreSQL \(full)", seesAll: row.isTrue(3), canSignal: row.isTrue(6), isSuperuser: row.isTrue(7),
      role: row.text(4, 64) ?? "?", database: row.text(8, 64) ?? "?", limit: row.int(5), blockSize: row.number(9) ?? 8192,
      startedAt: row.number(2) ?? 0,
      statements: row.string(10).flatMap { schema in parts.count == 2 ? (schema, (parts[0], parts[1])) : nil },
      statementLimit: row.int(12), freezeAge: row.int(13) ?? 200_000_000, querySize: row.int(14) ?? 1024)
  }

  var notices: [Notice] {
    var notices: [Notice] = []
    if !seesAll {
      notices.append(
        Notice(
          .warning,
          "states and statements of other roles are hidden: GRANT pg_monitor TO \(role); sessions, users and who blocks whom still show"))
    }
    if !Self.known.contains(version) {
      notices.append(Notice(.ok, "\(product) is newer than what this console was tested with"))
    }
    return notices
  }

  /// Whether the extension is at least this version.
  func hasStatements(_ major: Int, _ minor: Int) -> Bool { statements.map { $0.version >= (major, minor) } ?? false }
}
