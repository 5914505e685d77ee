import Console
import OpsModel
import Panels
import TestKit
import Testing

/// CPU is guarded by growth: in every table ten times the rows cost at most fifteen times as much. Sorting alone costs thirteen times.
/// 20,000 rows are compared with 2,000; `make test-quick` compares half as many of both, in half the time.
@MainActor
@Suite("What ten times the rows cost in every table")
struct TableGrowthTests {
  nonisolated static let rows = Amount.isQuick ? 1_000 : 2_000
  nonisolated static let tables = PanelCatalogue.all.filter(\.isTable)
  nonisolated static let most = 15.0

  @Test("arranging, moving, sorting and filtering cost at most fifteen times as much", arguments: tables.map(\.manifest.id))
  func growth(id: String) throws {
    let entry = try #require(Self.tables.first { $0.manifest.id == id })
    let small = try #require(TableBench(entry, rows: Self.rows), "add rows for \(id) to TableRows")
    let large = try #require(TableBench(entry, rows: 10 * Self.rows))
    let steps: [(name: String, work: (TableBench) throws -> Void)] = [
      ("arranging", { $0.arrange() }), ("moving the cursor", { $0.move() }), ("sorting", { $0.sort() }), ("filtering", { try $0.filter() }),
    ]
    var figures: [String] = []
    for step in steps {
      let ratio = try Growth.ratio(enough: Self.most) {
        try step.work(small)
      } large: {
        try step.work(large)
      }
      figures.append("\(step.name) \((ratio * 10).rounded() / 10)")
      let allowed = ratio <= Self.most ? Self.most : Growth.allowed(Self.most, rows: Self.rows)
      #expect(ratio <= allowed, "\(step.name) in \(id) costs \(ratio) times as much")
    }
    print("    \(id): \(figures.joined(separator: ", ")) times")
    #expect(small.isMoving && large.isMoving, "there is no row in \(id)")
  }
}
