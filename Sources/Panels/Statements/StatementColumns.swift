import Canvas
import Console
import OpsModel

/// Columns of the statements. Numbers are of the window alone.
enum StatementColumns {
  typealias Row = StatementsPanel.Row

  private static func number(
    _ id: String, _ title: SafeText, _ width: Int, _ priority: Int, aliases: [String] = [], _ value: @escaping @Sendable (Row) -> Double?,
    _ shown: @escaping @Sendable (Double, Row) -> TableCell
  ) -> TableColumn<Row> {
    TableColumn(
      id, title, width: width, priority: priority, align: .right, shape: .number, aliases: aliases,
      value: { row, _ in Cells.number(value(row)) }, cell: { row, _, _ in value(row).map { shown($0, row) } ?? .unknown })
  }

  static func ms(_ value: Double) -> SafeText {
    if value < 0.995 {
      let hundredths = Int(clamped: value * 100)
      return hundredths == 0 ? "<0.01ms" : "0.\(hundredths < 10 ? "0" : "")\(hundredths)ms"
    }
    if value < 9.95 { return "\(tenth(value))ms" }
    return Units.duration(value / 1000)
  }

  static func tenth(_ value: Double) -> SafeText {
    let scaled = Int(clamped: value * 10)
    return "\(scaled / 10).\(scaled % 10)"
  }

  private static func blocks(_ value: Double) -> TableCell {
    value == 0 ? TableCell("·") : TableCell(Units.bytes(value * 8192))
  }

  static let all: [TableColumn<Row>] = [
    number("load", "load", 6, 0, aliases: ["share"]) {
      $0.window.share(of: $0.row) ?? 0
    } _: { value, row in
      guard row.row.key.isTop else { return TableCell("nested", Style(.faint)) }
      return TableCell(Units.percent(value), Style(value >= 0.5 ? .warning : .text))
    },
    number("calls", "calls/s", 8, 1, aliases: ["rate"]) { row in
      row.window.perSecond(row.row.counters.calls) ?? row.row.counters.calls
    } _: { value, row in
      TableCell(row.window.span == nil ? Units.short(value) : Units.rate(value))
    },
    number("mean", "mean", 8, 2) {
      $0.row.counters.mean
    } _: { value, _ in
      TableCell(ms(value), Style(value >= 1000 ? .warning : .text))
    },
    number("dev", "± dev", 8, 6, aliases: ["deviation"]) {
      $0.row.counters.deviation
    } _: { value, _ in
      TableCell(ms(value))
    },
    number("time", "time", 8, 3, aliases: ["total"]) {
      $0.row.counters.total / 1000
    } _: { value, _ in
      TableCell(Units.duration(value))
    },
    number("rows", "rows/c", 7, 7) {
      $0.row.counters.calls > 0 ? $0.row.counters.rows / $0.row.counters.calls : nil
    } _: { value, _ in
      TableCell(value < 9.95 && value > 0 ? tenth(value) : Units.short(value))
    },
    number("hit", "hit", 5, 8) {
      $0.row.counters.hitShare
    } _: { value, _ in
      TableCell(Units.percent(value))
    },
    number("read", "read", 8, 9) {
      $0.row.counters.read
    } _: { value, _ in
      blocks(value)
    },
    number("temp", "temp", 8, 10) {
      $0.row.counters.temp
    } _: { value, _ in
      value == 0 ? TableCell("·") : TableCell(Units.bytes(value * 8192), Style(.warning))
    },
    number("wal", "wal", 8, 11) {
      $0.row.counters.wal
    } _: { value, _ in
      value == 0 ? TableCell("·") : TableCell(Units.bytes(value))
    },
    number("max", "new max", 8, 12) {
      $0.row.hasNewLongest ? $0.row.counters.longest : nil
    } _: { value, _ in
      TableCell(ms(value))
    },
    number("now", "now", 8, 5, aliases: ["running"]) {
      $0.running?.longest
    } _: { value, row in
      let count = row.running?.count ?? 1
      let times: SafeText = count > 1 ? "\(count)× " : ""
      return TableCell("\(times)\(Units.age(value))", Style(value >= 60 ? .critical : (value >= 10 ? .warning : .text)))
    },
    TableColumn(
      "query", "statement", width: 40, maximum: 400, priority: 4, shape: .text, aliases: ["statement"],
      value: { row, _ in Cells.word(row.text) },
      cell: { row, _, _ in
        let mark: SafeText = row.row.isRestarted ? "(restarted) " : ""
        return row.text.map { TableCell(mark + $0) } ?? TableCell("\(mark)id \(row.row.key.query), its text is not read yet", Style(.faint))
      }),
    TableColumn(
      "user", "user", width: 8, maximum: 14, priority: 13, shape: .text, value: { row, _ in .text(row.user) },
      cell: { row, _, _ in TableCell(row.user) }),
    TableColumn(
      "database", "database", width: 8, maximum: 14, priority: 14, shape: .text, value: { row, _ in .text(row.database) },
      cell: { row, _, _ in TableCell(row.database) }),
    TableColumn(
      "source", "source", width: 8, maximum: 12, priority: 15, shape: .text, value: { row, _ in .text(row.source.name) },
      cell: { row, _, _ in TableCell(row.source.name, Style(.faint)) }),
    TableColumn(
      "id", "id", width: 20, priority: 40, shape: .text, value: { row, _ in .text("\(row.row.key.query)") },
      cell: { row, _, _ in TableCell("\(row.row.key.query)", Style(.faint)) }),
  ]
}
