import Canvas
import Testing

@Suite("Runtimes and alerts as they look")
@MainActor
struct GoldenRuntimeTests {
  nonisolated static let cases: [GoldenCase] =
    [
      ("runtimes", [Key("6")]), ("process", [Key("6"), .enter]), ("host", [Key("6"), .tab]), ("cost", [Key("6"), .tab, .tab]),
      ("alerts", [Key("8")]), ("alert", [Key("8"), .enter]), ("silences", [Key("8"), .tab]),
    ].flatMap { GoldenCase.sizesAndHostile($0, $1) }
    + ["never", "stale"].map { GoldenCase.state($0, "runtimes", [Key("6")]) }
    + [("process", [Key("6"), .enter]), ("host", [Key("6"), .tab]), ("alerts", [Key("8")])].map { GoldenCase.state("stale", $0, $1) }
    + [GoldenCase(name: "pulse-runtimes", columns: 120, rows: 40)]

  @Test("at several sizes, looks and states", arguments: cases)
  func golden(_ one: GoldenCase) throws {
    let headless = try RuntimeScenes.console(one.columns, one.rows, look: one.look, state: one.state)
    for key in one.keys { headless.press(key) }
    try Golden.compare(headless.frame, one)
  }
}
