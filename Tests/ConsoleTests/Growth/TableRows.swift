import Gate
import OpsModel
import Panels

@testable import Console

/// A view with as many rows as are wanted in one table: no two alike, and in no order.
@MainActor
struct TableRows {
  let count: Int
  let clock = FakeClock()

  /// A number for each row, in no order: 7,919 is a prime that divides no count that a test takes.
  private func shuffled(_ index: Int) -> Int { index * 7_919 % count }

  /// The view for a table of the catalogue; nil for one that nobody has thought of here yet.
  func view(of panel: String) -> StoreView? {
    switch panel {
    case "pulse": sources
    case "suspects": suspects
    case "queues", "workers": queues
    case "dead": deadGroups
    case "dead-list": deadList
    case "database", "connections": sessions
    case "statements": statements
    case "locks": locks
    case "runtimes", "cost": runtimes
    case "runbooks", "runs", "run": runbooks
    case "alerts", "silences": alerts
    case "audit": audit
    default: nil
    }
  }

  private func observed(_ source: SourceView, _ observation: Observation) -> StoreView {
    var store = Store()
    store.add(source)
    store.observed(observation)
    return store.view
  }

  private var sources: StoreView {
    var view = StoreView()
    view.sources = (0..<count).map { index in
      let name = SafeText(escaping: "orders-\(shuffled(index))")
      var source = SourceView(name: name, kind: "rq", facets: [.queues], interval: 2, canShowWaiting: true)
      let queue = Fixtures.queue(name, "default", index, oldest: .exact(Double(shuffled(index))))
      source.reading = .fresh(Fixtures.queues(clock, [queue], source: name), at: clock.now())
      return source
    }
    return view
  }

  private var suspects: StoreView {
    var view = StoreView()
    view.suspects = (0..<count).map { index in
      let subject = ResourceID(source: "orders", kind: .queue, key: "queue-\(shuffled(index))")
      return Suspect(
        "starvation", subject, .warning, score: shuffled(index), "queue-\(shuffled(index)) has no worker",
        evidence: [.init("nobody takes from it")], since: 1_795_000_000 - Double(shuffled(index)))
    }
    return view
  }

  private var queues: StoreView {
    observed(
      Fixtures.orders,
      Fixtures.queues(
        clock,
        (0..<count).map { Fixtures.queue("orders", "queue-\(shuffled($0))", shuffled($0), oldest: .exact(Double(shuffled($0)))) },
        workers: (0..<count).map {
          Fixtures.worker("worker-\(shuffled($0))", $0 % 3 == 0 ? .busy : .idle, task: "payments.charge", onTask: Double(shuffled($0)))
        }))
  }

  private func letter(_ index: Int) -> DeadLetter {
    let key = Array("job-\(shuffled(index))".utf8)
    let target = Target(scope: Array("default".utf8), key: key, version: Version(score: Double(index)))
    var letter = DeadLetter(source: "orders", target: target, name: SafeText(bytes: key), queue: "default")
    letter.task = SafeText(escaping: "task-\(shuffled(index))")
    letter.errorType = "TimeoutError"
    letter.message = "partner did not answer"
    letter.failedAt = clock.now().unix - Double(shuffled(index))
    return letter
  }

  /// No source has more than some thousand kinds of failure, so there are ten sources.
  private var deadGroups: StoreView {
    var view = StoreView()
    for number in 0..<10 {
      var groups = DeadGroups(now: clock.now().unix)
      for index in 0..<count / 10 { groups.add(letter(number * (count / 10) + index)) }
      var study = DeadStudy(source: SafeText(escaping: "orders-\(number)"), began: clock.now())
      study.groups = groups.groups
      study.ended = clock.now()
      view.dead.take(study)
    }
    return view
  }

  private var deadList: StoreView {
    var view = StoreView()
    let request = DeadListRequest(source: "orders", selection: DeadSelection(), title: "all of them")
    var list = DeadList(request: request, began: clock.now())
    list.letters = (0..<count).map { letter($0) }
    list.ended = clock.now()
    view.dead.list = list
    return view
  }

  private var sessions: StoreView {
    var observation = Fixtures.sessions(clock, blocked: false)
    observation.sessions = (0..<count).map { index in
      // Half of them come from one application and many hosts.
      let name = SafeText(escaping: index % 2 == 0 ? "web-\(shuffled(index))" : "pool")
      var session = Fixtures.session(100_000 + shuffled(index), index % 2 == 0 ? "active" : "idle", application: name, query: "SELECT 1")
      session.queryAge = Double(shuffled(index))
      session.client = SafeText(escaping: "host-\(shuffled(index))")
      return session
    }
    return observed(Fixtures.mainDB, observation)
  }

