import NIOCore
import Testing

@testable import Connectors

@Suite("Commands as they go over the wire")
struct PipelineTests {
  private func texts(_ pipeline: RedisPipeline) -> [String] { pipeline.parts.map { String(buffer: $0.bytes) } }

  @Test("a command is an array of counted strings, whatever bytes are in it")
  func format() {
    let pipeline = RedisPipeline([RedisCommand(.hget, Array("a\r\nb".utf8), [])])
    #expect(texts(pipeline) == ["*3\r\n$4\r\nHGET\r\n$4\r\na\r\nb\r\n$0\r\n\r\n"])
    let long = RedisPipeline([RedisCommand(.get, [UInt8](repeating: 0x78, count: 1_234))])
    #expect(texts(long) == ["*2\r\n$3\r\nGET\r\n$1234\r\n" + String(repeating: "x", count: 1_234) + "\r\n"])
  }

  @Test("commands are cut into batches, and none is lost", arguments: [0, 1, 199, 200, 201, 1_000, 1_001])
  func batches(count: Int) {
    let pipeline = RedisPipeline((0..<count).map { RedisCommand(.get, texts: "key-\($0)") })
    #expect(pipeline.count == count)
    #expect(pipeline.parts.map(\.count).reduce(0, +) == count)
    #expect(pipeline.parts.allSatisfy { $0.count <= RedisPipeline.batch && $0.count > 0 })
    let all = texts(pipeline).joined()
    #expect(all == (0..<count).map { "*2\r\n$3\r\nGET\r\n$\("key-\($0)".count)\r\nkey-\($0)\r\n" }.joined())
  }

  @Test("between two commands the same are in the same batches, and the places of both turns are known", arguments: [1, 200, 450])
  func between(count: Int) throws {
    let inner = RedisPipeline((0..<count).map { RedisCommand(.get, texts: "\($0)") })
    let pattern = Array("p*".utf8)
    let whole = inner.between(RedisCommand(.punsubscribe, pattern), RedisCommand(.psubscribe, pattern))
    #expect(whole.parts.count == inner.parts.count)
    #expect(whole.count == count + 2)
    let all = texts(whole).joined()
    #expect(all.hasPrefix("*2\r\n$12\r\nPUNSUBSCRIBE\r\n$2\r\np*\r\n*2"))
    #expect(all.hasSuffix("*2\r\n$10\r\nPSUBSCRIBE\r\n$2\r\np*\r\n"))
    let first = try #require(whole.parts.first)
    let last = try #require(whole.parts.last)
    #expect(first.turns[0] == false)
    #expect(last.turns[last.count - 1] == true)
    #expect(whole.parts.flatMap(\.turns).count == 2)
    #expect(inner.parts.allSatisfy { $0.turns.isEmpty }, "what is kept is not changed")
  }
}
