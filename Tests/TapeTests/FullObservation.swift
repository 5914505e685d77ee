import OpsModel

/// An observation with something in every part.
enum FullObservation {
  static func make(_ at: Moment) -> Observation {
    var out = Observation(source: "orders", at: at, took: 0.5, facets: Set(Facet.allCases))
    out.queues = [TapeScene.queue("default", 41_208, oldest: .exact(12.5))]
    var worker = WorkerState(
      id: ResourceID(source: "orders", kind: .worker, key: [0, 255, 1]), name: "w-1", activity: .busy, queues: ["default"])
    worker.currentTask = "payments.settle(7)"
    worker.currentID = [1, 2, 3]
    worker.onTask = 0.25
    out.workers = [worker]
    out.sessions = [session(1), session(2)]
    out.locks = locks
    out.runtimes = [runtime]
    out.host = host
    out.health = health(at)
    out.statements = statements(at)
    out.server = ServerState(product: "PostgreSQL 15.20")
    out.server?.role = .primary
    out.notices = [Notice(.warning, "pg_monitor is missing")]
    out.feed = FailureFeed(listeningFor: 9, window: 60, count: 3, lastAt: at.unix, task: "mail.send", errorType: "KeyError", message: "'x'")
    var alert = AlertState(
      id: ResourceID(source: "orders", kind: .alert, key: "a"), name: "Lag", severity: .critical, state: .firing,
      labels: [.init("job", "api")])
    alert.since = at.unix - 9
    out.alerts = [alert]
    return out
  }

  private static func session(_ pid: Int) -> SessionState {
    var session = SessionState(id: ResourceID(source: "orders", kind: .session, key: "\(pid) start"), pid: pid)
    session.application = "admin-shell"
    session.state = "idle in transaction"
    session.queryID = -7_331_889_012_345_678_901
    session.blockedBy = pid == 2 ? [1] : []
    session.transactionAge = 542.125
    return session
  }

  private static var locks: LockTree {
    var tree = LockTree()
    var row = LockRow(id: ResourceID(source: "orders", kind: .lock, key: "1"), kind: .root)
    row.suffering = 12.5
    row.victims = 3
    tree.rows = [row]
    tree.roots = 1
    return tree
  }

  private static var runtime: RuntimeState {
    var state = RuntimeState(id: ResourceID(source: "orders", kind: .runtime, key: "api"), name: "api", language: .node)
    state.signals.set(.loopLagP99, 0.182, from: .metrics, .atLeast)
    state.signals.set(.rss, 512e6, from: .proc)
    state.pools = [.init("http", active: 1, size: 2)]
    state.remarks = ["counters are missing"]
    return state
  }

  private static var host: HostState {
    var host = HostState(name: "bastion")
    var pressure = HostState.Pressure(.memory)
    pressure.some = 0.25
    host.pressure = [pressure]
    host.groups = [HostState.ControlGroup(path: "/system.slice")]
    return host
  }

  private static func health(_ at: Moment) -> DatabaseHealth {
    var health = DatabaseHealth(at: at)
    var slot = DatabaseHealth.Slot()
    slot.name = "standby_1"
    slot.retained = 1e9
    health.slots = [slot]
    health.temporary = [.init(pid: 7, bytes: 1024)]
    return health
  }

  private static func statements(_ at: Moment) -> StatementLog {
    var ring = StatementRing()
    let key = StatementKey(user: 10, database: 5, query: -42, isTop: true)
    for (index, seconds) in [120.0, 60, 0].enumerated() {
      var counters = StatementCounters()
      counters.calls = Double(index + 1) * 10
      counters.total = Double(index + 1) * 250
      ring.add([(key, counters)], StatementStamp(at: Moment(steady: at.steady - seconds, unix: at.unix - seconds)))
    }
    ring.texts = [key: "SELECT 1"]
    ring.users = [10: "app"]
    return ring.log
  }
}
