import Canvas
import Console
import OpsModel

/// All that is known of one alert.
enum AlertPanel: SheetPanel {
  static let manifest = PanelManifest(id: "alert", title: "Alerts › Alert", summary: "All labels of one alert.", digit: 8)

  static let runbook: CommandID = "alert.runbook"

  static var commands: [Command] {
    [Command(runbook, "runbook", "Opens the runbook that answers this alert, with what is known filled in.", keys: [Key("R")], footer: 10)]
      + scrolling
  }

  static func reduce(_ command: CommandID, _ state: inout SheetState, _ context: PanelContext) -> [Request] {
    guard command == runbook else { return scroll(command, &state, context) }
    return state.id.flatMap { find($0, context) }.map { [.runbook(.answer(RunbookHint($0.value)))] } ?? []
  }

  static func title(_ id: ResourceID, _ context: PanelContext) -> SafeText { find(id, context)?.value.name ?? "?" }

  static func sheet(_ id: ResourceID, _ context: PanelContext) -> FactSheet? {
    guard let row = find(id, context) else { return nil }
    let alert = row.value
    var sheet = FactSheet()
    sheet.add("state", SafeText(escaping: alert.state.rawValue), role: AlertColumns.role(alert))
    sheet.add("severity", alert.severity == .ok ? "low" : alert.severity.word, role: PulseColumns.role(alert.severity))
    sheet.add("since", alert.since.map { "\(Calendar.stamp($0)), \(Units.age(max(0, context.now.unix - $0))) ago" })
    sheet.add("summary", alert.summary)
    sheet.add("value", alert.value.map { SafeText(escaping: "\($0)") })
    if let own = alert.own {
      sheet.add("rule", own.when)
      if !own.runbooks.isEmpty { sheet.add("runbooks", SafeText.join(own.runbooks, ", ")) }
    }
    if let quiet = alert.quiet {
      sheet.add(
        SafeText(escaping: quiet.kind.rawValue),
        "by \(quiet.by), until \(Calendar.stamp(quiet.until)): \(quiet.reason)", role: .warning)
    }
    for label in alert.labels { sheet.add(label.name, label.value) }
    for id in alert.silencedBy { sheet.add("silenced by", silence(id, context) ?? id, role: .warning) }
    for id in alert.inhibitedBy { sheet.add("inhibited by", id, role: .warning) }
    sheet.add("numbers are", row.source.age(at: context.now).map { "\(Units.age($0)) old" })
    return sheet
  }

  private static func silence(_ id: SafeText, _ context: PanelContext) -> SafeText? {
    context.view.rows(\.silences).map(\.row).first { SafeText(bytes: $0.id.key) == id }.map { silence in
      "\(silence.author): \(silence.comment)\(silence.ends.map { ", for \(Units.age(max(0, $0 - context.now.unix))) more" } ?? "" as SafeText)"
    }
  }

  private static func find(_ id: ResourceID, _ context: PanelContext) -> Sourced<AlertState>? {
    AlertMerge.of(context.view).first { $0.alert.id == id }.map { Sourced(source: $0.source, $0.alert) }
  }
}