  private var statements: StoreView {
    var ring = StatementRing()
    for step in 1...2 {
      clock.advance(10)
      ring.add(
        (0..<count).map { index in
          var counters = StatementCounters()
          counters.calls = Double(step * (1 + shuffled(index)))
          counters.total = Double(step * (1 + shuffled(index) * 3))
          return (StatementKey(user: 10, database: 5, query: Int64(shuffled(index)), isTop: true), counters)
        }, StatementStamp(at: clock.now()))
    }
    var observation = Fixtures.sessions(clock, blocked: false)
    observation.facets = [.sessions, .statements]
    observation.statements = ring.log
    return observed(DatabaseScenes.source, observation)
  }

  private var locks: StoreView {
    var observation = Fixtures.sessions(clock, blocked: false)
    observation.facets = [.sessions, .locks]
    var tree = LockTree()
    tree.rows = (0..<count).map { index in
      var row = LockRow(
        id: ResourceID(source: "main-db", kind: .lock, key: "\(shuffled(index))"), kind: index % 10 == 0 ? .root : .waiter)
      row.depth = index % 10 == 0 ? 0 : 1
      row.pid = 100_000 + shuffled(index)
      row.application = SafeText(escaping: "web-\(shuffled(index))")
      return row
    }
    tree.roots = count / 10
    tree.waiters = count - count / 10
    observation.locks = tree
    return observed(DatabaseScenes.source, observation)
  }

  /// Half of them known by process id and the ports they listen at, half by name alone.
  private var runtimes: StoreView {
    var observation = Observation(source: "fleet", at: clock.now(), took: 0.04, facets: [.runtimes])
    observation.runtimes = (0..<count).map { index in
      let number = shuffled(index)
      var process = RuntimeScenes.process(
        "fleet", "api-\(number)", SafeText(escaping: "api-\(number)"), .node, pid: index % 2 == 0 ? 1000 + number : nil)
      process.signals.set(.loopLagP99, Double(number) / 1e6, from: .prometheus)
      process.costs = [Cost(.request, name: "", window: 60, count: Double(number))]
      return process
    }
    return observed(RuntimeScenes.fleet, observation)
  }

  private var runbooks: StoreView {
    var view = StoreView()
    view.runbooks.catalogue = (0..<count).map { index in
      RunbookRow(
        name: SafeText(escaping: "book-\(shuffled(index))"), title: "Restart it", owner: "payments", risk: "low", onlyLooks: false,
        alerts: [], parameters: [], steps: 4, file: "books/one.yaml", problem: nil)
    }
    view.runbooks.runs = (0..<count).map { index in
      let number = shuffled(index)
      return RunRow(
        run: SafeText(escaping: "01M81D\(1_000_000 + number)"), runbook: "dlq-drain", title: "Retry", state: "succeeded", severity: .ok,
        isOver: true, rests: false, by: "oncall", at: 1_794_000_000 + Double(number), endedAt: 1_794_900_000, message: "")
    }
    view.runbooks.readAt = clock.now()
    var page = RunbookScenes.page("01M81D1111111111111111111A", clock, doubts: count)
    page.steps.sort { $0.path < $1.path }
    view.runbooks.page = page
    return view
  }

  /// The same alerts as a Prometheus and its Alertmanager tell them: they are brought together.
  private var alerts: StoreView {
    var store = Store()
    for source in [RuntimeScenes.fleet, RuntimeScenes.pager] {
      store.add(source)
      var observation = Observation(source: source.name, at: clock.now(), took: 0.01, facets: [.alerts])
      observation.alerts = (0..<count).map { index in
        let host = AlertState.Label("instance", SafeText(escaping: "web-\(shuffled(index))"))
        var alert = AlertState(
          id: ResourceID(source: source.name, kind: .alert, key: "\(shuffled(index))"), name: "HostDown", severity: .warning,
          state: .firing, labels: [AlertState.Label("alertname", "HostDown"), host])
        alert.since = clock.now().unix - Double(shuffled(index))
        return alert
      }
      if source.name == "pager" { observation.silences = silences }
      store.observed(observation)
    }
    return store.view
  }

  private var silences: [SilenceState] {
    (0..<count).map { index in
      var silence = SilenceState(
        id: ResourceID(source: "pager", kind: .silence, key: "\(shuffled(index))"), state: .active,
        matchers: SafeText(escaping: "instance=\"web-\(shuffled(index))\""), author: "oncall", comment: "it is being replaced")
      silence.ends = clock.now().unix + Double(shuffled(index))
      return silence
    }
  }

  private var audit: StoreView {
    var view = StoreView()
    let rows = (0..<count).map { index in
      AuditRow(
        sequence: shuffled(index), at: "2026-11-19T10:00:00.042Z", phase: "outcome", action: "retry", target: "production/orders",
        operation: SafeText(escaping: "op-\(shuffled(index))"), who: "oncall", what: "done", fields: [])
    }
    view.audit = AuditView(path: "/state/audit.jsonl", at: clock.now(), rows: rows, count: count)
    return view
  }
}
