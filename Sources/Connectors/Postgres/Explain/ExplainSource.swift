import OpsModel

/// Finds the text whose plan is wanted, whose it is, and where it runs.
struct ExplainSource {
  let text: String
  let database: String?
  /// `search_path` of the role that runs it, where one is set: names without a schema mean nothing without it.
  let path: String

  /// What applies where nothing is set.
  private static let usualPath = "\"$user\", public"

  static func find(_ request: PlanRequest, _ connection: PostgresConnection, _ facts: PostgresFacts) throws(Failure) -> ExplainSource {
    switch request.statement {
    case .text(let text): return ExplainSource(text: text, database: nil, path: Self.usualPath)
    case .session(let id): return try session(id, connection, facts)
    case .listed(let key): return try listed(key, connection, facts)
    }
  }

  private static func session(_ id: ResourceID, _ connection: PostgresConnection, _ facts: PostgresFacts) throws(Failure) -> ExplainSource {
    guard let target = SessionTarget(key: id.key) else { throw .garbage("a session of another form") }
    let query = facts.version >= 140_000 ? "query_id" : "null::bigint"
    let rows = try connection.rows(
      "select query, datname, usesysid, datid, \(query), octet_length(query) from pg_catalog.pg_stat_activity where pid = $1 and backend_start = $2",
      [String(target.pid), target.started])
    guard let row = rows.first else { throw .declined(.statement("the session has ended", instead: "choose the statement in Statements")) }
    guard let text = row.string(0), text != "<insufficient privilege>" else {
      throw .permission(what: "reading what session \(target.pid) runs", grant: "GRANT pg_monitor TO \(facts.role)")
    }
    guard !text.isEmpty else { throw .declined(.statement("the session has not run a statement yet")) }
    let path = try searchPath(row.string(2), row.string(3), connection)
    // A text as long as the server keeps was cut; the whole one may stand in the statistics, without its values.
    if (row.int(5) ?? 0) >= facts.querySize - 4 {
      guard let whole = try whole(row, connection, facts) else {
        throw .declined(
          .statement(
            "its text is as long as the server keeps (track_activity_query_size \(facts.querySize)), so it may be cut off",
            instead: "raise track_activity_query_size, or explain the whole text"))
      }
      return ExplainSource(text: whole, database: row.string(1), path: path)
    }
    return ExplainSource(text: text, database: row.string(1), path: path)
  }

  private static func whole(_ row: PostgresRow, _ connection: PostgresConnection, _ facts: PostgresFacts) throws(Failure) -> String? {
    guard let id = row.string(4).flatMap({ Int64($0) }), let sql = StatementsSQL.texts(facts, [id]) else { return nil }
    return try connection.rows(sql).first?.string(4)
  }

  private static func listed(_ key: StatementKey, _ connection: PostgresConnection, _ facts: PostgresFacts) throws(Failure) -> ExplainSource
  {
    guard let sql = StatementsSQL.texts(facts, [key.query]) else {
      throw .declined(.statement("pg_stat_statements is not in this database", instead: "CREATE EXTENSION pg_stat_statements"))
    }
    let rows = try connection.rows(sql)
    guard let row = rows.first(where: { $0.int(0) == Int(key.user) && $0.int(1) == Int(key.database) }) ?? rows.first,
      let text = row.string(4)
    else {
      throw .declined(
        .statement("the statement is no longer in the statistics: they were reset, or dropped it", instead: "reload the list"))
    }
    guard text != "<insufficient privilege>" else {
      throw .permission(what: "reading others' statements", grant: "GRANT pg_monitor TO \(facts.role)")
    }
    let name = try connection.rows("select datname from pg_catalog.pg_database where oid = $1", [String(key.database)]).first?.string(0)
    return ExplainSource(text: text, database: name, path: try searchPath(String(key.user), String(key.database), connection))
  }

  /// The most particular setting wins: of the role in the database, of the role, of the database. `$user` is the role of the statement,
  /// and the server's own names come first whatever the role says.
  private static func searchPath(_ role: String?, _ database: String?, _ connection: PostgresConnection) throws(Failure) -> String {
    let sql = """
      select split_part(c, '=', 2) from pg_catalog.pg_db_role_setting s cross join lateral unnest(s.setconfig) c
      where c like 'search_path=%' and s.setrole in (0, $1::oid) and s.setdatabase in (0, $2::oid)
      order by (s.setrole <> 0)::int * 2 + (s.setdatabase <> 0)::int desc limit 1
      """
    let set = try connection.rows(sql, [role ?? "0", database ?? "0"]).first?.string(0) ?? usualPath
    let name = try connection.rows("select quote_ident(rolname) from pg_catalog.pg_roles where oid = $1::oid", [role ?? "0"]).first?.string(
      0)
    let parts = set.split(separator: ",").map { part in String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
    let kept = parts.filter { !["pg_catalog", "\"pg_catalog\""].contains($0.lowercased()) }.map { part in
      part == "\"$user\"" || part == "$user" ? name ?? "public" : part
    }
    return kept.joined(separator: ", ")
  }
}
