import Foundation
import OpsModel
import Testing

@testable import Connectors

@Suite("uWSGI and gunicorn, on real ones", .serialized)
struct LivePythonServersTests {
  private static func sharing(_ body: (LiveScene) async throws -> Void) async throws {
    try await LiveScene.sharing("Runtimes/rt_runtimes.py", ["uwsgi", "uwsgi-http", "uwsgi-unix", "gunicorn:30"], body)
  }

  private static func uwsgi(_ url: String) throws -> any Connector {
    try UwsgiConnector.kind.make(SourceSettings(name: "web", kind: "uwsgi", url: url), SystemClock())
  }

  @Test("busy cores, the listen queue and the age of requests; what the requests carry is never kept")
  func busy() async throws {
    try await Self.sharing { scene in
      let connector = try Self.uwsgi("127.0.0.1:\(try scene.number("uwsgi_stats_port"))")
      let pid = try scene.number("uwsgi_pid")
      let idle = try #require(try await connector.observe().runtimes.first)
      #expect(idle.signals[.poolActive] == 0 && idle.signals[.poolSize] == 4 && idle.pid == pid && idle.host == LocalHost.name)
      try await scene.ask("fill uwsgi 12 60")
      // uWSGI counts its queue once a second.
      let observation = try await eventually("a full queue") {
        let found = try await connector.observe()
        return (found.runtimes.first?.signals[.poolQueue] ?? 0) >= 4 ? found : nil
      }
      let state = try #require(observation.runtimes.first)
      #expect(state.signals[.poolActive] == 4 && (state.signals[.poolQueue] ?? 0) >= 4 && (state.signals[.acceptBacklog] ?? 0) >= 4)
      #expect(state.members.count == 2 && state.members.allSatisfy { $0.isBusy && ($0.onRequest ?? -1) >= 0 && ($0.onRequest ?? 99) < 60 })
      #expect(!"\(observation)".contains("CANARYSECRET"), "a cookie was kept")
      let verdict = Diagnosis(state, state.signals).verdicts.first
      #expect(verdict?.title == "pool exhausted", "\(String(describing: verdict))")
    }
  }

  @Test("the stats of --stats-http, and over a unix socket")
  func ways() async throws {
    try await Self.sharing { scene in
      for url in ["http://127.0.0.1:\(try scene.number("uwsgi_http_stats_port"))", "unix://\(try scene.text("uwsgi_unix_stats"))"] {
        let state = try await Self.uwsgi(url).observe().runtimes.first
        #expect(state?.signals[.poolSize] == 4, "\(url)")
      }
    }
  }

  @Test("gunicorn by its control socket and by its processes: workers, heartbeats, who is busy")
  func gunicorn() async throws {
    try await Self.sharing { scene in
      let pid = try scene.number("gunicorn_pid")
      let control = try GunicornConnector.kind.make(
        SourceSettings(name: "web", kind: "gunicorn", url: "unix://\(try scene.text("gunicorn_control"))"), SystemClock())
      let local = try GunicornConnector.kind.make(SourceSettings(name: "gunicorn", kind: "gunicorn", url: ""), SystemClock())
      for connector in [control, local] {
        let state = try await eventually("two workers that have beaten") {
          try await connector.observe().runtimes.first {
            $0.pid == pid && $0.members.count == 2 && $0.members.allSatisfy { $0.beat != nil }
          }
        }
        #expect(
          state.members.count == 2 && state.signals[.poolSize] == 2 && state.signals[.poolActive] == 0
            && state.members.allSatisfy { $0.beat != nil })
      }
      try await scene.ask("busy gunicorn 1 60")
      for connector in [control, local] {
        let state = try await eventually("a worker that is busy") {
          try await connector.observe().runtimes.first { $0.pid == pid && ($0.signals[.poolActive] ?? 0) > 0 }
        }
        #expect(state.signals[.poolActive] == 1 && state.members.filter(\.isBusy).count == 1)
      }
    }
  }

  @Test("a worker that gives no sign is told before it is killed")
  func late() async throws {
    try await LiveScene.during("Runtimes/rt_runtimes.py", ["gunicorn:4"]) { scene in
      let connector = try GunicornConnector.kind.make(
        SourceSettings(name: "web", kind: "gunicorn", url: "unix://\(try scene.text("gunicorn_control"))"), SystemClock())
      // It is told in the last part of the four seconds: where this machine missed that, another worker is made busy.
      var sent = SystemClock().now().advanced(by: -30)
      try await eventually("a worker that is told") {
        if SystemClock().now().age(since: sent) > 6 {
          try await scene.ask("busy gunicorn 1 20")
          sent = SystemClock().now()
        }
        return try await connector.observe().notices.contains {
          $0.severity >= .warning && $0.text.text.contains("it is killed after 4s")
        }
      }
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
