import Canvas
import OpsModel
import Panels
import Testing

@testable import Console

/// An incident as the console sees it: a session blocks workers, a task fails, alerts fire, habits are bad.
@MainActor
enum IncidentScenes {
  static let nasty = "\u{1B}[2J\u{202E}gnigats\u{200B}"

  static func console(_ columns: Int, _ rows: Int, look: Look = .colours256, hostile: Bool = false) throws -> Headless {
    let headless = try Headless(columns, rows, look: look)
    headless.feed(.source(Fixtures.orders), .source(Fixtures.mainDB), .source(Fixtures.mail))
    fill(hostile) {
      headless.feed($0)
    } pass: {
      headless.pass($0)
    }
    return headless
  }

  static func wallboard(_ page: String, look: Look = .colours256, hostile: Bool = false) -> (app: WallboardApp, clock: FakeClock) {
    let clock = FakeClock()
    var settings = WallSettings()
    settings.pages = [page]
    let identity = Identity(environment: .production, user: "wall", host: "board-1", label: "eu-1", readOnly: "a wallboard looks only")
    let app = WallboardApp(pages: WallCatalogue.all, settings: settings, identity: identity, theme: .standard, clock: clock)
    for source in [Fixtures.orders, Fixtures.mainDB, Fixtures.mail] { _ = app.handle(.source(source)) }
    fill(hostile, clock) {
      _ = app.handle($0)
    } pass: { seconds in
      clock.advance(seconds)
      _ = app.tick()
    }
    return (app, clock)
  }

  private static func fill(_ hostile: Bool, _ clock: FakeClock = FakeClock(), feed: (ConsoleEvent) -> Void, pass: (Double) -> Void) {
    let application = SafeText(escaping: hostile ? nasty : "orders-worker")
    let start = FakeClock()
    for step in 0..<30 {
      pass(2)
      start.advance(2)
      let waited = Double(max(0, step - 10) * 2)
      feed(.observed(queues(start, ready: step < 10 ? 3 : 3 + 8 * (step - 10), onTask: waited, done: min(step, 10) * 8)))
      feed(.observed(sessions(start, waited: waited, application)))
      if step == 20 {
        feed(.failures("orders", letters(start, hostile)))
        feed(.failed("mail", .unreachable(address: "redis at 10.0.0.5:6380", reason: "connection refused"), at: start.now(), retryAt: nil))
      }
    }
    pass(0)
  }

  private static func queues(_ clock: FakeClock, ready: Int, onTask: Double, done: Int) -> Observation {
    let workers = (1...4).map { index in
      var worker = Fixtures.worker("orders-\(index)", onTask > 0 ? .busy : .idle, task: "payments.settle(\(index))", onTask: onTask)
      worker.processed = done
      return worker
    }
    return Fixtures.queues(
      clock, [Fixtures.queue("orders", "default", ready, dead: 12, oldest: .exact(onTask), workers: 4)], workers: workers)
  }

  private static func sessions(_ clock: FakeClock, waited: Double, _ application: SafeText) -> Observation {
    var observation = Fixtures.sessions(clock, blocked: false)
    guard waited > 0 else { return observation }
    var root = Fixtures.session(4312, "idle in transaction", application: "admin-shell", query: "UPDATE orders SET status = 'on-hold'")
    root.transactionAge = waited + 2
    root.blocks = 4
    observation.sessions = [root]
    for pid in 1...4 {
      var victim = Fixtures.session(5000 + pid, "active", application: application, query: "UPDATE orders SET status = 'paid'")
      victim.blockedBy = [4312]
      victim.queryAge = waited
      observation.sessions.append(victim)
    }
    return observation
  }

  private static func letters(_ clock: FakeClock, _ hostile: Bool) -> [DeadLetter] {
    (0..<8).map { index in
      let target = Target(scope: [], key: Array("\(index)".utf8), version: Version(0))
      var letter = DeadLetter(source: "orders", target: target, name: "x", queue: "default")
      letter.task = SafeText(escaping: hostile ? nasty : "payments.refund")
      letter.errorType = "ConnectionError"
      letter.message = SafeText(escaping: hostile ? nasty : "ledger refused connection \(index)")
      letter.failedAt = clock.now().unix - Double(index)
      return letter
    }
  }

  static let habits = HygieneReport(
    at: Moment(steady: 1000, unix: 1_795_000_000),
    findings: [
      HygieneFinding(
        "no-time-limit", source: "orders", subject: "payments.settle in default", seen: "no time limit",
        why: "one call that never returns holds a worker for ever"),
      HygieneFinding(
        "evicting-broker", source: "orders", subject: "redis", severity: .critical, seen: "maxmemory-policy is allkeys-lru; limit 1.0 GB",
        why: "when memory is full it throws tasks away without a word: a broker needs noeviction"),
    ], looked: "37 waiting tasks of 4 queues, 12 that are done")
}
