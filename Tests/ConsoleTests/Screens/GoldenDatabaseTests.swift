import Canvas
import Testing

@Suite("The database, tab by tab, as it looks")
@MainActor
struct GoldenDatabaseTests {
  nonisolated static let cases: [GoldenCase] =
    [
      ("activity", [Key("5")]), ("statements", [Key("5"), .tab]), ("locks", [Key("5"), .tab, .tab]),
      ("plan", [Key("5"), .tab, Key("v")]), ("statement", [Key("5"), .tab, .enter]), ("connections", [Key("5"), Key("n")]),
      ("server", [Key("5"), Key("H")]),
    ].flatMap { GoldenCase.sizesAndHostile($0, $1) + [.state("stale", $0, $1)] }

  @Test("at several sizes, looks and with hostile text", arguments: cases)
  func golden(_ one: GoldenCase) throws {
    let headless = try DatabaseScenes.console(one.columns, one.rows, look: one.look, hostile: one.isHostile)
    if one.state == "stale" { DatabaseScenes.fail(headless) }
    for key in one.keys {
      headless.press(key)
      DatabaseScenes.answer(headless)
    }
    try Golden.compare(headless.frame, one)
  }
}
