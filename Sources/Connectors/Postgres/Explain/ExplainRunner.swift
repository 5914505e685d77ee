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
  let path: String

  struct Result {
    let json: [UInt8]
    var notices: [Notice] = []
  }

  /// A plan without running the statement. Planning runs functions that are declared immutable or stable, so those of ordinary roles are
  /// looked for first: whoever wrote the statement must not act with our rights.
  func plan(_ guarded: ExplainGuard) throws(Failure) -> Result {
    try ExplainProof(connection: connection).checkPlanning([guarded.text])
    return try planned(guarded)
  }

  private func planned(_ guarded: ExplainGuard) throws(Failure) -> Result {
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

  /// Whether a statement provably only reads: by its words, by what it calls, and by what its plan shows of views and inlined functions.
  func check(_ guarded: ExplainGuard) throws(Failure) {
    try guarded.checkReading()
    let proof = ExplainProof(connection: connection)
    try proof.checkRunning([guarded.text])
    let result = try plan(guarded)
    guard let texts = JSONStrings.values(result.json), let plan = try? ExplainReader.read(result.json) else {
      throw .garbage("a plan that is no JSON")
    }
    if let node = plan.nodes.first(where: { $0.type == "Foreign Scan" || $0.type == "Custom Scan" }) {
      throw .declined(.measuring("its plan contains a \(node.type), which runs what OpsConsole cannot see"))
    }
    try proof.checkRunning(texts)
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
      _ = try connection.rows("select pg_catalog.set_config('search_path', $1, true)", [path])
      let value = try body()
      _ = try connection.rows("rollback")
      return value
    } catch {
      if connection.isOpen { _ = try? connection.rows("rollback") }
      throw ExplainWords.explained(error, facts)
    }
  }
}
