import OpsModel
import Testing

@testable import Connectors

@Suite("Celery as Celery itself wrote it", .serialized)
struct LiveCeleryTests {
  @Test("queues from bindings, depth over priorities, unacknowledged, heartbeats, arguments, and a lower bound of the age")
  func scene() async throws {
    let port = try LiveScene.redisPort
    try await LiveScene.during("celery_scene.py", ["\(port)", "7"]) { scene in
      let settings = SourceSettings(name: "mail", kind: "celery", url: "redis://127.0.0.1:\(port)/7")
      let connector = try #require(try CeleryConnector.kind.make(settings, SystemClock()) as? CeleryConnector)
      let first = try await connector.observe()
      let waiting = try #require(first.queues.first { $0.name == "waiting" })
      #expect(waiting.ready == 4)
      #expect(first.inFlight == 1 && (first.oldestInFlight ?? -1) >= 0)
      #expect(!first.queues.contains { $0.name.text.contains("pidbox") })
      await connector.listen()
      let second = try await connector.observe()
      let worker = try #require(second.workers.first { $0.name == "scene1@host" })
      #expect(worker.activity == .busy && worker.active == 1 && worker.heartbeatAge != nil)
      guard case .atLeast(let age) = second.queues.first(where: { $0.name == "waiting" })?.oldest else {
        Issue.record("the age must be a lower bound")
        return
      }
      #expect(age > 0 && age < patience)
      try await look(connector)
      try await oneConnection(port)
      await connector.close()
    }
  }

  private func look(_ connector: CeleryConnector) async throws {
    let look = try await connector.waitingTasks(of: ResourceID(source: "mail", kind: .queue, key: "waiting"), window: 10)
    #expect(look.total == 4 && look.next.count == 4)
    #expect(look.next[0].task == "scene.send" && look.next[0].arguments?.text == #"["user-0@example.com"] {"copy": true}"#)
    #expect(look.next[3].priority == 9)
  }

  /// Subscription and commands share one connection: one to the broker, one to the results.
  private func oneConnection(_ port: Int) async throws {
    let client = try RedisSource.client(SourceSettings(name: "x", kind: "rq", url: "redis://127.0.0.1:\(port)/0"), SystemClock())
    let clients = try await client.run([RedisCommand(.client, texts: "LIST")])[0].plain ?? ""
    #expect(clients.split(separator: "\n").filter { $0.contains("name=opsconsole") && $0.contains(" db=7") }.count == 2)
    await client.close()
  }
}
