import Canvas
import Console
import OpsModel
import Testing

@Suite("An incident as it looks: causes, alerts, habits")
@MainActor
struct GoldenIncidentTests {
  nonisolated static let cases: [GoldenCase] =
    [
      ("incident-pulse", [] as [Key]), ("suspects", [.tab]), ("suspect", [.tab, .enter]), ("own-alerts", [Key("8")]),
      ("own-alert", [Key("8"), .enter]), ("habits", [Key("2"), Key("i")]), ("incident-queues", [Key("2")]),
      ("mute", [Key("8"), Key("m")]),
    ].flatMap { GoldenCase.sizesAndHostile($0, $1) }

  @Test("at several sizes, looks and with hostile text", arguments: cases)
  func golden(_ one: GoldenCase) throws {
    let headless = try IncidentScenes.console(one.columns, one.rows, look: one.look, hostile: one.isHostile)
    headless.feed(.hygiene("orders", .success(IncidentScenes.habits)))
    for key in one.keys { headless.press(key) }
    try Golden.compare(headless.frame, one)
  }
}
