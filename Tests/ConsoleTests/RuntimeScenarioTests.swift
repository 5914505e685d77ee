import Canvas
import Gate
import OpsModel
import Testing

@testable import Console

@Suite("Runtimes, by their keys")
@MainActor
struct RuntimeScenarioTests {
  @Test("one row per process: what two sources know of one pid stands in one row, with the better number")
  func merged() throws {
    let headless = try RuntimeScenes.console(160, 40)
    headless.press(Key("6"))
    let billing = headless.text.split(separator: "\n").filter { $0.contains("billing:991") || $0.contains("app.jar:991") }
    #expect(
      billing.count == 1 && billing.first?.contains("hsperfdata") == true && billing.first?.contains("0.20") == true, "\(headless.text)")
  }

  @Test("the one in trouble comes first, and its verdict names the evidence")
  func verdict() throws {
    let headless = try RuntimeScenes.console(160, 40)
    headless.press(Key("6"))
    let lines = headless.text.split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.contains("loop blocked by code: p99 182ms, utilisation 94 %, GC 2.1 %") }, "\(headless.text)")
    let first = try #require(lines.firstIndex { $0.contains("▸") })
    #expect(lines[first].contains("api"))
  }

  @Test("a process scraped by its port is the one that listens there")
  func port() throws {
    let headless = try RuntimeScenes.console(160, 40)
    var scraped = RuntimeScenes.prometheus(headless.clock)
    scraped.runtimes[0].port = 8080
    headless.feed(.observed(scraped))
    let found = headless.app.liveView.processes.filter { $0.state.language == .node }
    #expect(found.count == 1 && found[0].signals[.loopLagP99] == 0.182 && found[0].signals[.rss] == 210e6 && found[0].state.pid == 4121)
  }

  @Test("looking inside: a JVM goes to its own source; a Node process without one says what to add; others say that there is no way")
  func inside() throws {
    let headless = try RuntimeScenes.console(120, 40)
    headless.press(Key("6"))
    headless.type("/lang:jvm")
    headless.press(.enter)
    _ = headless.takeEffects()
    headless.press(Key("i"))
    let effects = headless.takeEffects()
    #expect(
      effects.contains { if case .prepare(let draft, _) = $0 { draft.verb == .threadDump && draft.source == "jvm" } else { false } },
      "\(effects)")
    headless.press(.escape)
    for (language, words) in [("node", "to ask it"), ("python", "no safe way into a process of python")] {
      headless.press(.escape)
      headless.type("/lang:\(language)")
      headless.press(.enter)
      _ = headless.takeEffects()
      headless.press(Key("i"))
      #expect(!headless.takeEffects().contains { if case .prepare = $0 { true } else { false } })
      #expect(headless.text.contains(words), "\(headless.text)")
    }
  }

  @Test("read-only: nothing is asked of a process, and nothing is silenced")
  func readOnly() throws {
    let headless = try RuntimeScenes.console(120, 40, readOnly: "--read-only")
    for (panel, key) in [("6", "i"), ("8", "M")] {
      headless.press(Key(panel))
      _ = headless.takeEffects()
      headless.press(Key(key))
      #expect(headless.takeEffects().isEmpty)
      #expect(headless.text.contains("read-only (--read-only)"), "\(headless.text)")
    }
  }

  @Test("from a process to the host it runs on, and to the queue worker that it is")
  func jumps() throws {
    let headless = try RuntimeScenes.console(120, 40)
    headless.feed(.source(Fixtures.orders))
    var worker = Fixtures.worker("celery@bastion", .busy, onTask: 3)
    worker.pid = 220
    worker.host = "bastion"
    headless.feed(.observed(Fixtures.queues(headless.clock, [], workers: [worker])))
    headless.press(Key("6"))
    headless.type("/lang:python")
    headless.press(.enter)
    headless.press(.enter)
    #expect(headless.text.contains("is worker") && headless.text.contains("celery@bastion of orders"), "\(headless.text)")
    headless.press(Key("w"))
    #expect(headless.text.contains("Workers › orders"))
    headless.press(.escape)
    headless.press(Key("h"))
    #expect(headless.text.contains("pressure: share of time"))
  }

  @Test("an alert that both servers tell stands once; silencing asks how long and why")
  func alerts() throws {
    let headless = try RuntimeScenes.console(120, 40)
    headless.press(Key("8"))
    #expect(headless.text.split(separator: "\n").filter { $0.contains("EventLoopBlocked") }.count == 1, "\(headless.text)")
    headless.press(Key("M"))
    #expect(headless.text.contains("silence EventLoopBlocked") && headless.text.contains("how long, and why"))
    headless.type("being looked at")
    _ = headless.takeEffects()
    headless.press(.enter)
    let effects = headless.takeEffects()
    #expect(
      effects.contains {
        if case .prepare(let draft, _) = $0 {
          draft.verb == .silence && draft.source == "pager" && draft.arguments["for"] == "1h being looked at"
        } else {
          false
        }
      }, "\(effects)")
  }

  @Test("a source that stopped answering leaves its rows, dimmed and with their age, and the others go on")
  func stale() throws {
    let headless = try RuntimeScenes.console(120, 40, state: "stale")
    headless.press(Key("6"))
    #expect(headless.text.contains("fleet: http://prom:9090: connection refused") && headless.text.contains("api-7:9464"))
  }

  @Test("a leak is told only after many collections and minutes")
  func leak() throws {
    let headless = try RuntimeScenes.console(120, 40)
    for step in 0..<400 {
      headless.clock.advance(2)
      var seen = RuntimeScenes.jvms(headless.clock)
      seen.runtimes[0].fullCollections = step / 10
      seen.runtimes[0].signals.put(.heapAfterGC, SignalValue(1e9 + Double(step) * 5e5, from: .hsperfdata))
      headless.feed(.observed(seen))
      let titles = headless.app.liveView.processes.first { $0.state.name == "billing" }?.verdicts.map(\.title.text) ?? []
      if step == 100 { #expect(!titles.contains("leak suspect")) }
      if step == 399 { #expect(titles.contains("leak suspect"), "\(titles)") }
    }
  }

  @Test("opening a process of a server asks that server for more of it, and shows what comes")
  func detail() throws {
    let headless = try RuntimeScenes.console(120, 40)
    headless.press(Key("6"))
    headless.type("/process:api-7:9464")
    headless.press(.enter)
    _ = headless.takeEffects()
    headless.press(.enter)
    let id = ResourceID(source: "fleet", kind: .runtime, key: "api")
    #expect(headless.takeEffects().contains(.detail(id)), "\(headless.text)")
    var detail = ProcessDetail(process: id, at: headless.clock.now())
    var minor = RuntimeState.Collection("minor")
    minor.total = 1234
    minor.rate = 2
    detail.collections = [minor]
    detail.pools = [RuntimeState.Pool("HikariPool-1", active: 9, size: 10, queued: 3)]
    detail.lines = [.loopLagP99: (0..<61).map { Double($0) / 1000 }]
    headless.feed(.detail(id, .success(detail)))
    #expect(headless.line(holding: "minor")?.contains("1 234 so far, 2.0/s") == true, "\(headless.text)")
    #expect(headless.line(holding: "HikariPool-1")?.contains("9 busy of 10, 3 queued") == true)
    #expect(headless.line(holding: "loop.lag.p99")?.contains("0ms – 60ms") == true)
    headless.feed(.detail(id, .failure(.timedOut(what: "prom", waited: 6))))
    #expect(headless.text.contains("more of it could not be read: prom") && headless.text.contains("HikariPool-1"))
  }

  @Test(
    "what a request costs without instrumentation: statements of the service's own role over the same window, without transaction control")
  func cost() throws {
    let headless = try Headless(160, 40)
    let api = SourceView(
      name: "api", kind: "metrics", facets: [.runtimes], interval: 5, canShowWaiting: false, databaseRoles: ["": "app"])
    headless.feed(.source(DatabaseScenes.source), .source(api))
    for step in 0..<9 {
      headless.clock.advance(10)
      headless.feed(.observed(DatabaseScenes.observation(headless.clock, step: step)))
      var state = RuntimeScenes.process("api", "api", "api", .python)
      state.signals.set(.requestRate, 10, from: .metrics)
      var seen = Observation(source: "api", at: headless.clock.now(), took: 0, facets: [.runtimes])
      seen.runtimes = [state]
      headless.feed(.observed(seen))
    }
    let row = try #require(CostBook.rows(headless.app.liveView).first { $0.service == "api" })
    let log = try #require(headless.app.liveView.source("main-db")?.reading.value?.statements)
    let window = log.window(60)
    let own = log.users.filter { $0.value == "app" }.map(\.key)
    let calls = window.rows.filter { own.contains($0.key.user) && $0.key.isTop }.reduce(0) { $0 + $1.counters.calls }
    let span = try #require(window.span)
    #expect(row.cost.count == 10 * span && row.cost.isEnough && calls > 0, "\(row)")
    #expect(abs((row.cost.queries?.value ?? 0) - calls / (10 * span)) < 1e-9 && row.cost.queries?.from == "pg_stat_statements")
  }
}
