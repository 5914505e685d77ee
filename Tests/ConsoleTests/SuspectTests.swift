import OpsModel
import Testing

@testable import Console

@Suite("Suspects: what is named as the cause, and what is not")
struct SuspectTests {
  let clock = FakeClock()

  private func store(_ sources: SourceView...) -> Store {
    var store = Store()
    for source in sources { store.add(source) }
    return store
  }

  private static let api = SourceView(name: "api", kind: "metrics", facets: [.runtimes], interval: 2, canShowWaiting: false)

  private func scrape(lag: Double, errors: Double = 0) -> Observation {
    var observation = Observation(source: "api", at: clock.now(), took: 0.01, facets: [.runtimes])
    var state = RuntimeState(id: ResourceID(source: "api", kind: .runtime, key: "api"), name: "api", language: .node)
    state.signals.set(.loopLagP99, lag, from: .metrics)
    state.signals.set(.requestP99, lag * 1.5, from: .metrics)
    observation.runtimes = [state]
    return observation
  }

  /// Queues and workers of `orders`: so much ready, so much done in all.
  private func orders(
    ready: Int, done: Int, failed: Int = 0, dead: Int = 0, workers: Int = 4, busy: Int = 1, task: SafeText = "payments.settle(1)",
    onTask: Double = 0.2,
    registered: Int? = nil
  ) -> Observation {
    let team = (0..<workers).map { index in
      var worker = Fixtures.worker("orders-\(index + 1)", index < busy ? .busy : .idle)
      worker.processed = index == 0 ? done : 0
      worker.failed = index == 0 ? failed : 0
      if index < busy {
        worker.currentTask = task
        worker.onTask = onTask
      }
      return worker
    }
    return Fixtures.queues(
      clock, [Fixtures.queue("orders", "default", ready, dead: dead, oldest: .exact(1), workers: registered ?? workers)], workers: team)
  }

  /// A minute and a half of calm: four tasks a second, done as they come.
  private func calm(_ store: inout Store) -> Int {
    var done = 1000
    for _ in 0..<45 {
      done += 8
      pass(&store, orders(ready: 1, done: done))
    }
    return done
  }

  private func pass(_ store: inout Store, _ observations: Observation...) {
    clock.advance(2)
    for observation in observations { store.observed(at: clock.now(), observation) }
    store.tick(clock.now())
  }

  private func rules(_ store: Store) -> [SafeText] { store.view.suspects.map(\.rule) }

  @Test("nothing is suspected of a calm system")
  func calm() {
    var store = store(Fixtures.orders)
    _ = calm(&store)
    #expect(store.view.suspects.isEmpty)
  }

  @Test("a server that does not answer is named once, with all sources that are at it")
  func silent() {
    var store = store(Fixtures.orders, Fixtures.mail)
    _ = calm(&store)
    let refused = Failure.unreachable(address: "redis at 127.0.0.1:6379", reason: "connection refused")
    for name in ["orders", "mail"] as [SafeText] { store.failed(name, refused, at: clock.now(), retryAt: nil) }
    clock.advance(2)
    store.tick(clock.now())
    #expect(rules(store) == ["silent-server"])
    #expect(store.view.suspects.first?.evidence.first?.text == "orders, mail: no new numbers for 2s")
  }

