import Canvas
import Console
import OpsModel

/// Columns of the Queues table.
enum QueueColumns {
  typealias Row = Sourced<QueueState>

  static let all: [TableColumn<Row>] = [
    TableColumn(
      "queue", "queue", width: 14, maximum: 44, priority: 0, shape: .text, aliases: ["name"], value: { row, _ in .text(row.value.name) },
      cell: { row, _, _ in TableCell(row.value.name, Style(row.value.paused == true ? .warning : .text)) }),
    TableColumn(
      "source", "source", width: 8, maximum: 14, priority: 5, shape: .text, value: { row, _ in .text(row.source.name) },
      cell: { row, _, _ in TableCell(row.source.name, Style(.faint)) }),
    TableColumn(
      "ready", "ready", width: 7, priority: 1, align: .right, shape: .number, value: { row, _ in Cells.number(row.value.ready) },
      cell: { row, _, _ in Cells.count(row.value.ready) }),
    TableColumn(
      "depth", "depth", width: 8, maximum: 30, priority: 8, shape: .number, value: { row, _ in Cells.number(row.value.ready) },
      cell: { row, context, width in
        context.view.spark(.ready, of: row.value.id, source: row.source, width: width, now: context.now)
      }),
    TableColumn(
      "growth", "growth", width: 8, priority: 4, align: .right, shape: .number,
      value: { row, context in Cells.number(context.view.growth(of: row.value.id)) },
      cell: { row, context, _ in growth(context.view.growth(of: row.value.id)) }),
    TableColumn(
      "drains", "drains", width: 7, priority: 9, align: .right, shape: .number, value: { row, context in drainValue(row, context) },
      cell: { row, context, _ in drain(context.view.drain(of: row.value)) }),
    TableColumn(
      "oldest", "oldest", width: 8, priority: 2, align: .right, shape: .number, aliases: ["age"],
      value: { row, _ in Cells.number(row.value.oldest.seconds) },
      cell: { row, _, _ in oldest(row.value.oldest) }),
    TableColumn(
      "running", "run", width: 5, priority: 6, align: .right, shape: .number, aliases: ["run"],
      value: { row, _ in Cells.number(row.value.running) },
      cell: { row, _, _ in Cells.count(row.value.running) }),
    TableColumn(
      "scheduled", "sched", width: 6, priority: 10, align: .right, shape: .number, aliases: ["sched"],
      value: { row, _ in Cells.number(row.value.scheduled) },
      cell: { row, _, _ in Cells.count(row.value.scheduled) }),
    TableColumn(
      "deferred", "defer", width: 6, priority: 11, align: .right, shape: .number, aliases: ["defer"],
      value: { row, _ in Cells.number(row.value.deferred) },
      cell: { row, _, _ in Cells.count(row.value.deferred) }),
    TableColumn(
      "dead", "dead", width: 6, priority: 3, align: .right, shape: .number, value: { row, _ in Cells.number(row.value.dead) },
      cell: { row, _, _ in Cells.count(row.value.dead, role: .critical) }),
    TableColumn(
      "workers", "wrk", width: 4, priority: 7, align: .right, shape: .number, aliases: ["wrk"],
      value: { row, _ in Cells.number(row.value.workers) },
      cell: { row, _, _ in workers(row.value) }),
    TableColumn(
      "state", "state", width: 6, priority: 12, shape: .text, value: { row, _ in .text(state(row.value)) },
      cell: { row, _, _ in TableCell(state(row.value), Style(row.value.paused == true ? .warning : .faint)) }),
    TableColumn(
      "stale", "age", width: 5, priority: 2, align: .right, shape: .number,
      value: { row, context in Cells.number(row.source.age(at: context.now)) },
      cell: { row, context, _ in Cells.staleness(row.source, context.now) }),
  ]

  static func state(_ queue: QueueState) -> SafeText {
    switch queue.paused {
    case .some(true): "PAUSED"
    case .some(false): "open"
    case nil: "—"
    }
  }

  /// Work without a worker is what matters most, so a zero stands out there.
  private static func workers(_ queue: QueueState) -> TableCell {
    let isAbandoned = queue.workers == 0 && (queue.ready ?? 0) > 0
    return isAbandoned ? TableCell("0", Style(.critical)) : Cells.count(queue.workers)
  }

  private static func growth(_ perSecond: Double?) -> TableCell {
    guard let perSecond else { return .unknown }
    return TableCell(Units.rate(perSecond, signed: true), Style(perSecond > 0.5 ? .warning : .text))
  }

  static func drain(_ drain: Drain) -> TableCell {
    switch drain {
    case .unknown: .unknown
    case .empty: TableCell("empty", Style(.faint))
    case .steady: TableCell("flat")
    case .never: TableCell("never", Style(.warning))
    case .after(let seconds): TableCell(Units.age(seconds))
    }
  }

  private static func drainValue(_ row: Row, _ context: PanelContext) -> FilterValue {
    switch context.view.drain(of: row.value) {
    case .unknown: .unknown
    case .empty: .number(0)
    case .steady: .number(1e11)
    case .never: .number(1e12)
    case .after(let seconds): .number(seconds)
    }
  }

  static func oldest(_ oldest: OldestAge) -> TableCell {
    switch oldest {
    case .unknown: return .unknown
    case .none: return TableCell("empty", Style(.faint))
    case .exact(let seconds): return Cells.age(seconds, warn: 60, critical: 600)
    case .atLeast(let seconds):
      let role: Role = seconds >= 600 ? .critical : (seconds >= 60 ? .warning : .text)
      return TableCell("≥\(Units.age(seconds))", Style(role))
    }
  }
}
