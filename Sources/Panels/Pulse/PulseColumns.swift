import Canvas
import Console
import OpsModel

/// Columns of the Pulse table.
enum PulseColumns {
  typealias Row = PulsePanel.Line

  static let all: [TableColumn<Row>] = [
    TableColumn(
      "sign", "", width: 1, priority: 1, shape: .number, value: { row, _ in .number(Double(row.severity.rawValue)) },
      cell: { row, _, _ in TableCell(sign(row.severity), Style(role(row.severity))) }),
    TableColumn(
      "source", "source", width: 8, maximum: 16, priority: 0, shape: .text, value: { row, _ in .text(row.source.name) },
      cell: { row, _, _ in TableCell(row.source.name) }),
    TableColumn(
      "kind", "kind", width: 8, priority: 7, shape: .text, value: { row, _ in .text(row.source.kind) },
      cell: { row, _, _ in TableCell(row.source.kind, Style(.faint)) }),
    TableColumn(
      "matters", "what matters now", width: 26, maximum: 200, priority: 1, shape: .text, value: { row, _ in .text(row.text) },
      cell: { row, _, _ in TableCell(row.text, Style(row.severity >= .stale ? role(row.severity) : .text)) }),
    TableColumn(
      "trend", "trend", width: 18, maximum: 24, priority: 8, shape: .number, value: { _, _ in .unknown },
      cell: { row, context, width in trend(row, context, width) }),
    TableColumn(
      "state", "state", width: 8, priority: 3, shape: .number, value: { row, _ in .number(Double(row.severity.rawValue)) },
      cell: { row, _, _ in TableCell(word(row), Style(role(row.severity))) }),
    TableColumn(
      "age", "age", width: 6, priority: 4, align: .right, shape: .number,
      value: { row, context in Cells.number(row.source.age(at: context.now)) },
      cell: { row, context, _ in Cells.freshness(row.source, context.now) }),
  ]

  /// A source of which nothing was ever read is not stale.
  private static func word(_ row: Row) -> SafeText {
    row.severity == .stale && row.source.reading.value == nil ? "DOWN" : row.severity.word
  }

  static func sign(_ severity: Severity) -> SafeText {
    switch severity {
    case .critical: "▲"
    case .warning: "◆"
    case .ok: "●"
    case .stale, .unknown: "○"
    }
  }

  static func role(_ severity: Severity) -> Role {
    switch severity {
    case .critical: .critical
    case .warning: .warning
    case .ok: .ok
    case .stale: .warning
    case .unknown: .unknown
    }
  }

  private static func trend(_ row: Row, _ context: PanelContext, _ width: Int) -> TableCell {
    let isDatabase = row.source.reading.value?.facets.contains(.sessions) ?? false
    let measure: History.Measure = isDatabase ? .waiting : .ready
    return context.view.spark(measure, of: row.source.id, source: row.source, width: width, now: context.now)
  }
}
