import OpsModel

/// Asks the server for a plan, on a connection of its own that is closed afterwards. Nothing of it stays: every transaction is read-only
/// and rolled back.
struct ExplainRunner {
  /// Milliseconds that planning may take, and that a lock is waited for.
  static let planningLimit = 2000
  static let lockLimit = 200
  static let parseName = "opsc_plan"

  let connection: PostgresConnection
  let facts: PostgresFacts
  let path: String?

  struct Result {
    let json: [UInt8]
    var notices: [Notice] = []
  }

  /// A plan without running the statement.
  func plan(_ guarded: ExplainGuard) throws(Failure) -> Result {
    guard guarded.parameters > 0 else {
      // The extended protocol refuses a second statement by itself.
      return Result(json: try transaction { () throws(Failure) in try json(connection.rows("explain (\(options)) \(guarded.text)")) })
    }
    let text = NormalisedText.mended(guarded.text)
    return facts.version >= 160_000 ? try generic(text) : try forced(text)
  }

  /// Runs a statement that only reads, and rolls back.
  /// - Parameter limit: milliseconds that it may take.
  func analyze(_ guarded: ExplainGuard, limit: Int) throws(Failure) -> Result {
    try check(guarded)
    connection.deadline = Double(limit) / 1000 + 2
    defer { connection.deadline = PostgresConnection.queryDeadline }
    let wanted =
      facts.version >= 130_000
      ? "analyze, buffers, verbose, settings, wal, format json" : "analyze, buffers, verbose, settings, format json"
    return Result(
      json: try transaction(limit: limit) { () throws(Failure) in
        try json(connection.rows("explain (\(wanted)) \(guarded.text)"))
      })
  }

  private var options: String { "verbose, settings, format json" }

  /// 16 and later plan with holes by themselves, over the simple protocol only. That would run a second statement as well, so the
  /// same text is parsed alone first: this refuses several.
  private func generic(_ text: String) throws(Failure) -> Result {
    let sql = "explain (generic_plan, \(options)) \(text)"
    let bytes = try transaction { () throws(Failure) in
      try connection.prepare("", sql)
      return try json(connection.simple(sql))
    }
    return Result(json: bytes, notices: [Notice(.ok, "a generic plan: made without knowing the values, as for a prepared statement")])
  }

  /// 12 to 15: a prepared statement whose plan may not depend on its values. NULLs prune partitions at start; then it is planned again
  /// without pruning.
  private func forced(_ text: String) throws(Failure) -> Result {
    let notice = Notice(.ok, "a generic plan: made without knowing the values, as for a prepared statement")
    let first = try execute(text, pruning: true)
    guard let plan = try? ExplainReader.read(first), Self.isPrunedAway(plan) else { return Result(json: first, notices: [notice]) }
    let second = try execute(text, pruning: false)
    return Result(
      json: second,
      notices: [notice, Notice(.warning, "partition pruning is off in it: without values all partitions would be pruned away")])
  }

  private static func isPrunedAway(_ plan: ExplainPlan) -> Bool {
    plan.nodes.contains { ($0[.subplansRemoved] ?? 0) > 0 && $0.children.isEmpty }
  }

  private func execute(_ text: String, pruning: Bool) throws(Failure) -> [UInt8] {
    let result = try transaction { () throws(Failure) in
      if !pruning { _ = try connection.rows("set local enable_partition_pruning = off") }
      _ = try connection.rows("set local plan_cache_mode = force_generic_plan")
      try connection.prepare(Self.parseName, text)
      let count = try connection.parameterCount(Self.parseName)
      let nulls = [String](repeating: "null", count: count).joined(separator: ", ")
      return try json(connection.rows("explain (\(options)) execute \(Self.parseName)\(count > 0 ? "(\(nulls))" : "")"))
    }
    // A prepared statement outlives the rollback.
    _ = try? connection.rows("deallocate \(Self.parseName)")
    return result
  }

  private func json(_ rows: [PostgresRow]) throws(Failure) -> [UInt8] {
    guard let text = rows.first?[0] else { throw .garbage("no plan in the answer") }
    return text
  }

  /// Read-only, with limits, and rolled back whatever happens.
  private func transaction<Value>(
    limit: Int = planningLimit, _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    _ = try connection.rows("begin transaction read only")
    do throws(Failure) {
      _ = try connection.rows("set local statement_timeout = \(limit)")
      _ = try connection.rows("set local lock_timeout = \(Self.lockLimit)")
      if let path { _ = try connection.rows("select set_config('search_path', $1, true)", [path]) }
      let value = try body()
      _ = try connection.rows("rollback")
      return value
    } catch {
      if connection.isOpen { _ = try? connection.rows("rollback") }
      throw ExplainWords.explained(error, facts)
    }
  }

  // MARK: Proof that it only reads

  /// Functions that are volatile and do no harm.
  private static let harmless: Set<String> = [
    "random", "clock_timestamp", "timeofday", "gen_random_uuid", "pg_sleep", "pg_backend_pid", "statement_timestamp",
    "txid_current_if_assigned",
    "setseed", "random_normal", "uuidv4", "uuidv7", "currtid2", "pg_relation_size", "pg_table_size", "pg_total_relation_size",
    "pg_database_size",
    "pg_indexes_size", "pg_stat_statements", "pg_stat_get_activity", "pg_lock_status", "pg_prepared_xact",
  ]

  /// A function may do anything, and a read-only transaction does not stop all of it: what the text calls, and what its plan shows of
  /// views and inlined functions, must not be volatile.
  func check(_ guarded: ExplainGuard) throws(Failure) {
    try guarded.checkReading()
    var names = ExplainGuard.calls(in: guarded.text)
    let planned = try plan(guarded)
    names.formUnion(ExplainGuard.calls(in: String(decoding: planned.json.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)))
    let list = "{" + names.subtracting(Self.harmless).filter(Self.isPlain).sorted().joined(separator: ",") + "}"
    let odd = names.filter { !Self.isPlain($0) }
    if let odd = odd.first {
      throw ExplainGuard.refusal("it calls \(SafeText(escaping: odd, limit: 60)), which can not be checked: it is not run")
    }
    let volatile = try connection.rows(
      "select distinct proname from pg_catalog.pg_proc where provolatile = 'v' and proname = any($1::text[]) order by 1 limit 5", [list])
    guard !volatile.isEmpty else { return }
    let shown = SafeText.join(volatile.map { $0.text(0, 60) ?? "?" }, ", ")
    throw ExplainGuard.refusal("it calls \(shown), which may change something: it is not run; EXPLAIN without ANALYZE shows its plan")
  }

  private static func isPlain(_ name: String) -> Bool {
    name.utf8.allSatisfy {
      ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z")) || ($0 >= 48 && $0 <= 57) || $0 == UInt8(ascii: "_")
    }
  }
}
