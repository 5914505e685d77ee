import Foundation
import Gate
import OpsModel
import Testing

@testable import Connectors

@Suite("A real Prometheus and its Alertmanager", .serialized)
struct LivePrometheusTests {
  private static func sharing(_ body: (LiveScene) async throws -> Void) async throws {
    try await LiveScene.sharing("Runtimes/rt_runtimes.py", ["prometheus"], body)
  }

  private static func prometheus(_ scene: LiveScene, texts: [String: String] = [:], url: String? = nil) throws -> PrometheusConnector {
    let url = try url ?? "http://127.0.0.1:\(try scene.number("prometheus_port"))"
    let made = try PrometheusConnector.kind.make(SourceSettings(name: "fleet", kind: "prometheus", url: url, texts: texts), SystemClock())
    return try #require(made as? PrometheusConnector)
  }

  private static func link(_ scene: LiveScene, _ port: String = "prometheus_port") throws -> HTTPLink {
    HTTPLink(try HTTPAddress(url: "http://127.0.0.1:\(try scene.number(port))"), clock: SystemClock())
  }

  private static func state(_ observation: Observation, _ job: String) throws -> RuntimeState {
    try #require(observation.runtimes.first { $0.group?.text == job }, "no process of job \(job)")
  }

  @Test("processes of every language with their signals, the alerts and the rules, and what can not be scraped")
  func discovers() async throws {
    try await Self.sharing { scene in
      let observation = try await Self.prometheus(scene).observe()
      #expect(try Self.state(observation, "api").language == .node && Self.state(observation, "python").language == .python)
      #expect(
        try Self.state(observation, "prometheus").language == .go && Self.state(observation, "node").version?.text.hasPrefix("go") == true)
      let api = try Self.state(observation, "api")
      #expect(
        api.signals[.heapUsed] != nil && api.signals[.rss] != nil && api.startedAt != nil && api.port == (try? scene.number("api_port")))
      #expect(observation.alerts.contains { $0.name == "AlwaysFiring" && $0.state == .firing && $0.severity == .ok && $0.summary != nil })
      #expect(observation.alerts.contains { $0.name == "PendingHour" && $0.state == .pending } && observation.rules.count == 3)
      #expect(observation.notices.isEmpty, "\(observation.notices)")
    }
  }

  @Test("our numbers equal what its own query says for the same window")
  func equals() async throws {
    try await Self.sharing { scene in
      let connector = try Self.prometheus(scene, texts: ["window": "30s"])
      // Rates need two scrapes of the target.
      try await eventually("a rate") {
        try Self.state(try await connector.observe(), "prometheus").signals[.cpu] != nil
      }
      let client = PromClient(link: try Self.link(scene))
      let questions: [(Signal, String)] = [
        (.heapUsed, "go_memstats_heap_alloc_bytes{job=\"prometheus\"}"), (.rss, "process_resident_memory_bytes{job=\"prometheus\"}"),
        (.cpu, "rate(process_cpu_seconds_total{job=\"prometheus\"}[30s])"),
        (.gcTime, "rate(go_gc_duration_seconds_sum{job=\"prometheus\"}[30s])"),
        (.allocation, "rate(go_memstats_alloc_bytes_total{job=\"prometheus\"}[30s])"),
        (.gcPauseMax, "go_gc_duration_seconds{job=\"prometheus\",quantile=\"1\"}"), (.openFiles, "process_open_fds{job=\"prometheus\"}"),
      ]
      for (signal, query) in questions {
        var pairs: [(Double, Double)] = []
        // It scrapes every second: what is asked just before and just after may differ. Asked again they meet.
        for _ in 0..<60 {
          let before = try await client.vector(query, labels: []).rows.first?.value
          let own = try Self.state(try await connector.observe(), "prometheus").signals[signal]
          let after = try await client.vector(query, labels: []).rows.first?.value
          let values = (
            own: try #require(own, "\(signal.name) is not told, and the server says \(String(describing: before))"),
            before: try #require(before), after: try #require(after)
          )
          pairs.append((values.own, values.before))
          if min(values.before, values.after) - 1e-9 <= values.own, values.own <= max(values.before, values.after) + 1e-9 {
            pairs = []
            break
          }
          try await Task.sleep(for: .milliseconds(170))
        }
        #expect(pairs.isEmpty, "\(signal.name): \(pairs)")
      }
    }
  }

  private static func push(_ scene: LiveScene, _ lines: [String]) async throws {
    let text = try JSONSerialization.data(withJSONObject: lines.joined(separator: "\n") + "\n", options: [.fragmentsAllowed])
    try await scene.ask("push \(String(decoding: text, as: UTF8.self))")
  }

  @Test("NaN, infinities and duplicates are not numbers of ours; a process that is gone is not told")
  func hostile() async throws {
    try await Self.sharing { scene in
      func series(_ name: String, _ value: String) -> String { "\(name){job=\"made\",instance=\"a:1\"} \(value)" }
      try await Self.push(
        scene,
        [
          "go_info{job=\"made\",instance=\"a:1\",version=\"go1.2\u{1B}[31m\"} 1", series("go_memstats_heap_alloc_bytes", "NaN"),
          series("process_open_fds", "+Inf"),
          series("process_resident_memory_bytes", "5000"), series("process_max_fds", "1.8446744073709552e+19"), series("go_threads", "-1"),
        ])
      // A new connector each time: one that knows a process remembers it for a minute.
      let state = try await eventually("a process that was pushed") {
        try await Self.prometheus(scene).observe().runtimes.first { $0.group == "made" && $0.signals[.rss] == 5000 }
      }
      #expect(
        state.signals[.heapUsed] == nil && state.signals[.openFiles] == nil
          && state.signals[.fileLimit] == nil)
      #expect(state.signals[.threads] == nil && state.name == "a:1" && state.version?.text == "go1.2\\x1b[31m")
      try await Self.push(scene, ["nothing 1"])
      try await eventually("the end of a process that is pushed no more") {
        try await Self.prometheus(scene).observe().runtimes.allSatisfy { $0.group != "made" }
      }
      try await scene.ask("push {}")
    }
  }

  @Test("a target that can not be scraped is named")
  func down() async throws {
    try await Self.sharing { scene in
      try await scene.ask("push {\"status\": 500}")
      try await eventually("a notice about the target") {
        try await Self.prometheus(scene).observe().notices.contains {
          $0.severity == .warning && $0.text.text.contains("1 target can not be scraped: pushable")
        }
      }
      try await scene.ask("push {}")
      try await eventually("a target that is up again") { try await Self.prometheus(scene).observe().notices.isEmpty }
    }
  }

  @Test("password, TLS with an authority of its own, and a path before everything; what is wrong is told apart")
  func secured() async throws {
    try await LiveScene.during("Runtimes/rt_runtimes.py", ["prometheus-auth"]) { scene in
      let port = try scene.number("prometheus_port")
      let (user, password, prefix) = (try scene.text("user"), try scene.text("password"), try scene.text("prefix"))
      let url = "https://\(user)@localhost:\(port)\(prefix)"
      let good = ["password": password, "ca": try scene.text("ca")]
      #expect(try await !Self.prometheus(scene, texts: good, url: url).observe().runtimes.isEmpty)
      func failure(_ texts: [String: String], _ url: String) async throws -> Failure? {
        let connector = try Self.prometheus(scene, texts: texts, url: url)
        do throws(Failure) {
          _ = try await connector.observe()
          return nil
        } catch { return error }
      }
      let wrong = try await failure(good.merging(["password": "CANARY"]) { $1 }, url)
      if case .authentication(let words) = wrong {
        #expect(!words.text.contains("CANARY"))
      } else {
        Issue.record("\(String(describing: wrong))")
      }
      let unknown = try await failure(["password": password, "ca": try scene.text("other_ca")], url)
      if case .tls = unknown {} else { Issue.record("\(String(describing: unknown))") }
      let elsewhere = try await failure(good, "https://\(user)@localhost:\(port)/nowhere")
      if case .settings = elsewhere {} else { Issue.record("\(String(describing: elsewhere))") }
    }
  }

  @Test("a silence through the gate keeps one alert quiet, twice makes no second, and it is ended again")
  func silences() async throws {
    try await Self.sharing { scene in
      let address = try HTTPAddress(url: "http://127.0.0.1:\(try scene.number("alertmanager_port"))")
      let connector = AlertmanagerConnector(name: "pager", address, HTTPSettings(), clock: SystemClock())
      let alert = try #require(try await connector.observe().alerts.first { $0.name == "AlwaysFiring" && $0.state == .firing })
      func act(_ verb: Verb, _ key: [UInt8], _ words: String = "") async throws -> OperationResult {
        try await GateScene.perform(
          verb, key, AlertmanagerActuator(address, HTTPSettings(), actor: "tester@here", clock: SystemClock()),
          arguments: words.isEmpty ? [:] : ["for": words])
      }
      #expect(try await act(.silence, alert.id.key, "1h disk \"is\" being replaced").counts[.moved] == 1)
      let quiet = try await connector.observe()
      #expect(quiet.alerts.contains { $0.name == "AlwaysFiring" && $0.state == .suppressed && !$0.silencedBy.isEmpty })
      let silence = try #require(quiet.silences.first { $0.state == .active })
      #expect(
        silence.comment == "disk \"is\" being replaced" && silence.author == "tester@here"
          && silence.matchers.text.contains("alertname=\"AlwaysFiring\""))
      #expect(try await act(.silence, alert.id.key, "1h disk \"is\" being replaced").counts[.conflict] == 1)
      #expect(try await act(.expire, silence.id.key).counts[.moved] == 1)
      #expect(try await act(.expire, silence.id.key).counts[.moved] == 0)
      #expect(try await connector.observe().silences.allSatisfy { $0.state == .expired })
      for words in ["", "soon", "1h", "30d why", "10s why"] {
        await #expect(throws: GateRefusal.self, "\(words)") { try await act(.silence, alert.id.key, words) }
      }
    }
  }

  @Test("hundreds of processes in one question per signal")
  func fleet() async throws {
    try await LiveScene.during("Runtimes/rt_runtimes.py", ["fleet:400"]) { scene in
      let connector = try Self.prometheus(scene)
      let observation = try await connector.observe()
      #expect(observation.runtimes.filter { $0.group == "fleet" }.count == 400)
      let worst = try #require(scene.told["fleet_worst"] as? [String])
      let slowest = observation.runtimes.filter { $0.language == .node }.max {
        ($0.signals[.loopLagP99] ?? 0) < ($1.signals[.loopLagP99] ?? 0)
      }
      #expect(slowest?.name.text == worst.first)
    }
  }

  @Test("of one process: collections by generation and its signals over the last half hour")
  func detail() async throws {
    try await Self.sharing { scene in
      let connector = try Self.prometheus(scene)
      let observation = try await connector.observe()
      // Collections are rates: they need two scrapes of the target.
      let python = try await eventually("collections of the last half hour") {
        let python = try await connector.detail(of: Self.state(observation, "python").id)
        return python.collections.count == 3 && python.collections.allSatisfy { $0.total != nil } ? python : nil
      }
      #expect(
        python.collections.map(\.name) == ["0", "1", "2"] && python.collections.allSatisfy { $0.total != nil } && python.gaps.isEmpty,
        "\(python)")
      let server = try await connector.detail(of: Self.state(observation, "prometheus").id)
      let memory = try #require(server.lines[.rss])
      #expect(memory.count == 61 && memory.last.map { ($0 ?? 0) > 1e6 } == true && memory.first == .some(nil))
      await #expect(throws: Failure.self) { try await connector.detail(of: ResourceID(source: "fleet", kind: .runtime, key: "no such")) }
    }
  }
}
