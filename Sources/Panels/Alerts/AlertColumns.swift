import Canvas
import Console
import OpsModel

/// Columns of the Alerts table.
enum AlertColumns {
  typealias Row = Sourced<AlertState>

  static let all: [TableColumn<Row>] = [
    TableColumn(
      "severity", "", width: 1, priority: 1, shape: .number, value: { row, _ in .number(Double(row.value.severity.rawValue)) },
      rank: { row, _ in .number(rank(row.value)) },
      cell: { row, _, _ in TableCell(PulseColumns.sign(row.value.severity), Style(role(row.value))) }),
    TableColumn(
      "alert", "alert", width: 14, maximum: 32, priority: 0, shape: .text, aliases: ["name"], value: { row, _ in .text(row.value.name) },
      cell: { row, _, _ in TableCell(row.value.name, Style(role(row.value))) }),
    TableColumn(
      "state", "state", width: 12, priority: 2, shape: .text, value: { row, _ in .text(SafeText(escaping: row.value.state.rawValue)) },
      cell: { row, _, _ in TableCell(SafeText(escaping: row.value.state.rawValue), Style(row.value.state == .firing ? .text : .faint)) }),
    TableColumn(
      "since", "since", width: 7, priority: 3, align: .right, shape: .number, aliases: ["age"],
      value: { row, context in Cells.number(row.value.since.map { context.now.unix - $0 }) },
      cell: { row, context, _ in Cells.age(row.value.since.map { max(0, context.now.unix - $0) }) }),
    TableColumn(
      "where", "where", width: 14, maximum: 40, priority: 4, shape: .text, aliases: ["instance"],
      value: { row, _ in Cells.word(place(row.value)) },
      cell: { row, _, _ in Cells.text(place(row.value), role: .faint) }),
    TableColumn(
      "summary", "summary", width: 20, maximum: 120, priority: 5, shape: .text, value: { row, _ in Cells.word(row.value.summary) },
      cell: { row, _, _ in Cells.text(row.value.summary) }),
    TableColumn(
      "source", "source", width: 8, maximum: 14, priority: 7, shape: .text, value: { row, _ in .text(row.source.name) },
      cell: { row, _, _ in TableCell(row.source.name, Style(.faint)) }),
    TableColumn(
      "stale", "age", width: 5, priority: 6, align: .right, shape: .number,
      value: { row, context in Cells.number(row.source.age(at: context.now)) },
      cell: { row, context, _ in Cells.staleness(row.source, context.now) }),
  ]

  /// What fires comes before what is pending, and that before what is kept quiet.
  private static func rank(_ alert: AlertState) -> Double {
    let state = alert.state == .firing ? 3.0 : (alert.state == .acknowledged ? 2 : (alert.state == .pending ? 1 : 0))
    return state * 10 + Double(alert.severity.rawValue)
  }

  static func role(_ alert: AlertState) -> Role { alert.state == .firing ? PulseColumns.role(alert.severity) : .faint }

  private static func place(_ alert: AlertState) -> SafeText? {
    alert.own.map { $0.subject.kind == .source ? $0.subject.source : AlertSubject.name($0.subject) } ?? alert.label("instance")
      ?? alert.label("job") ?? alert.label("service") ?? alert.label("namespace")
  }
}
