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

  @Test("one good look and then silence is no end; neither is a number that nobody tells any more")
  func halfGood() throws {
    var store = try store("queue.ready > 100")
    #expect(poll(&store, 200).map(\.kind) == [.fired])
    #expect(poll(&store, 3).isEmpty)
    for _ in 0..<20 {
      clock.advance(2)
      store.failed("orders", .unreachable(address: "redis", reason: "refused"), at: clock.now(), retryAt: nil)
      #expect(store.tick(clock.now()).isEmpty)
    }
    #expect(poll(&store, nil, times: 20).isEmpty, "the queue is there, its length is not known")
    #expect(store.view.alerts.map(\.state) == [.firing])
  }

  @Test("a thousand warnings do not keep out what is critical")
  func crowded() throws {
    let rules = [
      WatchRule(name: "late", expression: try WatchExpression.parse("queue.ready > 1"), severity: .warning),
      WatchRule(name: "stale", expression: try WatchExpression.parse("source.stale > 30s"), severity: .critical),
    ]
    var store = Store(alerts: AlertBook(rules: rules))
    store.add(Fixtures.orders)
    store.observed(Fixtures.queues(clock, (0..<AlertBook.most + 5).map { Fixtures.queue("orders", "q\($0)", 50) }))
    #expect(store.tick(clock.now()).count == AlertBook.most)
    clock.advance(40)
    #expect(store.tick(clock.now()).map { $0.alert.name } == ["stale"])
  }

  // MARK: Alerts of other systems

  private func told(_ states: [(SafeText, AlertState.State)]) -> Observation {
    var out = Observation(source: "fleet", at: clock.now(), took: 0, facets: [.alerts])
    out.alerts = states.map { name, state in
      AlertState(id: ResourceID(source: "fleet", kind: .alert, key: name.text), name: name, severity: .critical, state: state, labels: [])
    }
    return out
  }

  private func hear(_ store: inout Store, _ states: (SafeText, AlertState.State)...) -> [AlertChange] {
    clock.advance(5)
    store.observed(told(states))
    return store.tick(clock.now())
  }

  private func fleet() throws -> Store {
    var store = try store()
    store.add(SourceView(name: "fleet", kind: "alertmanager", facets: [.alerts], interval: 5, canShowWaiting: false))
    return store
  }

  @Test("what another system keeps quiet is muted, and not over")
  func silencedElsewhere() throws {
    var store = try fleet()
    #expect(hear(&store, ("a", .firing)).map(\.kind) == [.fired])
    #expect(hear(&store, ("a", .suppressed)).map(\.kind) == [.muted])
    #expect(hear(&store, ("a", .firing)).map(\.kind) == [.loud])
    #expect(hear(&store).map(\.kind) == [.resolved])
    #expect(hear(&store, ("b", .suppressed)).isEmpty, "nobody was told of it")
    #expect(hear(&store).isEmpty)
  }

  @Test("one that is muted here comes back quiet; an acknowledgement ends with it, and that is to be written down")
  func quietHere() throws {
    var store = try fleet()
    let alert = try #require(hear(&store, ("a", .firing)).first).alert
    let until = clock.now().unix + 3600
    let muted = AlertQuiet(kind: .muted, by: "oncall@b", reason: "known", at: clock.now().unix, until: until)
    store.keepQuiet(alert, muted, at: clock.now())
    #expect(store.takeQuietEdits() == [.begin(alert.id, muted)])
    #expect(hear(&store).map(\.kind) == [.muted, .resolved])
    let again = hear(&store, ("a", .firing))
    #expect(again.map(\.kind) == [.fired])
    #expect(again.first?.alert.quiet == muted)
    let known = AlertQuiet(kind: .acknowledged, by: "oncall@b", reason: "seen", at: clock.now().unix, until: until)
    store.keepQuiet(alert, known, at: clock.now())
    _ = hear(&store)
    #expect(store.takeQuietEdits() == [.begin(alert.id, known), .end(alert.id, known)])
  }

  @Test("what another console wrote down is kept quiet here, and its end too")
  func learned() throws {
    var store = try store("queue.ready > 100")
    _ = poll(&store, 200)
    let alert = try #require(store.view.alerts.first)
    let mark = AlertQuiet(kind: .muted, by: "other@b", reason: "known", at: clock.now().unix, until: clock.now().unix + 600)
    store.take(.quiet([alert.id: mark]))
    _ = store.tick(clock.now())
    #expect(store.view.alerts.first?.quiet == mark)
    #expect(store.takeQuietEdits().isEmpty, "it is written down already")
    store.take(.quiet([:]))
    _ = store.tick(clock.now())
    #expect(store.view.alerts.first?.state == .firing)
  }

  @Test("a change of one mark leaves those of others, and a new one in its place")
  func edits() {
    let old = AlertQuiet(kind: .muted, by: "a", reason: "x", at: 1, until: 100)
    let new = AlertQuiet(kind: .muted, by: "b", reason: "y", at: 2, until: 100)
    let id = ResourceID(source: "s", kind: .alert, key: "k")
    let other = ResourceID(source: "s", kind: .alert, key: "other")
    #expect(QuietEdit.begin(id, new).applied(to: [other: old]) == [other: old, id: new])
    #expect(QuietEdit.end(id, old).applied(to: [id: new]) == [id: new])
    #expect(QuietEdit.end(id, new).applied(to: [id: new, other: old]) == [other: old])
  }

  @Test("a prepared transaction makes others wait as a session does")
  func prepared() throws {
    var store = try store("blocker.wait > 30s")
    var observation = Fixtures.sessions(clock)
    for index in observation.sessions.indices where !observation.sessions[index].blockedBy.isEmpty {
      observation.sessions[index].blockedBy = [0]
    }
    store.observed(observation)
    #expect(store.tick(clock.now()).first?.alert.summary?.text.hasPrefix("prepared transaction") == true)
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
