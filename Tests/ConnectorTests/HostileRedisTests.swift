import OpsModel
import Testing

@testable import Connectors

@Suite("A Redis that is dead, slow, refusing or hostile")
struct HostileRedisTests {
  static func client(_ port: Int, operation: Double = patience, replyBytes: Int = 1 << 20) -> RedisClient {
    RedisClient(
      address: RedisAddress(place: .tcp(host: "127.0.0.1", port: port)), tls: nil,
      limits: .init(connect: patience, operation: operation, replyBytes: replyBytes), clock: SystemClock())
  }

  /// What comes of one PING, and how long it took.
  static func outcome(_ client: RedisClient) async -> (failure: Failure?, seconds: Double) {
    let began = SystemClock().now()
    var failure: Failure?
    do throws(Failure) { _ = try await client.run([RedisCommand(.ping)]) } catch { failure = error }
    await client.close()
    return (failure, SystemClock().now().age(since: began))
  }

  @Test("a closed port is refused at once, with the address")
  func refused() async throws {
    let server = try await ScriptedServer.start(.silent)
    let port = server.port
    await server.stop()
    let machine = Control()
    let (failure, seconds) = await Self.outcome(Self.client(port))
    guard case .unreachable(let address, let reason) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(address.text.contains("127.0.0.1:\(port)") && reason == "connection refused")
    #expect(seconds < machine.allows(0.5))
  }

  @Test("a server that says nothing ends at the deadline, and so does one that trickles")
  func silentAndTrickle() async throws {
    for behaviour in [
      ScriptedServer.Behaviour.silent,
      .trickle(Array("+OK\r\n+OK\r\n$20000\r\n".utf8) + [UInt8](repeating: 65, count: 900), milliseconds: 20),
    ] {
      let server = try await ScriptedServer.start(behaviour)
      let machine = Control()
      let (failure, seconds) = await Self.outcome(Self.client(server.port, operation: 0.4))
      guard case .timedOut = failure else {
        Issue.record("\(String(describing: failure))")
        return
      }
      #expect(seconds >= 0.35 && seconds < machine.allows(1.5))
      await server.stop()
    }
  }

  @Test(
    "garbage, absurd lengths and endless nesting end the connection and never the program",
    arguments: [
      "HTTP/1.1 400 Bad Request\r\n\r\n", "\u{1B}[2J garbage\r\n", "*4294967297\r\n", "$-2\r\n", "*-5\r\n", "*2000000\r\n", ":12a\r\n",
      "$9999999999999\r\n",
    ])
  func garbage(reply: String) async throws {
    let server = try await ScriptedServer.start(.answer(Array(reply.utf8)))
    // Some of them announce so much that only the deadline ends it.
    let (failure, _) = await Self.outcome(Self.client(server.port, operation: 0.4))
    #expect(failure != nil)
    #expect(failure?.what.text.contains("\u{1B}") == false)
    await server.stop()
  }

  @Test("nesting ten thousand deep is refused")
  func nested() async throws {
    let server = try await ScriptedServer.start(.answer(Array(String(repeating: "*1\r\n", count: 10_000).utf8)))
    let (failure, _) = await Self.outcome(Self.client(server.port))
    guard case .garbage = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    await server.stop()
  }

  @Test("a reply larger than the cap is dropped before it is whole")
  func tooLarge() async throws {
    let server = try await ScriptedServer.start(.answer(Array("$900000000\r\n".utf8) + [UInt8](repeating: 65, count: 3_000_000)))
    let (failure, _) = await Self.outcome(Self.client(server.port))
    guard case .tooLarge = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    await server.stop()
  }

  @Test("a reply that is cut at any byte is an error and never a shorter value")
  func cutReplies() async throws {
    let whole = Array("+OK\r\n-ERR unknown\r\n$22\r\nredis_version:7.0.15\r\n\r\n+PONG\r\n".utf8)
    for length in stride(from: 0, to: whole.count - 1, by: 3) {
      let server = try await ScriptedServer.start(.answerThenClose(Array(whole.prefix(length))))
      let (failure, _) = await Self.outcome(Self.client(server.port))
      #expect(failure != nil, "cut at \(length)")
      await server.stop()
    }
  }

  @Test("what the server says when it refuses is told apart")
  func refusals() async throws {
    let cases: [(String, (Failure) -> Bool)] = [
      ("-NOAUTH Authentication required.", { if case .authentication = $0 { true } else { false } }),
      ("-LOADING Redis is loading the dataset in memory", { if case .notReady = $0 { true } else { false } }),
      ("-ERR max number of clients reached", { if case .notReady = $0 { true } else { false } }),
      ("-MOVED 3999 127.0.0.1:6381", { if case .settings = $0 { true } else { false } }),
    ]
    for (line, isRight) in cases {
      let server = try await ScriptedServer.start(.redis { _ in Array((line + "\r\n").utf8) })
      let (failure, _) = await Self.outcome(Self.client(server.port))
      #expect(failure.map(isRight) == true, "\(line) became \(String(describing: failure))")
      await server.stop()
    }
  }

  @Test("a value that looks like a message of a channel is not taken for one")
  func imitation() async throws {
    let imitation = "*4\r\n$8\r\npmessage\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n"
    let server = try await ScriptedServer.start(
      .redis { command in
        switch command[0] {
        case "HMGET": Array(imitation.utf8)
        case "PSUBSCRIBE", "PUNSUBSCRIBE": Array("*3\r\n$10\r\npsubscribe\r\n$1\r\nx\r\n:1\r\n".utf8)
        default: Array("+OK\r\n".utf8)
        }
      })
    let pushed = Pushed()
    let client = RedisClient(
      address: RedisAddress(place: .tcp(host: "127.0.0.1", port: server.port)), tls: nil, limits: .init(operation: patience),
      clock: SystemClock(),
      pattern: Array("x".utf8), onPush: { _ in pushed.add() })
    let replies = try await client.run([RedisCommand(.hmget, texts: "k", "f")])
    #expect(replies[0].array?.count == 4)
    #expect(pushed.count == 0)
    await client.close()
    await server.stop()
  }

  @Test("batches hold at most 200 commands and every reply finds its command")
  func batches() async throws {
    let server = try await ScriptedServer.start(
      .redis { command in command[0] == "GET" ? Array("$\(command[1].utf8.count)\r\n\(command[1])\r\n".utf8) : Array("+OK\r\n".utf8) })
    let client = Self.client(server.port)
    let replies = try await client.run((0..<4321).map { RedisCommand(.get, texts: "key-\($0)") })
    #expect(replies.enumerated().allSatisfy { $0.element.plain == "key-\($0.offset)" })
    #expect(server.accepted == 1)
    await client.close()
    await server.stop()
  }

  @Test("a knock is answered by a server that speaks, and by no other")
  func knocking() async throws {
    let speaking = try await ScriptedServer.start(.answer(Array("-NOAUTH\r\n".utf8)))
    #expect(await Knock.redis(RedisAddress(place: .tcp(host: "127.0.0.1", port: speaking.port))))
    let silent = try await ScriptedServer.start(.silent)
    #expect(await Knock.redis(RedisAddress(place: .tcp(host: "127.0.0.1", port: silent.port))) == false)
    await speaking.stop()
    await silent.stop()
    #expect(await Knock.redis(RedisAddress(place: .tcp(host: "127.0.0.1", port: speaking.port))) == false)
  }
}
