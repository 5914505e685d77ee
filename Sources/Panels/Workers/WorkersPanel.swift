import Canvas
import Console
import OpsModel

/// `4 Workers`: who works on what, for how long, and who is gone.
enum WorkersPanel: TablePanel {
  static let manifest = PanelManifest(
    id: "workers", title: "Workers", short: "Work", summary: "State, task, time on it and heartbeat of every worker.", digit: 4)

  static let open: CommandID = "workers.open"

  static let commands =
    [Command(open, "details", "Shows all that is known of this worker.", keys: [.enter], footer: 10)] + WorkerActions.commands

  static func all(_ context: PanelContext) -> [Sourced<WorkerState>] { context.view.sourced(\.workers) }

  static var facet: Facet? { .workers }

  static var tellsVerdicts: Bool { false }

  static func name(_ row: Sourced<WorkerState>) -> SafeText { row.value.name }

  static func empty(_ context: PanelContext) -> SafeText {
    context.view.emptyWords(for: .workers, nothing: "no worker is known to the sources that answer")
  }

  static func head(_ context: PanelContext) -> [HeadLine] { context.view.headLines(for: .workers, now: context.now) }

  static func act(_ command: CommandID, on row: Sourced<WorkerState>, _ context: PanelContext) -> [Request] {
    command == open ? [.open(panel: WorkerPanel.manifest.id, target: row.value.id)] : WorkerActions.requests(command, row)
  }

  static func disabled(_ command: CommandID, on row: Sourced<WorkerState>?, _ context: PanelContext) -> SafeText? {
    WorkerActions.disabled(command, row, context)
  }

  static let rows = Table<Sourced<WorkerState>>(
    columns: WorkerColumns.all, defaultSort: SortOrder("time", descending: true), id: { $0.value.id },
    isDimmed: { !$0.source.isFresh(at: $1.now) })
}
