import Canvas
import Console
import OpsModel
import Testing

@Suite("Panels as they look")
@MainActor
struct GoldenTests {
  nonisolated static let cases: [GoldenCase] =
    [
      ("pulse", [] as [Key]), ("queues", [Key("2")]), ("workers", [Key("4")]), ("database", [Key("5")]),
      ("session", [Key("5"), .enter]), ("worker", [Key("4"), .enter]), ("queue", [Key("2"), .enter]),
      ("palette", [Key(":")]), ("help", [Key("?")]),
    ].flatMap { GoldenCase.sizes($0, $1) }
    + ["never", "empty", "stale", "failed", "hostile", "huge"].flatMap { state in
      [("pulse", [] as [Key]), ("queues", [Key("2")]), ("workers", [Key("4")]), ("database", [Key("5")])]
        .map { GoldenCase.state(state, $0, $1) }
    }
    + [("session", [Key("5"), .enter]), ("worker", [Key("4"), .enter])]
    .map { GoldenCase.state("stale", $0, $1) }

  @Test("each panel at several sizes, looks and states", arguments: cases)
  func golden(_ one: GoldenCase) throws {
    let headless = try Headless(one.columns, one.rows, look: one.look)
    Scenes.fill(headless, one.state)
    for key in one.keys { headless.press(key) }
    Scenes.answerLook(headless)
    try Golden.compare(headless.frame, one)
  }
}