  @Test("a session that blocks the workers of a queue stands above their slowness")
  func blocked() {
    var store = store(Fixtures.orders, Fixtures.mainDB)
    let done = calm(&store)
    for second in stride(from: 2, through: 14, by: 2) {
      pass(
        &store, orders(ready: 1 + 4 * second, done: done, busy: 4, onTask: Double(second)), locked(waited: Double(second)))
    }
    #expect(rules(store).first == "root-blocker")
    let found = store.view.suspects.first
    #expect(found?.title == "session 4312 (admin-shell) idle in transaction 14s blocks 4 sessions")
    #expect(
      found?.evidence.contains {
        $0.text == "4 of them are workers of orders (application orders-worker), at payments.settle for up to 14s"
      } == true)
    #expect(rules(store).contains("starvation") == false, "the same tasks that take longer are no starvation")
  }

  private func locked(waited: Double) -> Observation {
    var observation = Observation(source: "main-db", at: clock.now(), took: 0.003, facets: [.sessions])
    var root = Fixtures.session(4312, "idle in transaction", application: "admin-shell", query: "UPDATE orders")
    root.transactionAge = waited
    root.blocks = 4
    observation.sessions = [root]
    for pid in 1...4 {
      var victim = Fixtures.session(5000 + pid, "active", application: "orders-worker", query: "UPDATE orders")
      victim.blockedBy = [4312]
      victim.queryAge = waited
      observation.sessions.append(victim)
    }
    return observation
  }

  @Test("more comes in and workers are as fast as before: the producers")
  func producers() {
    var store = store(Fixtures.orders)
    var done = calm(&store)
    var ready = 1
    for _ in 0..<6 {
      done += 8
      ready += 22
      pass(&store, orders(ready: ready, done: done, busy: 4))
    }
    #expect(rules(store) == ["producers"])
  }

  @Test("as much comes in and workers do less: the workers, and no producers")
  func slowness() {
    var store = store(Fixtures.orders)
    var done = calm(&store)
    var ready = 1
    for _ in 0..<8 {
      done += 1
      ready += 7
      pass(&store, orders(ready: ready, done: done, busy: 4, onTask: 3))
    }
    #expect(rules(store) == ["workers-slow"])
  }

  @Test("registered workers that are idle beside waiting work are not there")
  func gone() {
    var store = store(Fixtures.orders)
    let done = calm(&store)
    for step in 1...6 { pass(&store, orders(ready: 1 + 8 * step, done: done, busy: 0)) }
    #expect(rules(store) == ["consumers-gone"])
  }

  @Test("a queue that had workers and has none stands higher than one that never had any")
  func unserved() {
    var store = store(Fixtures.orders)
    let done = calm(&store)
    pass(&store, orders(ready: 9, done: done, workers: 0))
    #expect(store.view.suspects.first?.rule == "consumers-gone")
    #expect(store.view.suspects.first?.score == 82)
  }

  private func letters(_ count: Int, _ first: Int, age: Double = 0) -> [DeadLetter] {
    (0..<count).map { index in
      let key = Array("\(first + index)".utf8)
      var letter = DeadLetter(source: "orders", target: Target(scope: [], key: key, version: Version(0)), name: "x", queue: "default")
      letter.task = "payments.settle"
      letter.errorType = "TimeoutError"
      letter.message = SafeText(escaping: "partner did not answer in 1.0 s for order \(first + index)")
      letter.failedAt = clock.now().unix - age
      return letter
    }
  }

  @Test("one task that begins to fail is named with its error; what always failed a little is not")
  func failing() {
    var store = store(Fixtures.orders)
    var done = calm(&store)
    for step in 0..<3 { store.failures("orders", letters(1, step, age: Double(60 + step * 90))) }
    store.tick(clock.now())
    #expect(rules(store).isEmpty)
    for step in 1...4 {
      store.failures("orders", letters(4, step * 10))
      done += 8
      pass(&store, orders(ready: 1, done: done, failed: step * 4, dead: step * 4, busy: 4))
    }
    #expect(rules(store) == ["failing-task"])
    #expect(store.view.suspects.first?.title == "payments.settle fails: TimeoutError: partner did not answer in #.# s for order #")
  }

  @Test("failures far above dead letters, with nothing put off, are retries without pause")
  func storm() {
    var store = store(Fixtures.orders)
    var done = calm(&store)
    for step in 1...6 {
      done += 40
      pass(&store, orders(ready: 5, done: done, failed: step * 32, dead: step))
    }
    #expect(rules(store).first == "retry-storm")
  }

  @Test("clearing dead letters away is no storm of retries")
  func cleared() {
    var store = store(Fixtures.orders)
    var done = calm(&store)
    for step in 1...10 {
      done += 40
      pass(&store, orders(ready: 5, done: done, failed: step * 32, dead: step * 32))
    }
    for step in 11...20 {
      done += 40
      pass(&store, orders(ready: 5, done: done, failed: step * 32, dead: 640 - step * 30))
      #expect(rules(store).contains("retry-storm") == false, "step \(step)")
    }
  }

  @Test("slow tasks that hold all workers while quick ones wait")
  func starvation() {
    var store = store(Fixtures.orders)
    var done = calm(&store)
    for step in 1...5 {
      done += 1
      pass(&store, orders(ready: 4 * step, done: done, busy: 4, task: "reports.export()", onTask: Double(2 * step)))
    }
    #expect(rules(store).first == "starvation")
    #expect(store.view.suspects.first?.evidence.last?.text == "quick ones such as payments.settle share this queue")
  }

  @Test("a blocked loop is named when it stays blocked, not for one late look")
  func loop() {
    var store = store(Self.api)
    for _ in 0..<10 { pass(&store, scrape(lag: 0.002)) }
    pass(&store, scrape(lag: 0.3))
    #expect(rules(store).isEmpty)
    for _ in 0..<3 { pass(&store, scrape(lag: 0.6)) }
    #expect(rules(store) == ["slow-runtime"])
    #expect(store.view.suspects.first?.evidence.last?.text == "its requests are slow: p99 900ms")
  }

  @Test("the beginning of a change is found between the gaps of a slow source; what went silent tells nothing of now")
  func onsets() throws {
    let now = clock.now()
    let slow: [Double?] = (0..<180).map { $0 % 3 == 0 ? ($0 < 150 ? 1.0 : 9.0) : nil }
    let found = try #require(Onset.of(slow, now, gap: 5))
    #expect(found.since == now.unix - 30 * Onset.step)
    #expect(found.before == 1 && found.now == 9)
    #expect(Onset.of(slow.dropLast(20) + [Double?](repeating: nil, count: 20), now, gap: 5) == nil)
  }

  @Test("a failure that is dated ahead of time does not hide those that come")
  func wrongClock() {
    var book = FailureBook()
    func letter(_ key: String, at: Double) -> DeadLetter {
      let target = Target(scope: Array("default".utf8), key: Array(key.utf8), version: Version(0))
      var letter = DeadLetter(source: "orders", target: target, name: "a.b", queue: "default")
      letter.failedAt = at
      return letter
    }
    book.take("orders", [letter("ahead", at: 40_000_000), letter("now", at: 1000)], now: 1000)
    #expect(book.kinds(of: "orders", since: 900).first?.times == [1000])
  }

  @Test("where no rule speaks, what moved before is named as a correlation")
  func correlation() throws {
    let rule = WatchRule(name: "high", expression: try WatchExpression.parse("queue.ready > 50"), severity: .warning)
    var store = Store(alerts: AlertBook(rules: [rule]))
    store.add(Fixtures.orders)
    store.add(Fixtures.mainDB)
    for step in 0..<60 {
      // Sessions become active at 80 s, the queue (nobody tells what is done) grows at 90 s.
      var sessions = Fixtures.sessions(clock, blocked: false)
      sessions.sessions = (0..<(step < 40 ? 2 : 20)).map { Fixtures.session($0 + 1, "active", application: "web", query: "SELECT 1") }
      let queues = Fixtures.queues(clock, [Fixtures.queue("orders", "default", step < 45 ? 3 : 60, workers: nil)])
      pass(&store, sessions, queues)
    }
    #expect(store.view.suspects.first?.rule == "moved-with")
    let isCorrelation = store.view.suspects.allSatisfy(\.isCorrelation)
    #expect(isCorrelation)
    #expect(store.view.suspects.first?.title.text.contains("before high") == true, "\(store.view.suspects.map(\.title))")
  }
}

extension Store {
  /// As it was observed now.
  fileprivate mutating func observed(at now: Moment, _ observation: Observation) {
    var observation = observation
    observation.at = now
    observed(observation)
  }
}
