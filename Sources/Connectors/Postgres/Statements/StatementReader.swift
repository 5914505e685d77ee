import OpsModel

/// Takes looks at the counters of `pg_stat_statements` and fetches the few texts that are worth showing.
struct StatementReader {
  /// Statements whose text is wanted: the top of each window.
  static let shown = 40
  /// Seconds between two readings of texts, each of which reads the whole file of texts on the server; the first few may come sooner.
  static let textInterval = 30.0

  /// The same after it took too long.
  static let lateInterval = 600.0

  let facts: PostgresFacts
  private(set) var ring = StatementRing()
  private var textsReadAt: Moment?
  private var textReads = 0
  private var textPause = StatementReader.textInterval
  /// Why texts could not be read the last time.
  private(set) var textFailure: Failure?
  private var namesReadAt: Moment?

  init(facts: PostgresFacts) {
    self.facts = facts
    ring.limit = facts.statementLimit
  }

  /// - Parameter active: milliseconds that all sessions were active, from the same poll.
  mutating func read(_ connection: PostgresConnection, _ counters: ActivityCounters, at now: Moment) throws(Failure) {
    guard let sql = StatementsSQL.counters(facts) else { return }
    var stamp = StatementStamp(at: now)
    stamp.startedAt = counters.startedAt
    // A role that sees only its own statements must not call all others' time unaccounted for.
    stamp.activeTime = facts.seesAll ? counters.active : nil
    if let info = StatementsSQL.info(facts), let row = try connection.polled(info).first {
      stamp.evictions = row.number(0)
      stamp.resetAt = row.number(1)
    }
    var all: [(key: StatementKey, value: StatementCounters)] = []
    all.reserveCapacity(facts.statementLimit ?? 5000)
    try connection.binary(sql) { row in
      guard let user = row.oid(0), let database = row.oid(1), let query = row.int64(2) else { return }
      all.append((StatementKey(user: user, database: database, query: query, isTop: row.bool(3) ?? true), Self.counters(row)))
    }
    ring.add(all, stamp)
    log = ring.log
    try readNames(connection, now)
    try readTexts(connection, now)
    log = ring.log
  }

  private static func counters(_ row: PostgresBinaryRow) -> StatementCounters {
    var out = StatementCounters()
    out.calls = row.double(4) ?? 0
    out.total = row.double(5) ?? 0
    out.planning = row.double(6) ?? 0
    out.rows = row.double(7) ?? 0
    out.hit = row.double(8) ?? 0
    out.read = row.double(9) ?? 0
    out.temp = row.double(10) ?? 0
    out.wal = row.double(11) ?? 0
    out.longest = row.double(12) ?? 0
    out.setSquares(mean: row.double(13) ?? 0, deviation: row.double(14) ?? 0)
    out.since = row.double(15) ?? 0
    return out
  }

  private mutating func readNames(_ connection: PostgresConnection, _ now: Moment) throws(Failure) {
    if let namesReadAt, now.age(since: namesReadAt) < 300 { return }
    namesReadAt = now
    for row in try connection.rows(StatementsSQL.names) {
      guard let oid = row.int(1).flatMap({ UInt32(exactly: $0) }), let name = row.text(2, 64) else { continue }
      if row.string(0) == "r" { ring.users[oid] = name } else { ring.databases[oid] = name }
    }
  }

  private mutating func readTexts(_ connection: PostgresConnection, _ now: Moment) throws(Failure) {
    if let textsReadAt, textReads > 4, now.age(since: textsReadAt) < textPause { return }
    let log = ring.log
    var wanted: Set<Int64> = []
    for seconds in StatementLog.windows where seconds == 60 || log.span > seconds / 5 {
      for row in log.window(seconds).rows.prefix(Self.shown) where ring.texts[row.key] == nil { wanted.insert(row.key.query) }
    }
    guard !wanted.isEmpty, let sql = StatementsSQL.texts(facts, wanted.sorted()) else { return }
    textsReadAt = now
    textReads += 1
    let rows: [PostgresRow]
    do throws(Failure) { rows = try connection.rows(sql) } catch {
      // A file of texts of many megabytes: the numbers are worth more than the words.
      (textReads, textPause) = (5, Self.lateInterval)
      guard connection.isOpen else { throw error }
      textFailure = error
      return
    }
    textFailure = nil
    for row in rows {
      guard let user = row.int(0).flatMap({ UInt32(exactly: $0) }), let database = row.int(1).flatMap({ UInt32(exactly: $0) }),
        let query = row.string(2).flatMap({ Int64($0) })
      else { continue }
      let key = StatementKey(user: user, database: database, query: query, isTop: row.isTrue(3))
      ring.texts[key] = row[4].map { SafeText(bytes: OneLine.of($0), limit: 4000) } ?? ""
    }
    // What was thrown out meanwhile has no text any more; it is not asked for again and again.
    for query in wanted {
      for row in log.window(60).rows where row.key.query == query && ring.texts[row.key] == nil { ring.texts[row.key] = "" }
    }
  }

  /// The same object until the next look: what was reckoned of it is kept with it.
  private(set) var log: StatementLog?
}
