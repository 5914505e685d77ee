import Foundation
import OpsModel
import Testing

@testable import Connectors

@Suite("Who blocks whom, on a real cluster", .serialized)
struct LiveLocksTests {
  /// Two clusters for all tests: none of them changes what another looks at.
  private static let tangle = ["chain", "convoy", "prepared", "deadlock", "advisory"]
  private static let line = ["queue:100", "tables", "slot"]

  private static func row(_ tree: LockTree, _ pid: Int) throws -> LockRow { try #require(tree.rows.first { $0.pid == pid }) }

  private static func tree(_ observation: Observation) throws -> LockTree { try #require(observation.locks) }

  @Test("a chain three deep, a convoy behind DDL and a prepared transaction, each with its root and its remedy")
  func chain() async throws {
    try await Triage.sharing(Self.tangle) { scene in
      let observation = try await Triage.look(scene)
      let tree = try Self.tree(observation)
      // The three below and the holder of the advisory lock; two more wait for each other, and have no root.
      #expect(tree.roots == 4 && tree.waiters == 10 + 1 + 2)
      let root = try Self.row(tree, scene.number("chain_root"))
      #expect(root.kind == .root && root.depth == 0 && root.victims == 3 && root.remedy?.text.hasPrefix("terminate") == true)
      #expect(root.holds?.text.contains("chain_rows") == true)
      let deep = try ["chain_first", "chain_second", "chain_third"].map { try Self.row(tree, scene.number($0)) }
      #expect(deep.map(\.depth) == [1, 2, 3] && deep.map(\.victims) == [2, 1, 0] && deep.allSatisfy { !$0.isSoft })
      #expect(deep[0].waitsFor?.text.contains("row (0,1) of chain_rows") == true)
      try Self.convoy(tree, scene)
      let prepared = try #require(tree.rows.first { $0.kind == .prepared })
      #expect(prepared.application?.text == "opsc-gid-1" && prepared.victims == 1 && prepared.user == "app")
      #expect(prepared.remedy?.text.contains("ROLLBACK PREPARED 'opsc-gid-1'") == true)
      let waiter = try Self.row(tree, scene.number("prepared_waiter"))
      #expect(waiter.depth == 1 && tree.root(of: waiter)?.kind == .prepared)
      let session = try #require(observation.sessions.first { $0.pid == (try? scene.number("chain_root")) })
      #expect(session.blocks == 3 && session.blockedBy.isEmpty && session.isWriting)
    }
  }

  private static func convoy(_ tree: LockTree, _ scene: LiveScene) throws {
    let reader = try row(tree, scene.number("convoy_reader"))
    #expect(reader.kind == .root && reader.victims == 6 && reader.holds?.text == "AccessShareLock on convoy_rows")
    let alter = try row(tree, scene.number("convoy_alter"))
    #expect(alter.depth == 1 && !alter.isSoft && alter.mode == "AccessExclusiveLock" && alter.victims == 5)
    #expect(alter.remedy?.text.contains("lets the 5 queued behind it go on") == true)
    let selects = Set(try scene.numbers("convoy_selects"))
    let shown = tree.rows.filter { $0.pid.map { selects.contains($0) } ?? false }
    let rest = try #require(tree.rows.first { $0.kind == .queue && $0.waitsFor == "convoy_rows" })
    #expect(shown.count + rest.count == 5 && shown.allSatisfy { $0.isSoft && $0.depth == 2 } && rest.isSoft)
  }

  @Test("a hundred waiters on one row are one line behind the first, under a root that is idle in transaction")
  func queue() async throws {
    try await Triage.sharing(Self.line) { scene in
      let observation = try await Triage.look(scene)
      let tree = try Self.tree(observation)
      let root = try Self.row(tree, scene.number("queue_root"))
      #expect(tree.roots == 1 && tree.waiters == 100 && root.victims == 100 && root.state == "idle in transaction")
      #expect(root.holds?.text == "row (0,1) of queue_rows, changed and not committed")
      #expect(root.suffering >= 0 && tree.rows.count < 10)
      let line = try #require(tree.rows.last)
      #expect(line.kind == .queue && line.count == 97 && line.depth == 2)
      #expect(observation.sessions.filter { !$0.blockedBy.isEmpty }.count == 100)
    }
  }

  @Test("sessions that wait for each other are a cycle, advisory locks are named by their key")
  func cycle() async throws {
    try await Triage.sharing(Self.tangle) { scene in
      let tree = try Self.tree(try await Triage.look(scene))
      let cycle = try #require(tree.rows.first { $0.kind == .cycle })
      let members = Set([try scene.number("dead_a"), try scene.number("dead_b")])
      #expect(cycle.count == 2 && Set(tree.rows.compactMap(\.pid)).isSuperset(of: members))
      let waiter = try Self.row(tree, scene.number("advisory_waiter"))
      let holder = try scene.number("advisory_holder")
      #expect(waiter.waitsFor == "advisory lock 42" && tree.root(of: waiter)?.pid == holder)
    }
  }

  @Test("a role without pg_monitor sees the same tree, and is told what is hidden from it")
  func unprivileged() async throws {
    try await Triage.sharing(Self.tangle) { scene in
      let observation = try await Triage.look(scene, "nobody_special")
      let tree = try Self.tree(observation)
      let root = try Self.row(tree, scene.number("chain_root"))
      #expect(root.victims == 3 && root.state == "hidden" && root.remedy?.text.contains("GRANT pg_monitor") == true)
      #expect(tree.rows.contains { $0.application == "opsc-gid-1" })
      #expect(observation.notices.contains { $0.text.text.contains("GRANT pg_monitor TO nobody_special") })
    }
  }

  @Test("a serializable reader holds up nobody: its marks are not locks")
  func predicate() async throws {
    try await Triage.sharing(Self.line) { scene in
      let link = PostgresLink(settings: try Triage.settings(scene, "app"), clock: SystemClock())
      try await link.run { (connection) throws(Failure) in
        try connection.open()
        _ = try connection.rows("begin isolation level serializable read write")
        _ = try connection.rows("select * from public.queue_rows")
      }
      #expect(try await scene.value("select count(*) > 0 from pg_locks where mode = 'SIReadLock'") == "t")
      let tree = try Self.tree(try await Triage.look(scene))
      #expect(tree.roots == 1 && tree.rows.first?.pid == (try? scene.number("queue_root")))
      link.close()
    }
  }

  @Test("looking takes no lock on a table: an ACCESS EXCLUSIVE lock holds up nothing but the plan of its own table")
  func noRelationLock() async throws {
    try await Triage.sharing(Self.line) { scene in
      let connector = try Triage.connector(scene)
      _ = try await connector.observe()
      let table = try scene.text("bloated_table")
      let holder = PostgresLink(settings: try Triage.settings(scene, "app"), clock: SystemClock())
      try await holder.run { (connection) throws(Failure) in
        try connection.open()
        _ = try connection.rows("set idle_in_transaction_session_timeout = 0")
        _ = try connection.rows("begin read write")
        _ = try connection.rows("lock table public.\(table) in access exclusive mode")
      }
      let machine = Control()
      let began = SystemClock().now()
      let observation = try await connector.observe()
      let findings = try await connector.examineTables()
      let looked = SystemClock().now().age(since: began)
      #expect(observation.health?.gaps.isEmpty == true && findings.notices.isEmpty)
      do throws(Failure) {
        _ = try await connector.plan(of: PlanRequest(source: "main-db", statement: .text("select count(*) from \(table)")))
        Issue.record("a plan came through the lock")
      } catch {
        guard case .notReady(let why) = error else {
          Issue.record("\(error)")
          return holder.close()
        }
        #expect(why.text.contains("a lock was not to be had"))
      }
      let planned = SystemClock().now().age(since: began)
      let allowed = machine.allows(2)
      #expect(looked < allowed && planned < allowed + machine.allows(1), "\(looked) and \(planned) s of \(allowed)")
      holder.close()
      await connector.close()
    }
  }
}
