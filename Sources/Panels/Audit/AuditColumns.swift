import Canvas
import Console
import OpsModel

/// Columns of the audit log.
enum AuditColumns {
  static let all: [TableColumn<AuditRow>] = [
    TableColumn(
      "seq", "seq", width: 5, priority: 6, align: .right, shape: .number, value: { row, _ in .number(Double(row.sequence)) },
      cell: { row, _, _ in TableCell("\(row.sequence)", Style(.faint)) }),
    TableColumn(
      "at", "at (UTC)", width: 19, priority: 2, shape: .text, value: { row, _ in .text(row.at) },
      cell: { row, _, _ in TableCell(SafeText(escaping: String(row.at.text.prefix(19)))) }),
    TableColumn(
      "phase", "phase", width: 9, priority: 1, shape: .text, value: { row, _ in .text(row.phase) },
      cell: { row, _, _ in TableCell(row.phase, Style(role(row.phase))) }),
    TableColumn(
      "action", "action", width: 9, maximum: 14, priority: 0, shape: .text, value: { row, _ in .text(row.action) },
      cell: { row, _, _ in TableCell(row.action) }),
    TableColumn(
      "target", "target", width: 12, maximum: 28, priority: 3, shape: .text, value: { row, _ in .text(row.target) },
      cell: { row, _, _ in TableCell(row.target) }),
    TableColumn(
      "what", "what", width: 16, maximum: 80, priority: 4, shape: .text, value: { row, _ in .text(row.what) },
      cell: { row, _, _ in TableCell(row.what, Style(.faint)) }),
    TableColumn(
      "who", "who", width: 10, maximum: 24, priority: 5, shape: .text, value: { row, _ in .text(row.who) },
      cell: { row, _, _ in TableCell(row.who, Style(.faint)) }),
    TableColumn(
      "operation", "operation", width: 16, priority: 7, shape: .text, aliases: ["id"], value: { row, _ in .text(row.operation) },
      cell: { row, _, _ in TableCell(row.operation, Style(.faint)) }),
  ]

  private static func role(_ phase: SafeText) -> Role {
    switch phase.text {
    case "outcome": .ok
    case "refused", "cancelled": .warning
    default: .text
    }
  }
}
