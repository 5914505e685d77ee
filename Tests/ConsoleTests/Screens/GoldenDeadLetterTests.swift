import Canvas
import Testing

@Suite("Dead letters, their plans and the audit log as they look")
@MainActor
struct GoldenDeadLetterTests {
  nonisolated static let cases: [GoldenCase] =
    [
      ("dead-letters", [Key("3")]), ("dead-list", [Key("3"), .enter, Key("Space"), Key("Space")]),
      ("dead-letter", [Key("3"), .enter, .enter]), ("action-plan", [Key("3"), Key("R")]), ("audit", [Key("9")]),
      ("restore", [Key("3"), Key("U")]), ("worker-actions", [Key("4")]),
    ].flatMap { GoldenCase.sizes($0, $1) }
    + [.state("hostile", "dead-letters", [Key("3")]), .state("hostile", "dead-list", [Key("3"), .enter])]

  @Test("at several sizes, looks and with hostile text", arguments: cases)
  func golden(_ one: GoldenCase) throws {
    let headless = try DeadScenes.console(one.columns, one.rows, look: one.look)
    for key in one.keys {
      headless.press(key)
      DeadScenes.answer(headless, hostile: one.isHostile)
    }
    try Golden.compare(headless.frame, one)
  }
}
