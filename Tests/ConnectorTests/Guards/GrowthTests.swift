import Glibc
import OpsModel
import Testing

@testable import Connectors

/// CPU is guarded by growth alone: how long anything takes is up to the machine, how it grows is up to the program.
@Suite("Growth of polls, beside a real Redis", .serialized)
struct GrowthTests {
  /// Ten times as many queues may cost so many times as much.
  private static let most = 15.0
  private static let databases = (small: 8, large: 9)

  /// Seconds of CPU that this process used while the body ran.
  private static func cost(_ body: () async throws -> Void) async throws -> Double {
    func spent() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let before = spent()
    try await body()
    return spent() - before
  }

  /// What polls of one size cost: the first, which finds the names, and the ones after it. Always the least of several.
  private struct Costs: CustomStringConvertible {
    var first = Double.infinity
    var next = Double.infinity

    var description: String { "first \(Int(first * 1e6)) µs, next \(Int(next * 1e6)) µs" }
  }

  private static func poll(_ field: QueueField, _ port: Int, _ costs: inout Costs) async throws {
    // The clock stands still: no poll but the first is one that reads names again.
    let connector = try field.connector(port, HandClock())
    var queues = 0
    costs.first = min(costs.first, try await cost { queues = try await connector.observe().queues.count })
    for _ in 0..<2 {
      costs.next = min(costs.next, try await cost { queues = try await connector.observe().queues.count })
    }
    #expect(queues == field.count, "a poll that sees \(queues) queues proves nothing")
    await connector.close()
  }

  @Test("a poll of 2,000 queues costs at most fifteen times a poll of 200", arguments: QueueField.System.allCases)
  func queues(_ system: QueueField.System) async throws {
    let port = try LiveScene.redisPort
    let small = QueueField(system: system, database: Self.databases.small, count: 200)
    let large = QueueField(system: system, database: Self.databases.large, count: 2_000)
    for field in [small, large] { try field.fill(port) }
    var costs = (small: Costs(), large: Costs())
    // Side by side, so that both meet the same machine.
    for _ in 0..<3 {
      try await Self.poll(small, port, &costs.small)
      try await Self.poll(large, port, &costs.large)
    }
    print("    \(system.rawValue): 200 queues \(costs.small); 2,000 queues \(costs.large)")
    #expect(costs.large.next <= Self.most * costs.small.next, "\(system.rawValue): \(costs)")
    #expect(costs.large.first <= Self.most * costs.small.first, "\(system.rawValue): \(costs)")
    for field in [small, large] { try field.clear(port) }
  }
}
