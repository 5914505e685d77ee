import Canvas
import Console
import OpsModel

/// `7 Runbooks`, first tab: the catalogue, with the alerts that each one answers and how it ended last.
enum RunbooksPanel: TablePanel {
  static let manifest = PanelManifest(
    id: "runbooks", title: "Runbooks", short: "Books", summary: "Recovery that can be read beforehand: what there is, plans, runs.",
    digit: 7,
    group: "runbooks", tab: "Catalogue")

  static let plan: CommandID = "runbooks.plan"
  static let again: CommandID = "runbooks.again"

  static let commands = [
    Command(plan, "plan", "Asks what it is given, and shows what a run would do; nothing is changed yet.", keys: [.enter], footer: 10),
    Command(again, "read again", "Reads the folders of runbooks and of runs anew.", keys: [Key("a")], footer: 11),
  ]

  static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request] { [.runbook(.list)] }

  static func all(_ context: PanelContext) -> [RunbookRow] { context.view.runbooks.catalogue }

  static var facet: Facet? { nil }

  static func name(_ row: RunbookRow) -> SafeText { row.name }

  static func empty(_ context: PanelContext) -> SafeText {
    context.view.runbooks.readAt == nil
      ? "reading…" : "no runbook: put files into ~/.config/opsconsole/runbooks, or see runbooks: of the configuration"
  }

  static func head(_ context: PanelContext) -> [HeadLine] {
    guard let readAt = context.view.runbooks.readAt else { return [] }
    let resting = context.view.runbooks.runs.filter(\.rests)
    var lines = [
      HeadLine(
        "\(Units.count(context.view.runbooks.catalogue.count, "runbook")), read \(Units.age(context.now.age(since: readAt))) ago", .faint)
    ]
    if let first = resting.first {
      let more: SafeText = resting.count > 1 ? " and \(resting.count - 1) more" : ""
      lines.append(HeadLine("\(first.runbook) is \(first.state)\(more): a person has to take it up; Tab shows the runs", .warning))
    }
    if let why = context.readOnly { lines.append(HeadLine("read-only (\(why)): they can be read and planned, and not run", .faint)) }
    return lines
  }

  static func act(_ command: CommandID, on row: RunbookRow, _ context: PanelContext) -> [Request] { [.runbook(.start(row.id))] }

  static func reduce(_ command: CommandID, _ state: inout TableState, _ context: PanelContext) -> [Request] {
    command == again ? [.runbook(.list)] : tableReduce(command, &state, context)
  }

  static func disabled(_ command: CommandID, _ state: TableState, _ context: PanelContext) -> SafeText? {
    command == again ? nil : tableDisabled(command, state, context)
  }

  static func disabled(_ command: CommandID, on row: RunbookRow?, _ context: PanelContext) -> SafeText? { row?.problem }

  static let rows = Table<RunbookRow>(
    columns: RunbookColumns.all, defaultSort: SortOrder("runbook", descending: false), id: { $0.id },
    isDimmed: { row, _ in row.problem != nil })
}
