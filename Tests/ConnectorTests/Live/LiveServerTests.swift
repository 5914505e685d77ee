import Foundation
import OpsModel
import Testing

@testable import Connectors

@Suite("A server beside its sessions, on a real cluster", .serialized)
struct LiveServerTests {
  private static let shared = ["standby", "slot", "busy", "tables", "pooler"]

  @Test("a primary tells of its standby, a standby of itself; a paused replay and a forgotten slot are trouble")
  func replication() async throws {
    try await Triage.sharing(Self.shared) { scene in
      let primary = try await Triage.look(scene)
      let health = try #require(primary.health)
      #expect(primary.server?.role == .primary && health.standby == nil && health.gaps.isEmpty)
      let replica = try #require(health.replicas.first)
      #expect(replica.state == "streaming" && replica.unsent != nil)
      #expect(health.slots.contains { $0.name == "left_behind" && !$0.isActive && ($0.retained ?? -1) >= 0 })
      let standby = try await Triage.look(scene, port: "standby_port")
      let own = try #require(standby.health?.standby)
      #expect(standby.server?.role == .standby && own.receiver == "streaming" && own.pause == "not paused")
      #expect(standby.health?.gaps.isEmpty == true)
      try await scene.ask("do pause")
      try await scene.ask("sql create table after_pause as select generate_series(1, 50000) as n")
      let paused = try #require(try await Triage.look(scene, port: "standby_port").health)
      #expect((paused.standby?.behind ?? 0) > 0 && paused.troubles.contains { $0.text.text.contains("replay is paused") })
      try await scene.ask("do resume")
      let connector = try Triage.connector(scene, port: "standby_port")
      let findings = try await connector.examineTables()
      #expect(findings.notices.contains { $0.text.text.contains("standby") } && !findings.list.contains { $0.kind == .unused })
      await connector.close()
    }
  }

  @Test("counters become rates between two looks, and are unknown after one")
  func pressure() async throws {
    try await Triage.sharing(Self.shared) { scene in
      let connector = try Triage.connector(scene)
      let first = try #require(try await connector.observe().health)
      #expect(first.pressure.span == nil && first.pressure.commits == nil)
      for _ in 0..<40 { try await scene.ask("sql select count(*) from pg_class") }
      // Sessions report what they counted once a second at most: until then commits are as before. A look commits as well, some
      // three times: a few looks cannot make up for the forty.
      var (commits, looks) = (0.0, 0)
      let second = try await eventually("forty commits", every: .seconds(1)) { () -> DatabaseHealth? in
        let health = try #require(try await connector.observe().health)
        commits += (health.pressure.commits ?? 0) * (health.pressure.span ?? 0)
        looks += 1
        return commits >= 40 ? health : nil
      }
      #expect(looks <= 6, "the commits may be those of the looks")
      #expect((second.pressure.walBytes ?? -1) >= 0 && second.pressure.hitShare != nil)
      for _ in 0..<2 { try await scene.ask("sql checkpoint") }
      // The checkpointer reports a checkpoint after it has told whoever asked for it that it is done.
      let third = try await eventually("two checkpoints") { () -> DatabaseHealth? in
        let health = try #require(try await connector.observe().health)
        return (health.pressure.requestedCheckpoints ?? 0) >= 2 ? health : nil
      }
      #expect(third.pressure.requestedCheckpoints == 2 && third.troubles.contains { $0.text.text.contains("2 checkpoints by size") })
      #expect(!second.wraparound.isEmpty && second.wraparound.allSatisfy { $0.transactions > 0 })
      await connector.close()
    }
  }

  @Test("what tables and indexes need is found, each with its evidence")
  func tables() async throws {
    try await Triage.sharing(Self.shared) { scene in
      let connector = try Triage.connector(scene)
      let found = try await connector.examineTables()
      func has(_ kind: TableFinding.Kind, _ object: String) -> Bool {
        found.list.contains { $0.kind == kind && ($0.object.text == object || $0.table.text.hasSuffix(object)) }
      }
      #expect(has(.unused, try scene.text("unused_index")))
      let duplicates = try #require(scene.told["duplicate_indexes"] as? [String])
      #expect(duplicates.contains { has(.duplicate, $0) })
      #expect(has(.invalid, try scene.text("invalid_index")))
      #expect(has(.missingForForeignKey, try scene.text("foreign_key")))
      #expect(has(.bloat, try scene.text("bloated_table")))
      #expect(found.list.contains { $0.kind == .sequence && $0.table.text.hasSuffix((try? scene.text("full_sequence")) ?? "?") })
      #expect(found.notices.isEmpty, "\(found.notices)")
      let blind = try Triage.connector(scene, "nobody_special")
      let hidden = try await blind.examineTables()
      #expect(hidden.notices.contains { $0.text.text.contains("GRANT pg_read_all_data TO nobody_special") })
      await connector.close()
      await blind.close()
    }
  }

  @Test("pgbouncer refuses our session settings, and the message says to connect directly")
  func pooler() async throws {
    try await Triage.sharing(Self.shared) { scene in
      let connector = try Triage.connector(scene, port: "pooler_port")
      do throws(Failure) {
        _ = try await connector.observe()
        Issue.record("it answered")
      } catch {
        guard case .settings(let why) = error else {
          Issue.record("\(error)")
          return
        }
        #expect(why.text.contains("pooler") && why.text.contains("connect to PostgreSQL directly"))
      }
      await connector.close()
    }
  }

  @Test("with a hundred waiters and 5,000 statements a refresh is five statements at most, and a few milliseconds of the server")
  func cost() async throws {
    try await Triage.during(["queue:100", "statements:5000"]) { scene in
      let connector = try Triage.connector(scene, isEager: false)
      _ = try await connector.observe()
      _ = try await connector.observe()
      let mine = "from pg_stat_statements where userid = 'watcher'::regrole"
      let calls = try #require(Int(try await scene.value("select sum(calls) \(mine)")))
      let time = try #require(Double(try await scene.value("select sum(total_exec_time) \(mine)")))
      let machine = Control()
      for _ in 0..<8 { _ = try await connector.observe() }
      let spent = try #require(Double(try await scene.value("select sum(total_exec_time) \(mine)"))) - time
      let made = try #require(Int(try await scene.value("select sum(calls) \(mine)"))) - calls
      #expect(made <= 40, "\(made) statements in 8 refreshes")
      // The figure of the budget, 3 ms, is checked by the benchmark; here only what no noise explains.
      #expect(spent / 8 < machine.allows(12), "\(spent / 8) ms in a refresh")
      await connector.close()
    }
  }
}
