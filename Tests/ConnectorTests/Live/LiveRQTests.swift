import OpsModel
import Testing

@testable import Connectors

@Suite("RQ as RQ itself wrote it", .serialized)
struct LiveRQTests {
  static func connector(_ database: Int) throws -> RQConnector {
    let settings = SourceSettings(name: "orders", kind: "rq", url: "redis://127.0.0.1:\(try LiveScene.redisPort)/\(database)")
    return RQConnector(name: "orders", client: try RedisSource.client(settings, SystemClock()), clock: SystemClock())
  }

  @Test("queues, registries, workers and what they do")
  func scene() async throws {
    try await LiveScene.sharing("rq_scene.py", ["\(try LiveScene.redisPort)", "5"]) { scene in
      let connector = try Self.connector(5)
      let observation = try await connector.observe()
      let queues = Dictionary(uniqueKeysWithValues: observation.queues.map { ($0.name.text, $0) })
      let fallen = try #require(queues["failing"])
      #expect(fallen.dead == 3 && fallen.ready == 0 && fallen.oldest == .none)
      let usual = try #require(queues["default"])
      #expect(usual.ready == 5 && usual.deferred == 1 && usual.scheduled == 1 && usual.dead == 0)
      guard case .exact(let age) = usual.oldest else {
        Issue.record("oldest is \(usual.oldest)")
        return
      }
      #expect(age >= 0 && age < 2 * patience)
      #expect(queues["slow"]?.running == 1 && queues["slow"]?.workers == 1)
      let workers = Dictionary(uniqueKeysWithValues: observation.workers.map { ($0.name.text, $0) })
      let busy = try #require(workers["busy-1"])
      #expect(busy.activity == .busy && busy.currentTask?.text == "scene_tasks.sleep(120)")
      #expect((busy.onTask ?? -1) >= 0 && (busy.heartbeatAge ?? -1) >= 0)
      #expect(workers["idle-1"]?.activity == .idle)
      #expect(workers["idle-1"]?.queues == ["nothing", "more"])
      #expect(workers["ghost-1"]?.activity == .lost)
      await connector.close()
    }
  }

  @Test("a look into a queue shows both ends with arguments, and a JSON payload in full")
  func waiting() async throws {
    try await LiveScene.sharing("rq_scene.py", ["\(try LiveScene.redisPort)", "5"]) { scene in
      let connector = try Self.connector(5)
      let look = try await connector.waitingTasks(of: ResourceID(source: "orders", kind: .queue, key: "default"), window: 2)
      #expect(look.total == 5 && look.next.count == 2 && look.newest.count == 2)
      #expect(look.next[0].name.text == scene.told["first"] as? String)
      #expect(look.next[0].task == "scene_tasks.add" && look.next[0].arguments == "(1, y=2)")
      #expect(look.newest[0].arguments == "(3, y=0)")
      let json = try await connector.waitingTasks(of: ResourceID(source: "orders", kind: .queue, key: "json"), window: 20)
      #expect(json.next.first?.task == "scene_tasks.add" && json.next.first?.arguments?.text == "[5] {\"y\": 6}")
      #expect(json.newest.isEmpty)
      await connector.close()
    }
  }

  @Test("looking writes nothing: the server sees reads and the words of a connection, and one connection")
  func readsOnly() async throws {
    let connector = try Self.connector(6)
    _ = try await connector.observe()
    let client = try RedisSource.client(
      SourceSettings(name: "x", kind: "rq", url: "redis://127.0.0.1:\(try LiveScene.redisPort)/6"), SystemClock())
    let before = try await client.run([RedisCommand(.info, texts: "commandstats")])[0]
    for _ in 0..<5 { _ = try await connector.observe() }
    let after = try await client.run([RedisCommand(.info, texts: "commandstats")])[0]
    let changed = Set(RedisServer.fields(after).map { $0.0 + $0.1.prefix { $0 != "," } }).subtracting(
      RedisServer.fields(before).map { $0.0 + $0.1.prefix { $0 != "," } })
    let names = Set(changed.map { String($0.dropFirst("cmdstat_".count).prefix { $0.isLetter || $0 == "|" }).replacing("calls", with: "") })
    #expect(
      names.isSubset(of: [
        "info", "time", "exists", "scard", "sscan", "llen", "zcard", "zcount", "lrange", "lindex", "hmget", "hget", "hstrlen",
        "client|setname",
        "client|no", "select", "get", "publish", "hset", "set", "ping",
      ]), "\(names)")
    let clients = try await client.run([RedisCommand(.client, texts: "LIST")])[0].plain ?? ""
    #expect(clients.split(separator: "\n").filter { $0.contains("name=opsconsole") && $0.contains(" db=6") }.count == 2)
    await connector.close()
    await client.close()
  }
}
