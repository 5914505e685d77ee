import Foundation
import OpsModel
import Testing

@testable import Connectors

@Suite("PostgreSQL, a real one", .serialized)
struct LivePostgresTests {
  static func connector(_ user: String) throws -> PostgresConnector {
    let port = try LiveScene.variable("OPSCONSOLE_TEST_PG_PORT")
    let database = try LiveScene.variable("OPSCONSOLE_TEST_PG_DATABASE")
    let url = "postgresql://\(user)@127.0.0.1:\(port)/\(database)"
    return PostgresConnector(name: "main-db", settings: PostgresSettings(connection: url, password: nil), clock: SystemClock())
  }

  static func duringScene(_ body: (LiveScene) async throws -> Void) async throws {
    try await LiveScene.sharing(
      "postgres_scene.py",
      [
        LiveScene.variable("OPSCONSOLE_TEST_PG_SOCKET_DIR"), LiveScene.variable("OPSCONSOLE_TEST_PG_PORT"),
        LiveScene.variable("OPSCONSOLE_TEST_PG_DATABASE"),
      ], body)
  }

  @Test("sessions, who blocks whom, connections, role and version")
  func sessions() async throws {
    try await Self.duringScene { scene in
      let connector = try Self.connector("watcher")
      let observation = try await connector.observe()
      let sessions = Dictionary(uniqueKeysWithValues: observation.sessions.map { ($0.pid, $0) })
      let holder = try #require(sessions[scene.number("holder")])
      #expect(holder.isIdleInTransaction && holder.blocks >= 1 && (holder.transactionAge ?? -1) >= 0)
      let first = try #require(sessions[scene.number("first")])
      #expect(first.blockedBy == [holder.pid] && first.waitType == "Lock" && first.isActive)
      #expect(sessions[try scene.number("second")]?.blockedBy.isEmpty == false)
      // An application may call itself anything; PostgreSQL 15 turns what is not printable ASCII into '?', later ones into \x escapes.
      #expect(sessions[try scene.number("idle")]?.application?.text.contains("\u{1B}") == false)
      let server = try #require(observation.server)
      #expect(server.product.text.hasPrefix("PostgreSQL 1") && server.role == .primary)
      #expect((server.connections ?? 0) >= 5 && server.connectionLimit == 57)
      #expect(observation.notices.isEmpty)
      await connector.close()
    }
  }

  @Test("without pg_monitor the message names the grant, and who blocks whom still shows")
  func missingPrivilege() async throws {
    try await Self.duringScene { scene in
      let connector = try Self.connector("nobody_special")
      let observation = try await connector.observe()
      #expect(observation.notices.contains { $0.text.text.contains("GRANT pg_monitor TO nobody_special") })
      let first = try #require(observation.sessions.first { $0.pid == (try? scene.number("first")) })
      #expect(first.isHidden && first.query == nil && first.user == "postgres")
      #expect(first.blockedBy == [try scene.number("holder")])
      await connector.close()
    }
  }

  @Test("the session is read-only, has its timeouts and its name, and no transaction stays open")
  func session() async throws {
    let port = try LiveScene.variable("OPSCONSOLE_TEST_PG_PORT")
    let link = PostgresLink(
      settings: PostgresSettings(connection: "postgresql://app@127.0.0.1:\(port)/shop", password: nil), clock: SystemClock())
    let row = try await link.run { (connection) throws(Failure) -> [String] in
      try connection.open()
      let rows = try connection.rows(
        "select current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('default_transaction_read_only'), current_setting('application_name')"
      )
      return (0..<4).map { rows[0].string($0) ?? "" }
    }
    #expect(row == ["2s", "200ms", "on", "opsconsole"])
    await #expect(throws: Failure.self) {
      try await link.run { (connection) throws(Failure) in _ = try connection.rows("create table x (a int)") }
    }
    // A statement that takes too long ends by the server's timeout and is called by its name.
    do throws(Failure) {
      try await link.run { (connection) throws(Failure) in _ = try connection.rows("select pg_sleep(10)") }
      Issue.record("the statement ended")
    } catch {
      guard case .timedOut = error else {
        Issue.record("\(error)")
        return
      }
    }
    link.close()
  }

  @Test("refused, silent, wrong password, unknown host and nonsense are told apart, each within its deadline")
  func failures() async throws {
    let silent = try await ScriptedServer.start(.silent)
    let garbage = try await ScriptedServer.start(.answer(Array("HTTP/1.0 400\r\n".utf8)))
    let closed = try await OwnServer.freePort()
    let cases: [(String, (Failure) -> Bool)] = [
      ("postgresql://x@127.0.0.1:\(closed)/x", { if case .unreachable = $0 { true } else { false } }),
      ("postgresql://x@127.0.0.1:\(silent.port)/x", { if case .timedOut = $0 { true } else { false } }),
      (
        "postgresql://x@127.0.0.1:\(garbage.port)/x",
        { if case .unreachable = $0 { true } else if case .garbage = $0 { true } else if case .tls = $0 { true } else { false } }
      ),
      ("postgresql://no.such.host.invalid/x", { if case .unknownHost = $0 { true } else { false } }),
      ("this is = not ' a secret string", { if case .settings = $0 { true } else { false } }),
      ("service=no-such-service", { if case .settings = $0 { true } else { false } }),
    ]
    for (url, isRight) in cases {
      let machine = Control()
      let connector = PostgresConnector(name: "x", settings: PostgresSettings(connection: url, password: nil), clock: SystemClock())
      let began = SystemClock().now()
      do throws(Failure) {
        _ = try await connector.observe()
        Issue.record("\(url) answered")
      } catch {
        #expect(isRight(error), "\(url) became \(error)")
        #expect(!error.sentence(age: nil).text.contains("secret"))
      }
      let took = SystemClock().now().age(since: began)
      #expect(took < machine.allows(5), "\(url): \(took) s")
      await connector.close()
    }
    await silent.stop()
    await garbage.stop()
  }

  @Test("columns that a version has not are not asked for")
  func versions() {
    #expect(ActivitySQL.sessions(version: 120_000).contains("null::int") && ActivitySQL.sessions(version: 130_000).contains("leader_pid"))
    #expect(!ActivitySQL.sessions(version: 130_000).contains("query_id") && ActivitySQL.sessions(version: 140_000).contains("query_id"))
    #expect(!LocksSQL.contested(version: 130_000).contains("waitstart") && LocksSQL.contested(version: 140_000).contains("waitstart"))
    #expect(HealthSQL.checkpoints(160_000).contains("pg_stat_bgwriter") && HealthSQL.checkpoints(170_000).contains("pg_stat_checkpointer"))
    #expect(!HealthSQL.slots(120_000).contains("wal_status") && !HealthSQL.progress(120_000).contains("progress_analyze"))
    #expect(HealthSQL.progress(140_000).contains("progress_copy") && !HealthSQL.progress(130_000).contains("progress_copy"))
    #expect(!ActivitySQL.counters(version: 130_000).contains("active_time") && !HealthSQL.checkpoints(130_000).contains("pg_stat_wal"))
  }
}
