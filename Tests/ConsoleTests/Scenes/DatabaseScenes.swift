import Canvas
import Console
import Foundation
import Gate
import OpsModel

/// A database with statements, locks, health and plans in it, as the connector makes them.
@MainActor
enum DatabaseScenes {
  static let source = SourceView(
    name: "main-db", kind: "postgres", facets: [.sessions, .statements, .locks], interval: 2, canShowWaiting: false,
    verbs: [.cancel, .terminate, .analyze], restsWhileHeld: true)

  static func console(
    _ columns: Int, _ rows: Int, look: Look = .colours256, hostile: Bool = false, readOnly: SafeText? = nil
  ) throws -> Headless {
    let headless = try Headless(columns, rows, look: look, readOnly: readOnly)
    headless.feed(.source(source))
    for step in 0..<2 {
      headless.clock.advance(10)
      headless.feed(.observed(observation(headless.clock, step: step, hostile: hostile)))
    }
    return headless
  }

  /// The server stops answering: what is known grows old.
  static func fail(_ headless: Headless) {
    let now = headless.clock.now()
    let refused = Failure.unreachable(address: "postgres at 10.0.0.7:5432", reason: "connection refused")
    headless.feed(.failed("main-db", refused, at: now, retryAt: now.advanced(by: 12)))
    headless.pass(9)
  }

  private static var ring = StatementRing()

  static func observation(_ clock: FakeClock, step: Int, hostile: Bool = false) -> Observation {
    var out = Fixtures.sessions(clock)
    out.facets = [.sessions, .statements, .locks, .servers]
    for index in out.sessions.indices {
      out.sessions[index].startedAt = "2026-11-21 19:00:00.\(index)+00"
      out.sessions[index].queryStartedAt = "2026-11-21 19:53:00.\(index)+00"
      out.sessions[index].queryID = 77
      out.sessions[index].horizonAge = 2_000
    }
    out.server?.cores = 4
    out.locks = locks(out.sessions, hostile: hostile)
    out.statements = statements(clock, step: step, hostile: hostile)
    out.health = health(clock, hostile: hostile)
    return out
  }

  static let nasty = "\u{1B}[2J\u{1B}]52;c;AA\u{07}\u{9B}31m\u{202E}gnigats\u{200B}"

  private static func text(_ plain: String, _ hostile: Bool) -> SafeText { SafeText(escaping: hostile ? nasty : plain) }

  private static func locks(_ sessions: [SessionState], hostile: Bool) -> LockTree {
    var tree = LockTree()
    var root = row("session 4312", .root, 0)
    root.pid = 4312
    root.session = sessions.first { $0.pid == 4312 }?.id
    root.application = text("admin-shell", hostile)
    root.state = "idle in transaction"
    root.holds = text("row (0,1) of orders, changed and not committed", hostile)
    root.transactionAge = 542
    root.victims = 99
    root.suffering = 4_011
    root.remedy = "terminate: it is idle, so cancel does nothing; its open transaction is rolled back"
    var waiter = row("session 4400", .waiter, 1)
    waiter.pid = 4400
    waiter.session = sessions.first { $0.pid == 4400 }?.id
    waiter.application = text("checkout", hostile)
    waiter.state = "active"
    waiter.waitsFor = text("row (0,1) of orders (transaction 738)", hostile)
    waiter.mode = "ShareLock"
    waiter.waited = 61
    waiter.victims = 98
    waiter.suffering = 3_950
    waiter.query = text("UPDATE orders SET total_cents = total_cents + 1", hostile)
    tree.rows = [root, waiter] + others(hostile: hostile)
    tree.roots = 2
    tree.waiters = 100
    return tree
  }

  private static func row(_ key: String, _ kind: LockRow.Kind, _ depth: Int) -> LockRow {
    var row = LockRow(id: ResourceID(source: "main-db", kind: .lock, key: key), kind: kind)
    row.depth = depth
    return row
  }

  private static func others(hostile: Bool) -> [LockRow] {
    var queue = row("queue", .queue, 2)
    queue.count = 98
    queue.waitsFor = text("row (0,1) of orders", hostile)
    queue.waited = 60
    var prepared = row("prepared", .prepared, 0)
    prepared.application = text("payments-7f3a", hostile)
    prepared.state = "prepared"
    prepared.holds = "ExclusiveLock on transaction 741"
    prepared.victims = 1
    prepared.suffering = 12
    prepared.remedy = "no session holds it: ask its transaction manager"
    return [queue, prepared]
  }

