import Foundation
import OpsModel
import Testing

@testable import Connectors

@Suite("uWSGI and gunicorn, on real ones", .serialized)
struct LivePythonServersTests {
  private static func uwsgi(_ url: String) throws -> any Connector {
    try UwsgiConnector.kind.make(SourceSettings(name: "web", kind: "uwsgi", url: url), SystemClock())
  }

  @Test("busy cores, the listen queue and the age of requests; what the requests carry is never kept")
  func busy() async throws {
    try await LiveScene.during("rt_runtimes.py", ["uwsgi"]) { scene in
      let connector = try Self.uwsgi("127.0.0.1:\(try scene.number("uwsgi_stats_port"))")
      let pid = try scene.number("uwsgi_pid")
      let idle = try #require(try await connector.observe().runtimes.first)
      #expect(idle.signals[.poolActive] == 0 && idle.signals[.poolSize] == 4 && idle.pid == pid && idle.host == LocalHost.name)
      try await scene.ask("fill 12 20")
      try await Task.sleep(for: .milliseconds(1700))
      let observation = try await connector.observe()
      let state = try #require(observation.runtimes.first)
      #expect(state.signals[.poolActive] == 4 && (state.signals[.poolQueue] ?? 0) >= 4 && (state.signals[.acceptBacklog] ?? 0) >= 4)
      #expect(state.members.count == 2 && state.members.allSatisfy { $0.isBusy && ($0.onRequest ?? -1) >= 0 && ($0.onRequest ?? 99) < 20 })
      #expect(!"\(observation)".contains("CANARYSECRET"), "a cookie was kept")
      let verdict = Diagnosis(state, state.signals).verdicts.first
      #expect(verdict?.title == "pool exhausted", "\(String(describing: verdict))")
    }
  }

  @Test("the stats of --stats-http, and over a unix socket")
  func ways() async throws {
    try await LiveScene.during("rt_runtimes.py", ["uwsgi-http", "uwsgi-unix"]) { scene in
      for url in ["http://127.0.0.1:\(try scene.number("uwsgi_http_stats_port"))", "unix://\(try scene.text("uwsgi_unix_stats"))"] {
        let state = try await Self.uwsgi(url).observe().runtimes.first
        #expect(state?.signals[.poolSize] == 4, "\(url)")
      }
    }
  }

  @Test("gunicorn by its control socket and by its processes: workers, heartbeats, who is busy")
  func gunicorn() async throws {
    try await LiveScene.during("rt_runtimes.py", ["gunicorn:30"]) { scene in
      let pid = try scene.number("gunicorn_pid")
      let control = try GunicornConnector.kind.make(
        SourceSettings(name: "web", kind: "gunicorn", url: "unix://\(try scene.text("gunicorn_control"))"), SystemClock())
      let local = try GunicornConnector.kind.make(SourceSettings(name: "gunicorn", kind: "gunicorn", url: ""), SystemClock())
      try await Task.sleep(for: .milliseconds(500))
      for connector in [control, local] {
        let state = try #require(try await connector.observe().runtimes.first { $0.pid == pid })
        #expect(
          state.members.count == 2 && state.signals[.poolSize] == 2 && state.signals[.poolActive] == 0
            && state.members.allSatisfy { $0.beat != nil })
      }
      try await scene.ask("busy 1 20")
      try await Task.sleep(for: .milliseconds(500))
      for connector in [control, local] {
        let state = try #require(try await connector.observe().runtimes.first { $0.pid == pid })
        #expect(state.signals[.poolActive] == 1 && state.members.filter(\.isBusy).count == 1)
      }
    }
  }

  @Test("a worker that gives no sign is told before it is killed")
  func late() async throws {
    try await LiveScene.during("rt_runtimes.py", ["gunicorn:4"]) { scene in
      let connector = try GunicornConnector.kind.make(
        SourceSettings(name: "web", kind: "gunicorn", url: "unix://\(try scene.text("gunicorn_control"))"), SystemClock())
      try await scene.ask("busy 1 20")
      try await Task.sleep(for: .milliseconds(3600))
      let notices = try await connector.observe().notices
      #expect(notices.contains { $0.severity >= .warning && $0.text.text.contains("it is killed after 4s") }, "\(notices)")
    }
  }

  @Test("addresses that are none are refused")
  func addresses() {
    for url in ["", "nowhere", "127.0.0.1", "127.0.0.1:0", ":99999"] {
      #expect(throws: Failure.self, "\(url)") { try UwsgiConnector.kind.check(url) }
    }
    #expect(throws: Failure.self) { try GunicornConnector.kind.check("http://127.0.0.1:80") }
  }
}
