import Canvas
import Testing

@Suite("Runbooks as they look")
@MainActor
struct GoldenRunbookTests {
  nonisolated static let cases: [GoldenCase] =
    [
      ("runbooks", [Key("7")]), ("runs", [Key("7"), .tab]), ("run", [Key("7"), .tab, .enter]),
      ("run-form", [Key("7"), Key("/"), Key("d"), Key("l"), Key("q"), .enter, .enter]),
      ("run-plan", [Key("7"), Key("/"), Key("d"), Key("l"), Key("q"), .enter, .enter, Key("x"), .enter]),
      ("run-resume", [Key("7"), .tab, .enter, Key("R")]),
    ].flatMap { GoldenCase.sizesAndHostile($0, $1) }

  @Test("at several sizes, looks and with hostile text", arguments: cases)
  func golden(_ one: GoldenCase) throws {
    let headless = try RunbookScenes.console(one.columns, one.rows, look: one.look, hostile: one.isHostile)
    for key in one.keys {
      headless.press(key)
      RunbookScenes.answer(headless, hostile: one.isHostile)
    }
    try Golden.compare(headless.frame, one)
  }
}
