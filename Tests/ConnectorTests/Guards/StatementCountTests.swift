import OpsModel
import Testing

@testable import Connectors

/// What a refresh asks of PostgreSQL, counted by the server: who asks more has to change a figure here, and to say why.
@Suite("Statements and connections of a refresh, counted", .serialized)
struct StatementCountTests {
  /// A server, and who counts there: not the account that is counted.
  private struct Counter {
    let connector: PostgresConnector
    let clock: HandClock
    private let link: PostgresLink

    /// - Parameter url: of a user, for the role that is counted and for the one that counts.
    init(_ url: (String) -> String) {
      let clock = HandClock()
      self.clock = clock
      connector = PostgresConnector(
        name: "main-db", settings: PostgresSettings(connection: url("watcher"), password: nil), clock: clock)
      link = PostgresLink(
        settings: PostgresSettings(connection: url("operator"), password: nil), clock: SystemClock())
    }

    private func number(_ sql: String) async throws -> Int {
      let row = try await link.run { (connection) throws(Failure) -> Int? in
        try connection.open()
        return try connection.rows(sql).first?.int(0)
      }
      return try #require(row)
    }

    /// Statements of one refresh, after so many seconds.
    func refresh(after seconds: Double = 2) async throws -> Int {
      let sql = "select coalesce(sum(calls), 0)::int from public.pg_stat_statements where userid = 'watcher'::regrole"
      let before = try await number(sql)
      clock.move(by: seconds)
      _ = try await connector.observe()
      return try await number(sql) - before
    }

    var connections: Int {
      get async throws { try await number("select count(*)::int from pg_stat_activity where usename = 'watcher'") }
    }

    func close() async {
      await connector.close()
      link.close()
    }
  }

  /// The first looks read what is read once: what the server is, names, and the texts of statements.
  private static func settle(_ counter: Counter) async throws {
    for _ in 0..<4 { _ = try await counter.refresh(after: 11) }
  }

  @Test("while nobody waits: two statements, and a fixed number more every ten seconds, over one connection")
  func quiet() async throws {
    let port = try LiveScene.variable("OPSCONSOLE_TEST_PG_PORT")
    let database = try LiveScene.variable("OPSCONSOLE_TEST_PG_DATABASE")
    let counter = Counter { "postgresql://\($0)@127.0.0.1:\(port)/\(database)" }
    try await Self.settle(counter)
    for _ in 0..<3 { #expect(try await counter.refresh() == 2) }
    // Replication, slots, progress, horizon, wraparound, temporary files, checkpoints.
    #expect(try await counter.refresh(after: 11) == 2 + 7)
    #expect(try await counter.connections == 1)
    await counter.close()
  }

  @Test(
    "while sessions wait: the lock table besides, and for queues and prepared transactions one more each, however many wait",
    arguments: [(["queue:2"], 3), (["queue:40"], 3), (["queue:40", "convoy", "prepared"], 5)])
  func waiting(_ scenes: [String], _ statements: Int) async throws {
    try await Triage.during(scenes) { scene in
      let port = try scene.number("port")
      let database = try scene.text("database")
      let counter = Counter { "postgresql://\($0)@127.0.0.1:\(port)/\(database)" }
      try await Self.settle(counter)
      for _ in 0..<3 { #expect(try await counter.refresh() == statements, "\(scenes)") }
      #expect(try await counter.connections == 1)
      await counter.close()
    }
  }
}
