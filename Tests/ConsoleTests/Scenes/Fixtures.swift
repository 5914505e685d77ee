import Console
import OpsModel

/// Observations as the connectors make them.
enum Fixtures {
  static let orders = SourceView(name: "orders", kind: "rq", facets: [.queues, .workers], interval: 2, canShowWaiting: true)
  static let mail = SourceView(name: "mail", kind: "celery", facets: [.queues, .workers], interval: 2, canShowWaiting: true)
  static let mainDB = SourceView(name: "main-db", kind: "postgres", facets: [.sessions], interval: 2, canShowWaiting: false)

  static func queue(_ source: SafeText, _ name: String, _ ready: Int?, dead: Int? = 0, oldest: OldestAge = .none, workers: Int? = 2)
    -> QueueState
  {
    QueueState(
      id: ResourceID(source: source, kind: .queue, key: name), name: SafeText(escaping: name), ready: ready, running: 1, scheduled: 0,
      deferred: 0, dead: dead, oldest: oldest, workers: workers, paused: false)
  }

  static func queues(_ clock: FakeClock, _ queues: [QueueState], workers: [WorkerState] = [], source: SafeText = "orders") -> Observation {
    var observation = Observation(source: source, at: clock.now(), took: 0.004, facets: [.queues, .workers, .servers])
    observation.queues = queues
    observation.workers = workers
    return observation
  }

  static func usualQueues(_ clock: FakeClock) -> Observation {
    let busy = worker("orders-1", .busy, task: "payments.charge(order_id=1234)", onTask: 72)
    return queues(
      clock,
      [
        queue("orders", "default", 41_208, dead: 1102, oldest: .exact(531)), queue("orders", "high", 0),
        queue("orders", "low", 30, oldest: .atLeast(12)), queue("orders", "reports", nil, dead: nil, oldest: .unknown, workers: 0),
      ], workers: [busy, worker("orders-2", .idle), worker("orders-3", .lost)])
  }

  static func worker(_ name: String, _ activity: WorkerState.Activity, task: SafeText? = nil, onTask: Double? = nil) -> WorkerState {
    var worker = WorkerState(
      id: ResourceID(source: "orders", kind: .worker, key: name), name: SafeText(escaping: name), activity: activity, queues: ["default"])
    worker.currentTask = task
    worker.onTask = onTask
    worker.heartbeatAge = 3
    worker.processed = 100
    worker.failed = 2
    worker.pid = 4711
    worker.host = "w1"
    return worker
  }

  static func sessions(_ clock: FakeClock, blocked: Bool = true) -> Observation {
    var observation = Observation(source: "main-db", at: clock.now(), took: 0.003, facets: [.sessions, .servers])
    var root = session(4312, "idle in transaction", application: "admin-shell", query: "UPDATE orders SET status = 'on-hold'")
    root.transactionAge = 542
    var victim = session(4400, "active", application: "checkout", query: "SELECT total FROM orders WHERE id = 7 FOR UPDATE")
    victim.queryAge = 61
    if blocked {
      root.blocks = 1
      victim.blockedBy = [4312]
      victim.waitType = "Lock"
      victim.waitEvent = "transactionid"
    }
    observation.sessions = [victim, session(4500, "idle", application: "web-1", query: "COMMIT"), root]
    var server = ServerState(product: "PostgreSQL 15.20")
    server.role = .primary
    server.uptime = 90_000
    server.connections = 38
    server.connectionLimit = 97
    observation.server = server
    return observation
  }

  static func session(_ pid: Int, _ state: SafeText, application: SafeText, query: SafeText) -> SessionState {
    var session = SessionState(id: ResourceID(source: "main-db", kind: .session, key: "\(pid) start"), pid: pid)
    session.state = state
    session.application = application
    session.query = query
    session.user = "app"
    session.database = "shop"
    session.backendType = "client backend"
    session.stateAge = 5
    session.queryAge = 5
    return session
  }
}
