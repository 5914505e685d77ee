import Canvas
import Console
import Testing

@Suite("The wallboard as it looks, page by page")
@MainActor
struct GoldenWallTests {
  nonisolated static let cases: [GoldenCase] = ["overview", "suspects", "alerts", "queues", "databases"]
    .flatMap { GoldenCase.sizesAndHostile("wall-\($0)", large: Size(columns: 160, rows: 50)) }

  @Test("at several sizes, looks and with hostile text", arguments: cases)
  func golden(_ one: GoldenCase) throws {
    let board = IncidentScenes.wallboard(String(one.name.dropFirst("wall-".count)), hostile: one.isHostile)
    try Golden.compare(board.app.frame(size: one.size, look: one.look), one)
  }
}
