import Foundation
import OpsModel
import Testing

@testable import Connectors

@Suite("HTTP servers that do what they should not", .serialized)
struct LiveHTTPTests {
  private static func sharing(_ body: (LiveScene) async throws -> Void) async throws {
    try await LiveScene.sharing("Runtimes/rt_runtimes.py", ["hostile-http", "node-api"], body)
  }

  private static func metrics(_ scene: LiveScene, _ path: String, port: String = "hostile_port", texts: [String: String] = [:]) throws
    -> any Connector
  {
    let url = "http://127.0.0.1:\(try scene.number(port))\(path)"
    return try MetricsConnector.kind.make(SourceSettings(name: "api", kind: "metrics", url: url, texts: texts, interval: 15), SystemClock())
  }

  private static func failure(_ connector: any Connector) async -> Failure? {
    do throws(Failure) {
      _ = try await connector.observe()
      return nil
    } catch { return error }
  }

  private static func resident() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }

  /// What comes of one look, and after how many seconds.
  private static func outcome(_ connector: any Connector) async -> (found: Failure?, took: Double) {
    let began = SystemClock().now()
    let found = await failure(connector)
    await connector.close()
    return (found, SystemClock().now().age(since: began))
  }

  private static let wanted: [(path: String, fits: @Sendable (Failure) -> Bool)] = [
    ("/big", { if case .tooLarge = $0 { true } else { false } }), ("/bomb", { if case .tooLarge = $0 { true } else { false } }),
    ("/429", { if case .notReady = $0 { true } else { false } }), ("/html", { if case .garbage = $0 { true } else { false } }),
    ("/garbage", { if case .garbage = $0 { true } else { false } }),
    ("/cut", { _ in true }), ("/headers", { _ in true }),
    ("/redirect-loop", { if case .declined = $0 { true } else { false } }),
    ("/nowhere", { if case .settings = $0 { true } else { false } }),
  ]

  @Test("each of them ends in its own failure, within its time, and a good one is read beside them")
  func failures() async throws {
    try await Self.sharing { scene in
      #expect(await Self.failure(try Self.metrics(scene, "/ok")) == nil)
      let machine = Control()
      // These two wait: side by side.
      async let slow = Self.outcome(try Self.metrics(scene, "/slow"))
      async let never = Self.outcome(try Self.metrics(scene, "/never"))
      var outcomes: [(path: String, found: Failure?, took: Double)] = []
      for (path, fits) in Self.wanted {
        let (found, took) = await Self.outcome(try Self.metrics(scene, path))
        #expect(found.map(fits) == true, "\(path): \(String(describing: found))")
        outcomes.append((path, found, took))
      }
      for (path, outcome) in [("/slow", try await slow), ("/never", try await never)] {
        if case .timedOut = outcome.found {} else { Issue.record("\(path): \(String(describing: outcome.found))") }
        outcomes.append((path, outcome.found, outcome.took))
      }
      let allowed = machine.allows(7)
      for (path, _, took) in outcomes { #expect(took < allowed, "\(path): after \(took) s of \(allowed)") }
      #expect(Self.resident() < 400_000, "\(Self.resident()) kB")
    }
  }

  @Test("a redirect on the same server is followed; one to another is not, and no password goes there")
  func redirects() async throws {
    try await Self.sharing { scene in
      #expect(await Self.failure(try Self.metrics(scene, "/redirect-same", texts: ["bearer": "CANARY"])) == nil)
      let found = await Self.failure(try Self.metrics(scene, "/redirect-other", texts: ["bearer": "CANARY"]))
      #expect(found?.what.text.contains("another server") == true, "\(String(describing: found))")
      let recorded = try #require(try await scene.ask("requests")["requests"] as? [[String: Any]])
      #expect(recorded.isEmpty && !"\(recorded)".contains("CANARY"))
    }
  }

  @Test("a server that asks to be left alone is: no request reaches it before the time it named", arguments: ["/429", "/429-date"])
  func retryAfter(_ path: String) async throws {
    try await Self.sharing { scene in
      let connector = try Self.metrics(scene, path)
      _ = await Self.failure(connector)
      let again = await Self.failure(connector)
      #expect(again?.what.text.contains("left alone") == true, "\(String(describing: again))")
    }
  }

  @Test("answers of the query API: too large, too deep, refused, busy")
  func prometheus() async throws {
    try await Self.sharing { scene in
      func look(_ path: String) async throws -> (found: Failure?, took: Double) {
        let url = "http://127.0.0.1:\(try scene.number("hostile_port"))\(path)"
        return await Self.outcome(
          try PrometheusConnector.kind.make(SourceSettings(name: "fleet", kind: "prometheus", url: url), SystemClock()))
      }
      let machine = Control()
      var outcomes: [(String, Failure?, Double)] = []
      for path in ["/json-big", "/json-deep", "/prom429", "/prom503", "/html", "/never", "/big"] {
        let (found, took) = try await look(path)
        outcomes.append((path, found, took))
      }
      let allowed = machine.allows(8)
      for (path, found, took) in outcomes {
        #expect(found != nil && took < allowed, "\(path): \(String(describing: found)) after \(took) s of \(allowed)")
      }
      let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000) + [UInt8](repeating: UInt8(ascii: "]"), count: 100_000)
      #expect(throws: Failure.self) {
        try PromVector(Array("{\"status\":\"success\",\"data\":{\"result\":".utf8) + deep + Array("}}".utf8), labels: [])
      }
    }
  }

  @Test("an endpoint that empties its histogram is read once and then left alone, unless that is accepted; and says why")
  func resets() async throws {
    try await Self.sharing { scene in
      let refused = try Self.metrics(scene, "/metrics", port: "api_port")
      let first = await Self.failure(refused)
      #expect(first?.what.text.contains("takes a part of every window away") == true)
      #expect(await Self.failure(refused) == first)
      let accepted = try Self.metrics(scene, "/metrics", port: "api_port", texts: ["resets": "accept"])
      let state = try #require(try await accepted.observe().runtimes.first)
      #expect(state.language == .node && state.signals[.heapUsed] != nil && state.version?.text.hasPrefix("node v") == true)
      #expect(throws: Failure.self) {
        try MetricsConnector.kind.make(
          SourceSettings(name: "api", kind: "metrics", url: "http://h/", texts: ["resets": "accept"], interval: 2), SystemClock())
      }
    }
  }
}
