import Canvas
import Console
import OpsModel

/// `7 Runbooks`, second tab: who ran what, when, and how it ended.
enum RunsPanel: TablePanel {
  static let manifest = PanelManifest(
    id: "runs", title: "Runs", summary: "Runs of this account on this host: who, when, what, how it ended.", digit: 7, group: "runbooks",
    tab: "History")

  static let open: CommandID = "runs.open"
  static let again: CommandID = "runs.again"

  static let rest: CommandID = "runs.rest"

  static let commands = [
    Command(open, "watch", "Shows its steps and what they print.", keys: [.enter], footer: 10),
    Command(
      rest, "plan the rest", "Plan a new run of what a failed or cancelled run has left: hosts that failed or never began.",
      keys: [Key("R")], footer: 12),
    Command(again, "read again", "Reads the folder of runs anew.", keys: [Key("a")], footer: 11),
  ]

  static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request] { [.runbook(.list)] }

  static func all(_ context: PanelContext) -> [RunRow] { context.view.runbooks.runs }

  static var facet: Facet? { nil }

  static func name(_ row: RunRow) -> SafeText { row.run }

  static func empty(_ context: PanelContext) -> SafeText {
    context.view.runbooks.readAt == nil ? "reading…" : "nothing was run from this account on this host yet"
  }

  static func act(_ command: CommandID, on row: RunRow, _ context: PanelContext) -> [Request] {
    command == rest ? [.runbook(.rest(row.id, name: row.runbook))] : [.open(panel: RunPanel.manifest.id, target: row.id)]
  }

  static func reduce(_ command: CommandID, _ state: inout TableState, _ context: PanelContext) -> [Request] {
    command == again ? [.runbook(.list)] : tableReduce(command, &state, context)
  }

  static func disabled(_ command: CommandID, _ state: TableState, _ context: PanelContext) -> SafeText? {
    command == again ? nil : tableDisabled(command, state, context)
  }

  static func disabled(_ command: CommandID, on row: RunRow?, _ context: PanelContext) -> SafeText? {
    guard command == rest, let row else { return nil }
    if let why = context.readOnly { return "read-only (\(why)): a run can only be looked at" }
    return row.mayHaveRest ? nil : row.isOver ? "nothing is left of it" : "it is not over"
  }

  static let rows = Table<RunRow>(
    columns: RunColumns.all, defaultSort: SortOrder("at", descending: true), id: { $0.id }, isDimmed: { _, _ in false })
}
