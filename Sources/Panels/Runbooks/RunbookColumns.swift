import Canvas
import Console
import OpsModel

/// Columns of the catalogue.
enum RunbookColumns {
  static let all: [TableColumn<RunbookRow>] = [
    TableColumn(
      "runbook", "runbook", width: 16, maximum: 30, priority: 0, shape: .text, aliases: ["name"], value: { row, _ in .text(row.name) },
      cell: { row, _, _ in TableCell(row.name) }),
    TableColumn(
      "risk", "risk", width: 6, priority: 2, shape: .text, value: { row, _ in .text(row.risk) },
      cell: { row, _, _ in TableCell(row.onlyLooks ? "looks" : row.risk, Style(role(row))) }),
    TableColumn(
      "last", "last run", width: 12, maximum: 22, priority: 3, shape: .text, value: { row, _ in Cells.word(row.lastState) },
      cell: { row, context, _ in last(row, context) }),
    TableColumn(
      "title", "what it is for", width: 20, maximum: 90, priority: 1, shape: .text, value: { row, _ in .text(row.title) },
      cell: { row, _, _ in TableCell(row.problem ?? row.title, Style(row.problem == nil ? .text : .warning)) }),
    TableColumn(
      "alerts", "answers", width: 14, maximum: 40, priority: 5, shape: .text, value: { row, _ in .text(SafeText.join(row.alerts, " ")) },
      cell: { row, _, _ in TableCell(SafeText.join(row.alerts, " "), Style(.faint)) }),
    TableColumn(
      "owner", "owner", width: 8, maximum: 16, priority: 6, shape: .text, value: { row, _ in .text(row.owner) },
      cell: { row, _, _ in TableCell(row.owner, Style(.faint)) }),
    TableColumn(
      "steps", "steps", width: 5, priority: 7, align: .right, shape: .number, value: { row, _ in .number(Double(row.steps)) },
      cell: { row, _, _ in TableCell("\(row.steps)", Style(.faint)) }),
  ]

  private static func role(_ row: RunbookRow) -> Role {
    if row.onlyLooks { return .ok }
    return row.risk == "high" ? .critical : row.risk == "medium" ? .warning : .text
  }

  private static func last(_ row: RunbookRow, _ context: PanelContext) -> TableCell {
    guard let state = row.lastState, let at = row.lastAt else { return TableCell("never", Style(.faint)) }
    return TableCell("\(state) \(Units.age(max(0, context.now.unix - at))) ago", Style(RunColumns.role(of: state)))
  }
}
