import Canvas
import OpsModel
import Testing

@testable import Console

@Suite("What a parameter of a runbook can be picked from")
@MainActor
struct RunbookPickTests {
  private func parameter(_ name: String, _ type: String, source: String? = nil) -> RunbookRow.Parameter {
    RunbookRow.Parameter(
      name: name, type: type, isRequired: true, fallback: "", choices: [], question: "", isSensitive: false, source: source)
  }

  private func form(_ parameters: [RunbookRow.Parameter], in view: StoreView) -> RunForm {
    let row = RunbookRow(
      name: "it", title: "A test", owner: "tests", risk: "low", onlyLooks: false, alerts: [], parameters: parameters, steps: 1,
      file: "it.yaml", problem: nil)
    return RunForm(row, hint: RunbookHint()) { RunbookPicks.known($0, in: view) }
  }

  @Test("a session that holds up others brings the start of its connection with it, and says who it is")
  func session() throws {
    let headless = try DatabaseScenes.console(100, 30)
    let pid = parameter("pid", "pg_pid")
    let first = try #require(RunbookPicks.known(pid, in: headless.app.store.view).first)
    #expect(first.words.text.contains("holds up") && first.words.text.contains(first.value))
    var form = form([pid, parameter("started", "string")], in: headless.app.store.view)
    _ = form.take(Key("Ctrl-N"))
    #expect(form.fields.map(\.input.text) == [first.value, first.more["started"] ?? "none"])
    #expect(form.take(.enter) == .plan(["pid": [first.value], "started": [first.more["started"] ?? "none"]]))
  }

  @Test("alerts are those of an Alertmanager, by its fingerprint and with their names")
  func alerts() throws {
    let headless = try RuntimeScenes.console(100, 30)
    let found = RunbookPicks.known(parameter("fingerprint", "string", source: "alerts"), in: headless.app.store.view)
    let told = RuntimeScenes.alertmanager(headless.clock).alerts
    #expect(!told.isEmpty && found.map(\.value) == told.map { String(decoding: $0.id.key, as: UTF8.self) })
    #expect(found.allSatisfy { !$0.words.isEmpty })
  }

  @Test("an alert of a Prometheus has no fingerprint, and none is made up for it")
  func fingerprints() {
    func alert(_ key: String) -> AlertState {
      AlertState(id: ResourceID(source: "fleet", kind: .alert, key: key), name: "TooHot", severity: .warning, state: .firing, labels: [])
    }
    #expect(RunbookHint(alert("alertname\u{1F}TooHot")).values["fingerprint"] == nil)
    #expect(RunbookHint(alert("0f3a61a1511607ff")).values["fingerprint"] == "0f3a61a1511607ff")
  }
}
