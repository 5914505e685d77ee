import Canvas
import Console
import OpsModel

/// Columns of the Workers table.
enum WorkerColumns {
  typealias Row = Sourced<WorkerState>

  static let all: [TableColumn<Row>] = [
    TableColumn(
      "worker", "worker", width: 14, maximum: 36, priority: 0, shape: .text, aliases: ["name"], value: { row, _ in .text(row.value.name) },
      cell: { row, _, _ in TableCell(row.value.name) }),
    TableColumn(
      "source", "source", width: 8, maximum: 14, priority: 7, shape: .text, value: { row, _ in .text(row.source.name) },
      cell: { row, _, _ in TableCell(row.source.name, Style(.faint)) }),
    TableColumn(
      "state", "state", width: 9, priority: 1, shape: .text, value: { row, _ in .text(word(row.value.activity)) },
      cell: { row, _, _ in TableCell(word(row.value.activity), Style(role(row.value.activity))) }),
    TableColumn(
      "active", "act", width: 4, priority: 9, align: .right, shape: .number, aliases: ["act"],
      value: { row, _ in Cells.number(row.value.active) },
      cell: { row, _, _ in Cells.count(row.value.active) }),
    TableColumn(
      "time", "on it", width: 7, priority: 2, align: .right, shape: .number, aliases: ["age", "on"],
      value: { row, _ in Cells.number(row.value.onTask) },
      cell: { row, _, _ in Cells.age(row.value.onTask, warn: 60, critical: 600) }),
    TableColumn(
      "task", "task", width: 12, maximum: 60, priority: 4, shape: .text, value: { row, _ in Cells.word(row.value.currentTask) },
      cell: { row, _, _ in Cells.text(row.value.currentTask ?? row.value.note, role: row.value.currentTask == nil ? .faint : .text) }),
    TableColumn(
      "queues", "queues", width: 8, maximum: 24, priority: 8, shape: .text,
      value: { row, _ in .text(SafeText.join(row.value.queues, ",")) },
      cell: { row, _, _ in row.value.queues.isEmpty ? .unknown : TableCell(SafeText.join(row.value.queues, ","), Style(.faint)) }),
    TableColumn(
      "done", "done/s", width: 7, priority: 6, align: .right, shape: .number,
      value: { row, context in Cells.number(context.view.history.rate(.done, of: row.value.id)) },
      cell: { row, context, _ in
        context.view.history.rate(.done, of: row.value.id).map { TableCell(Units.rate(max(0, $0))) } ?? .unknown
      }),
    TableColumn(
      "failed", "failed", width: 6, priority: 10, align: .right, shape: .number, value: { row, _ in Cells.number(row.value.failed) },
      cell: { row, _, _ in Cells.count(row.value.failed) }),
    TableColumn(
      "heartbeat", "beat", width: 6, priority: 3, align: .right, shape: .number, aliases: ["beat"],
      value: { row, _ in Cells.number(row.value.heartbeatAge) },
      cell: { row, context, _ in beat(row, context.now) }),
    TableColumn(
      "host", "host", width: 8, maximum: 20, priority: 11, shape: .text, value: { row, _ in Cells.word(row.value.host) },
      cell: { row, _, _ in Cells.text(row.value.host, role: .faint) }),
    TableColumn(
      "pid", "pid", width: 7, priority: 12, align: .right, shape: .number, value: { row, _ in Cells.number(row.value.pid) },
      cell: { row, _, _ in row.value.pid.map { TableCell("\($0)", Style(.faint)) } ?? .unknown }),
    TableColumn(
      "stale", "age", width: 5, priority: 5, align: .right, shape: .number,
      value: { row, context in Cells.number(row.source.age(at: context.now)) },
      cell: { row, context, _ in Cells.staleness(row.source, context.now) }),
  ]

  static func word(_ activity: WorkerState.Activity) -> SafeText {
    switch activity {
    case .starting: "starting"
    case .idle: "idle"
    case .busy: "busy"
    case .suspended: "suspended"
    case .lost: "LOST"
    case .unknown: "unknown"
    }
  }

  static func role(_ activity: WorkerState.Activity) -> Role {
    switch activity {
    case .starting, .idle: .text
    case .busy: .ok
    case .suspended: .warning
    case .lost: .critical
    case .unknown: .unknown
    }
  }

  /// The heartbeat ages on while its source does not answer.
  private static func beat(_ row: Row, _ now: Moment) -> TableCell {
    guard let age = row.value.heartbeatAge else { return .unknown }
    return Cells.age(age + (row.source.isFresh(at: now) ? 0 : row.source.age(at: now) ?? 0), warn: 120, critical: 480)
  }
}
