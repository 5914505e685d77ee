import Canvas
import Console
import OpsModel

/// Columns of the Suspects table.
enum SuspectColumns {
  static let all: [TableColumn<Suspect>] = [
    TableColumn(
      "severity", "", width: 1, priority: 1, shape: .number, value: { row, _ in .number(Double(row.severity.rawValue)) },
      cell: { row, _, _ in TableCell(PulseColumns.sign(row.severity), Style(SuspectLines.role(row))) }),
    TableColumn(
      "cause", "probable cause", width: 30, maximum: 200, priority: 0, shape: .text, aliases: ["name"],
      value: { row, _ in .text(row.title) },
      cell: { row, _, _ in TableCell(row.title, Style(SuspectLines.role(row))) }),
    TableColumn(
      "rank", "rank", width: 5, priority: 5, align: .right, shape: .number, value: { row, _ in .number(Double(row.score)) },
      cell: { row, _, _ in TableCell("\(row.score)", Style(.faint)) }),
    TableColumn(
      "since", "since", width: 7, priority: 2, align: .right, shape: .number, aliases: ["age"],
      value: { row, context in .number(context.now.unix - row.since) },
      cell: { row, context, _ in Cells.age(max(0, context.now.unix - row.since)) }),
    TableColumn(
      "rule", "rule", width: 13, priority: 4, shape: .text, value: { row, _ in .text(row.rule) },
      cell: { row, _, _ in TableCell(row.rule, Style(.faint)) }),
    TableColumn(
      "source", "source", width: 8, maximum: 14, priority: 3, shape: .text, value: { row, _ in .text(row.subject.source) },
      cell: { row, _, _ in TableCell(row.subject.source, Style(.faint)) }),
  ]
}
