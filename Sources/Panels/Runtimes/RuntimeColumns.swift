import Canvas
import Console
import OpsModel

/// Columns of the Runtimes table: the same for every language.
enum RuntimeColumns {
  typealias Row = RuntimesPanel.Line

  static let all: [TableColumn<Row>] =
    [
      TableColumn(
        "state", "", width: 1, priority: 1, shape: .number, value: { row, _ in .number(Double(row.process.severity.rawValue)) },
        rank: { row, _ in .number(row.trouble) },
        cell: { row, _, _ in TableCell(PulseColumns.sign(row.process.severity), Style(PulseColumns.role(row.process.severity))) }),
      TableColumn(
        "process", "process", width: 16, maximum: 34, priority: 0, shape: .text, aliases: ["name"],
        value: { row, _ in .text(row.process.state.name) },
        cell: { row, _, _ in TableCell(row.name) }),
      TableColumn(
        "language", "lang", width: 6, priority: 4, shape: .text, aliases: ["lang"],
        value: { row, _ in .text(SafeText(escaping: row.process.state.language.rawValue)) },
        cell: { row, _, _ in TableCell(SafeText(escaping: row.process.state.language.rawValue), Style(.faint)) }),
      signal("loop", "loop p99", .loopLagP99, width: 8, priority: 2, warn: 0.05, critical: 1),
      signal("util", "util", .loopUtilisation, width: 5, priority: 6, warn: 0.9),
      signal("gc", "gc %", .gcTime, width: 6, priority: 3, warn: 0.1, critical: 0.25, other: .gcCPU),
      signal("pause", "gc max", .gcPauseMax, width: 7, priority: 10, warn: 0.2, critical: 1),
      TableColumn(
        "heap", "heap", width: 12, priority: 5, align: .right, shape: .number,
        value: { row, _ in Cells.number(row.process.signals[.heapUsed] ?? row.process.signals[.rss]) },
        cell: { row, _, _ in heap(row.process.signals) }),
      TableColumn(
        "after", "after gc", width: 8, priority: 11, align: .right, shape: .number,
        value: { row, _ in Cells.number(afterShare(row.process.signals)) },
        cell: { row, _, _ in afterShare(row.process.signals).map { TableCell(Units.percent($0), Style(role($0, 0.8, 0.95))) } ?? .unknown }),
      signal("cpu", "cpu", .cpu, width: 5, priority: 7),
      signal("delay", "delay", .runDelay, width: 5, priority: 12, warn: 0.1, critical: 0.5),
      TableColumn(
        "pool", "pool", width: 7, priority: 8, align: .right, shape: .number,
        value: { row, _ in Cells.number(row.process.signals[.poolActive]) },
        cell: { row, _, _ in pool(row.process.signals) }),
      signal("backlog", "backlog", .acceptBacklog, width: 7, priority: 9, warn: 1, critical: 50),
      signal("requests", "req/s", .requestRate, width: 6, priority: 14),
      TableColumn(
        "from", "from", width: 10, priority: 13, shape: .text,
        value: { row, _ in .text(SafeText.join(row.process.signals.rungs.map(\.word), ",")) },
        cell: { row, _, _ in TableCell(row.process.signals.rungs.first?.word ?? "—", Style(.faint)) }),
    ] + identity

  private static let identity: [TableColumn<Row>] = [
    TableColumn(
      "pid", "pid", width: 7, priority: 19, align: .right, shape: .number, value: { row, _ in Cells.number(row.process.state.pid) },
      cell: { row, _, _ in row.process.state.pid.map { TableCell("\($0)", Style(.faint)) } ?? .unknown }),
    TableColumn(
      "group", "group", width: 10, maximum: 30, priority: 16, shape: .text, value: { row, _ in Cells.word(row.process.state.group) },
      cell: { row, _, _ in Cells.text(row.process.state.group, role: .faint) }),
    TableColumn(
      "host", "host", width: 8, maximum: 20, priority: 17, shape: .text, value: { row, _ in Cells.word(row.process.state.host) },
      cell: { row, _, _ in Cells.text(row.process.state.host, role: .faint) }),
    TableColumn(
      "source", "source", width: 7, maximum: 12, priority: 18, shape: .text, value: { row, _ in .text(row.process.id.source) },
      cell: { row, _, _ in TableCell(row.process.id.source, Style(.faint)) }),
    TableColumn(
      "stale", "age", width: 5, priority: 15, align: .right, shape: .number, aliases: ["age"],
      value: { row, context in Cells.number(row.source?.age(at: context.now)) },
      cell: { row, context, _ in row.source.map { Cells.staleness($0, context.now) } ?? .unknown }),
  ]

  /// - Parameter other: told in its place where it is not known, marked.
  private static func signal(
    _ id: String, _ title: SafeText, _ signal: Signal, width: Int, priority: Int, warn: Double = .infinity, critical: Double = .infinity,
    other: Signal? = nil
  ) -> TableColumn<Row> {
    TableColumn(
      id, title, width: width, priority: priority, align: .right, shape: .number, aliases: [signal.name.text],
      value: { row, _ in Cells.number(row.process.signals[signal] ?? other.flatMap { row.process.signals[$0] }) },
      cell: { row, _, _ in
        if let found = row.process.signals.reading(signal) {
          return TableCell(found.text(signal.unit), Style(role(found.value, warn, critical)))
        }
        guard let other, let found = row.process.signals.reading(other) else { return .unknown }
        // Cores, since many threads may collect at once.
        return TableCell("\(Signal.Unit.cores.text(found.value))c", Style(.faint))
      })
  }

  private static func role(_ value: Double, _ warn: Double, _ critical: Double) -> Role {
    value >= critical ? .critical : (value >= warn ? .warning : .text)
  }

  /// `612/863 MB`, or the memory of the process where the heap is not known.
  private static func heap(_ signals: SignalSet) -> TableCell {
    guard let used = signals[.heapUsed] else { return signals[.rss].map { TableCell("\(Units.bytes($0)) rss") } ?? .unknown }
    guard let limit = signals[.heapLimit], limit > 0 else { return TableCell(Units.bytes(used)) }
    return TableCell(Units.bytes(used, of: limit), Style(role(used / limit, 0.95, 0.99)))
  }

  private static func afterShare(_ signals: SignalSet) -> Double? {
    guard let used = signals[.heapAfterGC], let limit = signals[.heapLimit], limit > 0 else { return nil }
    return used / limit
  }

  private static func pool(_ signals: SignalSet) -> TableCell {
    guard let active = signals[.poolActive] else { return .unknown }
    guard let size = signals[.poolSize] else { return TableCell(Units.count(Int(clamped: active))) }
    let isFull = active >= size && size > 0
    return TableCell("\(Int(clamped: active))/\(Int(clamped: size))", Style(isFull ? .warning : .text))
  }
}
