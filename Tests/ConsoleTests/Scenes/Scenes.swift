import Console
import OpsModel

/// States in which panels are drawn.
@MainActor
enum Scenes {
  static func fill(_ headless: Headless, _ state: String) {
    headless.feed(.source(Fixtures.orders), .source(Fixtures.mainDB))
    switch state {
    case "never": break
    case "empty":
      var none = Observation(source: "main-db", at: headless.clock.now(), took: 0.001, facets: [.sessions, .servers])
      none.server = ServerState(product: "PostgreSQL 15.20")
      headless.feed(.observed(Fixtures.queues(headless.clock, [])), .observed(none))
    case "hostile": hostile(headless)
    case "huge": huge(headless)
    case "failed": fail(headless)
    case "stale":
      usual(headless)
      headless.pass(9)
      fail(headless)
      headless.pass(7)
    default: usual(headless)
    }
  }

  private static func usual(_ headless: Headless) {
    // Two observations, so that rates are known.
    headless.feed(.observed(Fixtures.usualQueues(headless.clock)), .observed(Fixtures.sessions(headless.clock)))
    headless.clock.advance(2)
    headless.feed(.observed(Fixtures.usualQueues(headless.clock)), .observed(Fixtures.sessions(headless.clock)))
  }

  private static func fail(_ headless: Headless) {
    let now = headless.clock.now()
    let refused = Failure.unreachable(address: "redis at 10.0.0.5:6379", reason: "connection refused")
    headless.feed(.failed("orders", refused, at: now, retryAt: now.advanced(by: 12)))
    headless.feed(
      .failed("main-db", .authentication("password authentication failed for user \"watcher\""), at: now, retryAt: now.advanced(by: 60)))
  }

  private static func hostile(_ headless: Headless) {
    let nasty = "\u{1B}[2J\u{1B}]52;c;AA\u{07}\u{9B}31m\u{202E}gnigats\u{200B}" + String(repeating: "\u{0301}", count: 10_000) + "日本語"
    let queue = Fixtures.queue("orders", nasty, 3, oldest: .exact(3))
    let worker = Fixtures.worker(nasty, .busy, task: SafeText(escaping: nasty), onTask: 1)
    headless.feed(.observed(Fixtures.queues(headless.clock, [queue], workers: [worker])))
    var observation = Fixtures.sessions(headless.clock)
    observation.sessions = [Fixtures.session(1, "active", application: SafeText(escaping: nasty), query: SafeText(escaping: nasty))]
    headless.feed(.observed(observation))
  }

  private static func huge(_ headless: Headless) {
    let queues = (0..<1000).map { Fixtures.queue("orders", "queue-\($0)", $0 * 997, dead: 12_345_678, oldest: .exact(Double($0) * 977)) }
    let workers = (0..<2000).map { Fixtures.worker("worker-\($0)", $0 % 3 == 0 ? .busy : .idle, onTask: Double($0)) }
    headless.feed(.observed(Fixtures.queues(headless.clock, queues, workers: workers)))
    var observation = Fixtures.sessions(headless.clock)
    observation.sessions = (0..<5000).map {
      Fixtures.session(100_000 + $0, $0 % 2 == 0 ? "active" : "idle", application: "web", query: "SELECT 1")
    }
    headless.feed(.observed(observation))
  }

  /// What a connector would answer to a look into a queue.
  static func answerLook(_ headless: Headless) {
    for case .look(let queue) in headless.effects {
      var next = WaitingTask(id: ResourceID(source: queue.source, kind: .task, key: "a1"), name: "3f9c1b2a")
      next.task = "payments.charge"
      next.arguments = "(order_id=1234)"
      next.age = 531
      next.size = 212
      var newest = WaitingTask(id: ResourceID(source: queue.source, kind: .task, key: "b2"), name: "77b0c4d0")
      newest.note = "its record is gone: a worker will drop this id"
      headless.feed(
        .waiting(queue, .success(WaitingTasks(queue: queue, at: headless.clock.now(), total: 41_208, next: [next], newest: [newest]))))
    }
  }
}
