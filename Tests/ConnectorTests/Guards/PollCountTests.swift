import OpsModel
import Testing

@testable import Connectors

/// What can be counted is guarded exactly: who asks more has to change a figure here, and to say why.
@Suite("Commands, round trips and connections of a poll, counted", .serialized)
struct PollCountTests {
  struct Budget: Sendable {
    let system: QueueField.System
    /// Round trips of a poll, however many queues there are. Each connection has its own.
    let roundTrips: Int
    let connections: Int
    /// Commands that do not depend on how much there is.
    let fixed: Int
    let perQueue: Int
    let perWorker: Int
  }

  static let budgets = [
    // Counts and records of workers; then the next jobs and when they were queued.
    Budget(system: .rq, roundTrips: 2, connections: 1, fixed: 4, perQueue: 8, perWorker: 1),
    // Lengths and tails of four lists of priorities. Each of the two connections also stops and begins to listen; the
    // one to the results says that it is there.
    Budget(system: .celery, roundTrips: 2, connections: 2, fixed: 8, perQueue: 8, perWorker: 0),
    Budget(system: .sidekiq, roundTrips: 1, connections: 1, fixed: 6, perQueue: 2, perWorker: 3),
    // Counts; then the next message of each queue, and what each worker holds of each queue: see `acks`.
    Budget(system: .dramatiq, roundTrips: 2, connections: 1, fixed: 2, perQueue: 7, perWorker: 0),
  ]

  /// What a poll costs whose names, and whatever else is read once, are known.
  private static func poll(_ field: QueueField) async throws -> CountingProxy.Counts {
    let port = try LiveScene.redisPort
    try field.fill(port)
    let proxy = try CountingProxy(to: port)
    let connector = try field.connector(proxy.port, HandClock())
    for _ in 0..<2 { #expect(try await connector.observe().queues.count == field.count) }
    proxy.reset()
    _ = try await connector.observe()
    let counts = proxy.counts
    await connector.close()
    proxy.stop()
    try field.clear(port)
    return counts
  }

  @Test("a poll keeps its budget of commands, round trips and connections", arguments: budgets)
  func poll(_ budget: Budget) async throws {
    // All commands of one step fit into one batch: a batch is written at once.
    for count in [10, 20] {
      let field = QueueField(system: budget.system, database: 10, count: count)
      let counts = try await Self.poll(field)
      let workers = count / 10
      // Dramatiq is asked about every pair.
      let acks = budget.system == .dramatiq ? workers * count : 0
      let wanted = budget.fixed + budget.perQueue * count + budget.perWorker * workers + acks
      #expect(counts.total == wanted, "\(budget.system.rawValue), \(count) queues: \(counts)")
      #expect(counts.roundTrips == budget.roundTrips, "\(budget.system.rawValue), \(count) queues: \(counts)")
      #expect(counts.connections == budget.connections, "\(budget.system.rawValue), \(count) queues: \(counts)")
    }
  }

  @Test(
    "the count of commands grows with the queues and with nothing else, also where there are thousands",
    arguments: [QueueField.System.rq, .celery, .sidekiq])
  func commands(_ system: QueueField.System) async throws {
    let budget = try #require(Self.budgets.first { $0.system == system })
    let field = QueueField(system: system, database: 10, count: 1_000)
    let counts = try await Self.poll(field)
    #expect(counts.total == budget.fixed + budget.perQueue * 1_000 + budget.perWorker * 100, "\(system.rawValue): \(counts)")
    #expect(counts.connections == budget.connections, "\(system.rawValue): \(counts)")
  }
}
