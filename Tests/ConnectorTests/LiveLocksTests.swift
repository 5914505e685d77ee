import Foundation
import OpsModel
import Testing

@testable import Connectors

@Suite("Who blocks whom, on a real cluster", .serialized)
struct LiveLocksTests {
  static func show(_ tree: LockTree) -> String {
    tree.rows.map { row in
      String(repeating: "  ", count: row.depth)
        + "\(row.kind) \(row.pid.map(String.init) ?? "-") \(row.application ?? "-") \(row.waitsFor ?? "-") [\(row.mode ?? "-")] holds \(row.holds ?? "-") victims \(row.victims) n \(row.count) soft \(row.isSoft) | \(row.remedy ?? "-")"
    }.joined(separator: "\n")
  }

  @Test("tmp")
  func tmp() async throws {
    try await Triage.during(["chain", "convoy", "prepared", "queue:100", "deadlock", "advisory"]) { scene in
      let connector = try Triage.connector(scene)
      let seen = try await connector.observe()
      print(Self.show(try #require(seen.locks)))
      for _ in 0..<5 { let o = try await connector.observe(); print(o.took) }
      print(seen.notices, seen.health?.gaps ?? [], seen.health?.troubles ?? [], seen.statements?.window(60).rows.prefix(5) ?? [])
      await connector.close()
      let nobody = try await Triage.look(scene, "nobody_special")
      print(Self.show(try #require(nobody.locks)))
    }
  }
}
