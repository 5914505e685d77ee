import OpsModel
import Testing

@testable import Console

@Suite("Alerts of rules: when they begin and when they are over")
struct AlertBookTests {
  let clock = FakeClock()

  private func store(_ rules: String...) throws -> Store {
    let made = try rules.enumerated().map { index, text in
      WatchRule(name: SafeText(escaping: "rule-\(index)"), expression: try WatchExpression.parse(text), severity: .critical)
    }
    var store = Store(alerts: AlertBook(rules: made))
    store.add(Fixtures.orders)
    store.add(Fixtures.mainDB)
    return store
  }

  /// One poll every two seconds, and a tick after each.
  private func poll(_ store: inout Store, _ ready: Int?, times: Int = 1) -> [AlertChange] {
    var changes: [AlertChange] = []
    for _ in 0..<times {
      clock.advance(2)
      store.observed(Fixtures.queues(clock, [Fixtures.queue("orders", "default", ready)]))
      changes += store.tick(clock.now())
    }
    return changes
  }

  @Test("an alert begins when its rule has held for so long without a break, once")
  func risingEdge() throws {
    var store = try store("queue.ready > 100 for 10s")
    #expect(poll(&store, 200, times: 5).isEmpty)
    #expect(store.view.alerts.map(\.state) == [.pending])
    #expect(poll(&store, 200).map(\.kind) == [.fired])
    #expect(poll(&store, 300, times: 20).isEmpty)
    #expect(store.view.alerts.first?.value == 300)
    #expect(store.view.alerts.first?.summary == "default has 300 ready")
    #expect(store.view.alerts.first?.since == clock.now().unix - 50)
  }

  @Test("a break begins the count anew")
  func broken() throws {
    var store = try store("queue.ready > 100 for 10s")
    #expect(poll(&store, 200, times: 4).isEmpty)
    #expect(poll(&store, 50).isEmpty)
    #expect(store.view.alerts.isEmpty)
    #expect(poll(&store, 200, times: 5).isEmpty)
    #expect(poll(&store, 200).map(\.kind) == [.fired])
  }

  @Test("a number that swings about its bound does not make the alert blink; a tenth below and ten seconds end it")
  func hysteresis() throws {
    var store = try store("queue.ready > 100")
    #expect(poll(&store, 101).map(\.kind) == [.fired])
    for _ in 0..<10 {
      #expect(poll(&store, 95, times: 3).isEmpty)
      #expect(poll(&store, 105, times: 3).isEmpty)
    }
    #expect(poll(&store, 80, times: 3).isEmpty)
    #expect(poll(&store, 101).isEmpty, "it came back before it was over")
    #expect(poll(&store, 80, times: 5).isEmpty)
    #expect(poll(&store, 80).map(\.kind) == [.resolved])
    #expect(store.view.alerts.isEmpty)
  }

  @Test("what is not known is neither well nor bad: a silent source keeps its alerts, and begins one of its own")
  func unknown() throws {
    var store = try store("queue.ready > 100 for 10s", "source.stale > 30s")
    _ = poll(&store, 200, times: 2)
    for _ in 0..<10 {
      clock.advance(2)
      store.failed("orders", .unreachable(address: "redis", reason: "refused"), at: clock.now(), retryAt: nil)
      #expect(store.tick(clock.now()).isEmpty)
    }
    #expect(store.view.alerts.map(\.state) == [.pending], "it does not begin while nobody knows")
    clock.advance(12)
    let changes = store.tick(clock.now())
    #expect(changes.map(\.kind) == [.fired])
    #expect(changes.first?.alert.name == "rule-1")
    #expect(changes.first?.alert.summary?.text.contains("refused") == true)
  }

  @Test("a queue that is gone ends its alert; an unknown number gives none")
  func gone() throws {
    var store = try store("queue.ready > 100")
    #expect(poll(&store, nil, times: 3).isEmpty)
    #expect(poll(&store, 200).map(\.kind) == [.fired])
    var changes: [AlertChange] = []
    for _ in 0..<8 {
      clock.advance(2)
      store.observed(Fixtures.queues(clock, []))
      changes += store.tick(clock.now())
    }
    #expect(changes.map(\.kind) == [.resolved])
  }

  @Test("a rule is meant for the things that its filter names")
  func filtered() throws {
    let filter = try Filter.parse("name:high", fields: WatchRule.filterFields)
    let rule = WatchRule(name: "high", expression: try WatchExpression.parse("queue.ready > 1"), severity: .warning, filter: filter)
    var store = Store(alerts: AlertBook(rules: [rule]))
    store.add(Fixtures.orders)
    store.observed(Fixtures.queues(clock, [Fixtures.queue("orders", "default", 50), Fixtures.queue("orders", "high", 5)]))
    #expect(store.tick(clock.now()).map { $0.alert.own?.subject.key } == [Array("high".utf8)])
  }

  @Test("acknowledged ends with the alert, muted stays until its end and comes back loud")
  func quiet() throws {
    var store = try store("queue.ready > 100")
    _ = poll(&store, 200)
    let alert = try #require(store.view.alerts.first)
    func mark(_ kind: AlertQuiet.Kind) -> AlertQuiet {
      AlertQuiet(kind: kind, by: "oncall@b", reason: "known", at: clock.now().unix, until: clock.now().unix + 60)
    }
    store.keepQuiet(alert, mark(.acknowledged), at: clock.now())
    #expect(store.tick(clock.now()).map(\.kind) == [.acknowledged])
    #expect(store.view.alerts.first?.state == .acknowledged)
    _ = poll(&store, 10, times: 7)
    #expect(poll(&store, 200).first?.alert.quiet == nil, "the acknowledgement was of the alert before")

    store.keepQuiet(alert, mark(.muted), at: clock.now())
    #expect(poll(&store, 10, times: 7).map(\.kind) == [.muted, .resolved])
    let again = poll(&store, 200)
    #expect(again.map(\.kind) == [.fired])
    #expect(again.first?.alert.state == .suppressed)
    #expect(AlertTelling(bell: .warning).effects(of: again).contains(.ring) == false)
    #expect(poll(&store, 200, times: 25).map(\.kind) == [.loud])
    #expect(store.view.alerts.first?.state == .firing)
  }

  @Test("the session that makes others wait is named, with the longest wait behind it")
  func blockers() throws {
    var store = try store("blocker.wait > 30s")
    store.observed(Fixtures.sessions(clock))
    let changes = store.tick(clock.now())
    #expect(changes.first?.alert.summary == "session 4312 (admin-shell) makes others wait for 1m01s: blocks 1 session")
  }

  @Test("one ring and one notification for all that begin at once")
  func telling() throws {
    var store = try store("queue.ready > 1", "queue.ready > 2")
    let changes = poll(&store, 200)
    let effects = AlertTelling(bell: .critical, notification: .warning).effects(of: changes)
    #expect(effects.filter { $0 == .ring }.count == 1)
    #expect(effects.contains(.announce("CRITICAL rule-0: default has 200 ready and 1 more")))
    #expect(AlertTelling().effects(of: changes) == [.alerts(changes)])
  }
}