  private static func statements(_ clock: FakeClock, step: Int, hostile: Bool) -> StatementLog {
    if step == 0 { ring = StatementRing() }
    func key(_ query: Int64, top: Bool = true) -> StatementKey { StatementKey(user: 10, database: 5, query: query, isTop: top) }
    func counters(_ calls: Double, _ total: Double, rows: Double, read: Double, temp: Double) -> StatementCounters {
      var out = StatementCounters()
      out.calls = calls
      out.total = total
      out.rows = rows
      out.hit = 90 * Double(step + 1)
      out.read = read
      out.temp = temp
      out.longest = total / 3
      out.setSquares(mean: total / max(1, calls), deviation: 0.5)
      return out
    }
    let times = Double(step + 1)
    var stamp = StatementStamp(at: clock.now())
    stamp.activeTime = 9_000 * times
    stamp.evictions = 0
    stamp.resetAt = 1
    ring.add(
      [
        (key(77), counters(1_180 * times, 3_540 * times, rows: 1_180 * times, read: 0, temp: 0)),
        (key(78), counters(3 * times, 2_400 * times, rows: 41_208 * times, read: 9_000 * times, temp: 4_000 * times)),
        (key(79, top: false), counters(40 * times, 12 * times, rows: 0, read: 0, temp: 0)),
        (key(80), counters(5, 5, rows: 5, read: 0, temp: 0)),
      ], stamp)
    ring.texts[key(77)] = text("UPDATE orders SET status = $1 WHERE id = $2", hostile)
    ring.texts[key(78)] = text(
      "SELECT o.status, sum(l.quantity) FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.status", hostile)
    ring.users[10] = text("app", hostile)
    ring.databases[5] = text("shop", hostile)
    return ring.log
  }

  private static func health(_ clock: FakeClock, hostile: Bool) -> DatabaseHealth {
    var out = DatabaseHealth(at: clock.now())
    var replica = DatabaseHealth.Replica()
    replica.name = text("standby-2", hostile)
    replica.state = "streaming"
    replica.sync = "async"
    replica.unreplayed = 734_003_200
    replica.replayLag = 95
    out.replicas = [replica]
    var slot = DatabaseHealth.Slot()
    slot.name = text("left_behind", hostile)
    slot.retained = 12_884_901_888
    slot.status = "extended"
    out.slots = [slot]
    out.progress = [
      DatabaseHealth.Progress(
        pid: 990, work: "vacuum", database: "shop", object: text("orders", hostile), phase: "scanning heap", done: 3_000, total: 10_000,
        wait: nil, age: 300, note: nil)
    ]
    out.horizon = [DatabaseHealth.Horizon(kind: "session", id: "4312", age: 2_000, note: "idle in transaction", seconds: 542)]
    out.wraparound = [DatabaseHealth.Wraparound(database: "shop", transactions: 193_000_000, multixacts: 12)]
    out.pressure.span = 10
    out.pressure.commits = 118
    out.pressure.rollbacks = 0.2
    out.pressure.hitShare = 0.993
    out.pressure.walBytes = 412_000
    out.gaps = ["temporary files: not permitted: pg_ls_tmpdir"]
    return out
  }

  static let findings: TableFindings = {
    var out = TableFindings(source: "main-db", at: FakeClock().now())
    out.list = [
      TableFinding(
        source: "main-db", kind: .invalid, table: "public.orders", object: "orders_new_idx", size: 8_192_000, evidence: "a build failed"),
      TableFinding(
        source: "main-db", kind: .unused, table: "public.orders", object: "orders_old_idx", size: 81_920_000, evidence: "never used here"),
    ]
    return out
  }()

  /// What the outside would answer to what the console asked for.
  static func answer(_ headless: Headless) {
    for effect in headless.takeEffects() {
      switch effect {
      case .explain(let request): headless.feed(.plan(request, plan(request, at: headless.clock.now())))
      case .examine(let source): headless.feed(.findings(source, .success(findings)))
      default: break
      }
    }
  }

  private static func plan(_ request: PlanRequest, at now: Moment) -> Result<PlanDocument, Failure> {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let file = tests.appendingPathComponent("OpsModelTests/Plans/08-jit-spill-batches.json")
    guard let data = try? Data(contentsOf: file), let plan = try? ExplainReader.read(Array(data)) else {
      return .failure(.garbage("the plan of the test is not there"))
    }
    var document = PlanDocument(
      request: request, at: now, analysis: ExplainAnalysis(plan),
      statement: "SELECT * FROM movements m JOIN items i ON i.id = m.item_id ORDER BY 1")
    document.text = "SELECT 1"
    return .success(document)
  }
}
