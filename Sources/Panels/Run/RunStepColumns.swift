import Canvas
import Console
import OpsModel

/// Columns of the steps of a run.
enum RunStepColumns {
  static let all: [TableColumn<RunPage.Step>] = [
    TableColumn(
      "n", "", width: 3, priority: 7, align: .right, shape: .number, value: { row, _ in .number(Double(row.number)) },
      cell: { row, _, _ in TableCell("\(row.number)", Style(.faint)) }),
    TableColumn(
      "state", "state", width: 9, priority: 1, shape: .text, value: { row, _ in .text(row.state) },
      cell: { row, _, _ in TableCell(row.state, Style(RunColumns.role(of: row.state))) }),
    TableColumn(
      "step", "step", width: 12, maximum: 40, priority: 0, shape: .text, aliases: ["name"], value: { row, _ in .text(row.path) },
      cell: { row, _, _ in TableCell(row.path) }),
    TableColumn(
      "took", "took", width: 6, priority: 2, align: .right, shape: .number, value: { row, _ in Cells.number(row.startedAt) },
      cell: { row, context, _ in Cells.age(row.took(at: context.now)) }),
    TableColumn(
      "try", "try", width: 3, priority: 5, align: .right, shape: .number, value: { row, _ in .number(Double(row.attempts)) },
      cell: { row, _, _ in TableCell(row.attempts > 1 ? "\(row.attempts)" : "", Style(.warning)) }),
    TableColumn(
      "batch", "batch", width: 5, priority: 6, align: .right, shape: .number, value: { row, _ in .number(Double(row.batches)) },
      cell: { row, _, _ in TableCell(row.batches > 0 ? "\(row.batches)" : "", Style(.faint)) }),
    TableColumn(
      "kind", "kind", width: 6, maximum: 10, priority: 4, shape: .text, value: { row, _ in .text(row.kind) },
      cell: { row, _, _ in TableCell(row.kind, Style(.faint)) }),
    TableColumn(
      "why", "why", width: 14, maximum: 120, priority: 3, shape: .text, value: { row, _ in .text(row.message) },
      cell: { row, _, _ in TableCell(row.message, Style(row.isDoubtful || row.severity == .critical ? .warning : .faint)) }),
  ]
}
