import Foundation
import OpsModel
import Testing

@testable import Connectors

@Suite("Statements over time, on a real cluster", .serialized)
struct LiveStatementsTests {
  /// For tests that read. One that resets all counters, or has some thrown out, has a cluster of its own.
  private static let shared = ["statements:1000", "oldext"]

  private static func log(_ observation: Observation) throws -> StatementLog { try #require(observation.statements) }

  @Test("what was run between two looks is told exactly, with its text, and nothing is reset")
  func window() async throws {
    try await Triage.sharing(Self.shared) { scene in
      let connector = try Triage.connector(scene)
      let before = try await scene.value("select stats_reset::text from pg_stat_statements_info")
      let first = try Self.log(try await connector.observe())
      #expect(first.window(60).span == nil && first.window(60).rows.count > 900)
      try await scene.ask("do work")
      // A window that is too short has no span.
      try await Task.sleep(for: .milliseconds(300))
      let second = try Self.log(try await connector.observe()).window(60)
      let span = try #require(second.span)
      let row = try #require(second.rows.first { $0.counters.calls == 50 })
      #expect(span > 0.2 && span < patience && !row.isRestarted && (row.counters.deviation ?? -1) >= 0)
      #expect(second.perSecond(row.counters.calls).map { abs($0 - 50 / span) < 0.01 } == true)
      // Statements of this look that did nothing are not listed.
      #expect(second.rows.count < 100 && second.evicted == 0)
      let texts = try Self.log(try await connector.observe()).texts
      #expect(texts[row.key]?.text.contains("work_rows") == true)
      #expect(try await scene.value("select stats_reset::text from pg_stat_statements_info") == before)
      await connector.close()
    }
  }

  @Test("statements that the server throws out are counted as lost; a reset begins anew")
  func evictions() async throws {
    try await Triage.during(["statements:200"]) { scene in
      let connector = try Triage.connector(scene)
      _ = try await connector.observe()
      try await scene.ask("do flood 600")
      let window = try Self.log(try await connector.observe()).window(60)
      #expect(window.evicted > 0 && (window.evictions ?? 0) > 0)
      try await scene.ask("sql select pg_stat_statements_reset()")
      try await scene.ask("do work")
      let fresh = try Self.log(try await connector.observe()).window(60)
      #expect(fresh.span == nil && fresh.evicted == 0 && fresh.rows.contains { $0.counters.calls == 50 })
      await connector.close()
    }
  }

  @Test("one statement that is reset by itself is marked, and told by what it did since")
  func single() async throws {
    try await Triage.sharing(Self.shared) { scene in
      let connector = try Triage.connector(scene)
      for _ in 0..<2 { try await scene.ask("do work") }
      _ = try await connector.observe()
      try await scene.ask(
        "sql select pg_stat_statements_reset(userid, dbid, queryid) from pg_stat_statements where query like '%work_rows where%'")
      try await scene.ask("do work")
      let window = try Self.log(try await connector.observe()).window(60)
      let row = try #require(window.rows.first { $0.isRestarted })
      #expect(row.counters.calls == 50)
      await connector.close()
    }
  }

  @Test("time that no statement accounts for is told: a statement that was cancelled is never counted")
  func unattributed() async throws {
    try await Triage.sharing(Self.shared) { scene in
      let connector = try Triage.connector(scene)
      _ = try await connector.observe()
      let link = PostgresLink(settings: try Triage.settings(scene, "app"), clock: SystemClock())
      do throws(Failure) {
        try await link.run { (connection) throws(Failure) in
          try connection.open()
          _ = try connection.rows("set statement_timeout = 1200")
          _ = try connection.rows("select pg_sleep(5)")
        }
        Issue.record("it was not ended")
      } catch {}
      link.close()
      // The session reported what it counted when it ended; that of others comes once a second.
      // Parsing and planning of our looks belong to no statement either: only many of them would make a second.
      try await eventually("more than a second that no statement accounts for", every: .milliseconds(500)) {
        (try Self.log(try await connector.observe()).window(60).unattributed ?? 0) > 1_000
      }
      await connector.close()
    }
  }

  @Test("an old version of the extension in a new server is read by its own columns; none is said to be none")
  func oldExtension() async throws {
    try await Triage.sharing(Self.shared) { scene in
      let old = try await Triage.look(scene, database: try scene.text("old_database"))
      let log = try Self.log(old)
      #expect(log.window(60).rows.contains { $0.counters.total > 0 } && old.notices.isEmpty)
      #expect(old.facets.contains(.statements))
      let none = try await Triage.look(scene, database: "postgres")
      #expect(none.statements == nil && !none.facets.contains(.statements) && !none.sessions.isEmpty)
    }
  }

  @Test("columns follow the version of the extension")
  func columns() {
    func facts(_ version: (Int, Int)) -> PostgresFacts {
      PostgresFacts(
        version: 150_000, product: "", seesAll: true, canSignal: false, isSuperuser: false, role: "", database: "", limit: nil,
        blockSize: 8192, startedAt: 0, statements: ("public", version), statementLimit: nil, freezeAge: 0, querySize: 1024)
    }
    let old = StatementsSQL.counters(facts((1, 7))) ?? ""
    #expect(old.contains("total_time") && !old.contains("exec_time") && !old.contains("wal_bytes") && !old.contains("toplevel"))
    #expect(StatementsSQL.info(facts((1, 8))) == nil && StatementsSQL.info(facts((1, 9))) != nil)
    let new = StatementsSQL.counters(facts((1, 11))) ?? ""
    #expect(new.contains("total_exec_time") && new.contains("stats_since") && new.contains("toplevel") && new.contains("wal_bytes"))
    #expect(old.contains("pg_stat_statements(false)") && new.contains("pg_stat_statements(false)"))
  }
}
