import Canvas
import Console
import OpsModel

/// Columns of the history of runs.
enum RunColumns {
  static let all: [TableColumn<RunRow>] = [
    TableColumn(
      "at", "at (UTC)", width: 19, priority: 2, shape: .text, value: { row, _ in .number(row.at) },
      cell: { row, _, _ in TableCell(SafeText(escaping: String(Calendar.stamp(row.at).text.prefix(19)))) }),
    TableColumn(
      "state", "state", width: 11, priority: 1, shape: .text, value: { row, _ in .text(row.state) },
      cell: { row, _, _ in TableCell(row.state, Style(role(of: row.state))) }),
    TableColumn(
      "runbook", "runbook", width: 14, maximum: 30, priority: 0, shape: .text, value: { row, _ in .text(row.runbook) },
      cell: { row, _, _ in TableCell(row.runbook) }),
    TableColumn(
      "took", "took", width: 6, priority: 4, align: .right, shape: .number,
      value: { row, context in Cells.number(row.isOver ? row.took(at: context.now) : nil) },
      cell: { row, context, _ in Cells.age(row.took(at: context.now)) }),
    TableColumn(
      "why", "why", width: 16, maximum: 80, priority: 5, shape: .text, value: { row, _ in .text(row.message) },
      cell: { row, _, _ in TableCell(row.message, Style(.faint)) }),
    TableColumn(
      "who", "who", width: 10, maximum: 24, priority: 3, shape: .text, value: { row, _ in .text(row.by) },
      cell: { row, _, _ in TableCell(row.by, Style(.faint)) }),
    TableColumn(
      "run", "run", width: 26, priority: 7, shape: .text, aliases: ["id"], value: { row, _ in .text(row.run) },
      cell: { row, _, _ in TableCell(row.run, Style(.faint)) }),
  ]

  /// The colour of a state, of runs and of steps alike.
  static func role(of state: SafeText) -> Role {
    switch state.text {
    case "succeeded", "ok", "no_change": .ok
    case "failed", "timed_out": .critical
    case "paused", "interrupted", "waiting", "cut off", "unknown", "cancelled", "closed", "damaged": .warning
    case "skipped", "pending": .faint
    default: .text
    }
  }
}
