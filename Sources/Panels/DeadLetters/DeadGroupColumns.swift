import Canvas
import Console
import OpsModel

/// Columns of the groups.
enum DeadGroupColumns {
  static let all: [TableColumn<DeadGroupRow>] = [
    TableColumn(
      "count", "count", width: 7, priority: 0, align: .right, shape: .number, value: { row, _ in .number(Double(row.count)) },
      cell: { row, _, _ in Cells.count(row.count) }),
    TableColumn(
      "share", "share", width: 5, priority: 6, align: .right, shape: .number, value: { row, _ in .number(row.share) },
      cell: { row, _, _ in row.group == nil ? TableCell("") : TableCell(Units.percent(row.share), Style(.faint)) }),
    TableColumn(
      "task", "task", width: 16, maximum: 36, priority: 1, shape: .text, aliases: ["name"], value: { row, _ in .text(row.task) },
      cell: { row, _, _ in TableCell(row.task, Style(row.group == nil ? .warning : .text)) }),
    TableColumn(
      "error", "error", width: 12, maximum: 26, priority: 2, shape: .text, value: { row, _ in .text(row.error) },
      cell: { row, _, _ in TableCell(row.error) }),
    TableColumn(
      "message", "message", width: 14, maximum: 80, priority: 3, shape: .text, value: { row, _ in .text(row.message) },
      cell: { row, _, _ in TableCell(row.message, Style(.faint)) }),
    TableColumn(
      "hour", "last hour", width: 10, maximum: 24, priority: 8, shape: .number,
      value: { row, _ in .number(Double(row.group?.slices.reduce(0, +) ?? 0)) },
      cell: { row, _, width in line(row, width) }),
    TableColumn(
      "first", "first", width: 7, priority: 7, align: .right, shape: .number, value: { row, context in age(row.first, context) },
      cell: { row, context, _ in cell(row.first, context) }),
    TableColumn(
      "last", "last", width: 7, priority: 4, align: .right, shape: .number, aliases: ["age"],
      value: { row, context in age(row.last, context) },
      cell: { row, context, _ in cell(row.last, context) }),
    TableColumn(
      "source", "source", width: 8, maximum: 14, priority: 5, shape: .text, value: { row, _ in .text(row.source) },
      cell: { row, _, _ in TableCell(row.source, Style(.faint)) }),
  ]

  static func age(_ unix: Double?, _ context: PanelContext) -> FilterValue {
    unix.map { .number(max(0, context.now.unix - $0)) } ?? .unknown
  }

  static func cell(_ unix: Double?, _ context: PanelContext) -> TableCell {
    unix.map { TableCell(Units.age(max(0, context.now.unix - $0))) } ?? .unknown
  }

  private static func line(_ row: DeadGroupRow, _ width: Int) -> TableCell {
    guard let group = row.group else { return TableCell("") }
    return TableCell(line: group.slices.suffix(width).map { Double($0) })
  }
}
