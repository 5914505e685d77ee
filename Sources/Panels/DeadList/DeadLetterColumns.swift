import Canvas
import Console
import OpsModel

/// Columns of the letters.
enum DeadLetterColumns {
  static let all: [TableColumn<DeadLetter>] = [
    TableColumn(
      "age", "failed", width: 7, priority: 1, align: .right, shape: .number, value: { row, context in value("age", row, context) },
      rank: { row, context in value("age", row, context) },
      cell: { row, context, _ in DeadGroupColumns.cell(row.failedAt, context) }),
    TableColumn(
      "id", "id", width: 12, maximum: 36, priority: 2, shape: .text, value: { row, context in value("id", row, context) },
      cell: { row, _, _ in TableCell(row.name) }),
    TableColumn(
      "queue", "queue", width: 9, maximum: 20, priority: 5, shape: .text, value: { row, context in value("queue", row, context) },
      cell: { row, _, _ in TableCell(row.queue, Style(.faint)) }),
    TableColumn(
      "task", "task", width: 12, maximum: 30, priority: 8, shape: .text, value: { row, context in value("task", row, context) },
      cell: { row, _, _ in Cells.text(row.task) }),
    TableColumn(
      "attempts", "tries", width: 5, priority: 6, align: .right, shape: .number, value: { row, context in value("attempts", row, context) },
      cell: { row, _, _ in attempts(row) }),
    TableColumn(
      "error", "error", width: 12, maximum: 24, priority: 7, shape: .text, value: { row, context in value("error", row, context) },
      cell: { row, _, _ in Cells.text(row.errorType) }),
    TableColumn(
      "message", "message", width: 16, maximum: 80, priority: 3, shape: .text, value: { row, context in value("message", row, context) },
      cell: { row, _, _ in row.whyNot.map { TableCell($0, Style(.warning)) } ?? Cells.text(row.message, role: .faint) }),
    TableColumn(
      "args", "arguments", width: 12, maximum: 60, priority: 4, shape: .text, value: { row, context in value("args", row, context) },
      cell: { row, _, _ in Cells.text(row.arguments, role: .faint) }),
  ]

  private static func value(_ field: String, _ row: DeadLetter, _ context: PanelContext) -> FilterValue {
    row.value(field, now: context.now.unix)
  }

  private static func attempts(_ row: DeadLetter) -> TableCell {
    guard let attempts = row.attempts else { return .unknown }
    return TableCell(row.attemptLimit.map { "\(attempts)/\($0)" } ?? "\(attempts)")
  }
}
