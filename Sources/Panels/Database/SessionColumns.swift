import Canvas
import Console
import OpsModel

/// Columns of the activity table. Only what is wrong has a colour: it stands out, and rows that move cost few bytes.
enum SessionColumns {
  typealias Row = Sourced<SessionState>

  static let all: [TableColumn<Row>] = [
    TableColumn(
      "pid", "pid", width: 7, priority: 0, align: .right, shape: .number, value: { row, _ in .number(Double(row.value.pid)) },
      cell: { row, _, _ in TableCell("\(row.value.pid)") }),
    TableColumn(
      "state", "state", width: 8, maximum: 12, priority: 1, shape: .text, value: { row, _ in Cells.word(row.value.state) },
      cell: { row, _, width in state(row.value, width) }),
    TableColumn(
      "time", "time", width: 7, priority: 2, align: .right, shape: .number, aliases: ["age"],
      value: { row, _ in Cells.number(row.value.relevantAge) }, rank: { row, _ in .number(rank(row.value)) },
      cell: { row, _, _ in time(row.value) }),
    TableColumn(
      "xact", "xact", width: 7, priority: 8, align: .right, shape: .number, aliases: ["transaction"],
      value: { row, _ in Cells.number(row.value.transactionAge) },
      cell: { row, _, _ in transaction(row.value) }),
    TableColumn(
      "wait", "wait", width: 10, maximum: 22, priority: 7, shape: .text, value: { row, _ in Cells.word(row.value.waitEvent) },
      cell: { row, _, _ in wait(row.value) }),
    TableColumn(
      "blocked", "by", width: 7, priority: 3, align: .right, shape: .number, aliases: ["by"],
      value: { row, _ in .number(Double(row.value.blockedBy.count)) }, cell: { row, _, _ in blockedBy(row.value) }),
    TableColumn(
      "blocks", "blocks", width: 6, priority: 4, align: .right, shape: .number, value: { row, _ in .number(Double(row.value.blocks)) },
      cell: { row, _, _ in row.value.blocks == 0 ? TableCell("·") : TableCell("\(row.value.blocks)", Style(.critical)) }),
    TableColumn(
      "application", "application", width: 11, maximum: 20, priority: 6, shape: .text, aliases: ["name", "app"],
      value: { row, _ in Cells.word(row.value.application) },
      cell: { row, _, _ in Cells.text(row.value.application) }),
    TableColumn(
      "user", "user", width: 8, maximum: 12, priority: 9, shape: .text, value: { row, _ in Cells.word(row.value.user) },
      cell: { row, _, _ in Cells.text(row.value.user) }),
    TableColumn(
      "database", "database", width: 8, maximum: 12, priority: 10, shape: .text, value: { row, _ in Cells.word(row.value.database) },
      cell: { row, _, _ in Cells.text(row.value.database) }),
    TableColumn(
      "client", "client", width: 9, maximum: 16, priority: 12, shape: .text, value: { row, _ in Cells.word(row.value.client) },
      cell: { row, _, _ in Cells.text(row.value.client, role: .faint) }),
    TableColumn(
      "query", "query", width: 24, maximum: 400, priority: 5, shape: .text, value: { row, _ in Cells.word(row.value.query) },
      cell: { row, _, _ in query(row.value) }),
    TableColumn(
      "source", "source", width: 8, maximum: 12, priority: 13, shape: .text, value: { row, _ in .text(row.source.name) },
      cell: { row, _, _ in TableCell(row.source.name, Style(.faint)) }),
    TableColumn(
      "id", "statement", width: 20, priority: 40, shape: .text, aliases: ["statement"],
      value: { row, _ in row.value.queryID.map { .text(SafeText("\($0)")) } ?? .unknown },
      cell: { row, _, _ in Cells.text(row.value.queryID.map { "\($0)" }, role: .faint) }),
    TableColumn(
      "stale", "age", width: 4, priority: 11, align: .right, shape: .number,
      value: { row, context in Cells.number(row.source.age(at: context.now)) },
      cell: { row, context, _ in Cells.staleness(row.source, context.now) }),
  ]

  /// What the operator should see first: who holds others up, then who is held up, then open transactions, running statements, the rest.
  static func rank(_ session: SessionState) -> Double {
    let age = min(session.relevantAge ?? 0, 8e6)
    if session.blocks > 0 { return 4e8 + age }
    if !session.blockedBy.isEmpty { return 3e8 + age }
    // Idle in transaction costs others something once it has written, or keeps vacuum from cleaning up.
    if session.isIdleInTransaction { return 2e8 + (session.isWriting ? 4e7 : 0) + horizon(session) + age }
    if session.isActive { return 1e8 + age }
    return session.isHidden ? 1 : age / 1e8
  }

  private static func horizon(_ session: SessionState) -> Double { Double(min(session.horizonAge ?? 0, 2_000_000)) * 10 }

  /// A transaction as old as what stands under time already is not said twice.
  private static func transaction(_ session: SessionState) -> TableCell {
    if let age = session.transactionAge, let time = session.relevantAge, abs(age - time) < 1.5 { return TableCell("·") }
    return Cells.age(session.transactionAge, warn: 60, critical: 300)
  }

  private static func state(_ session: SessionState, _ width: Int) -> TableCell {
    guard let state = session.state else {
      return session.isHidden ? TableCell("hidden", Style(.faint)) : Cells.text(session.backendType, role: .faint)
    }
    if session.isIdleInTransaction {
      return TableCell(state.text.hasSuffix("(aborted)") ? "idle tx!" : "idle tx", Style(.warning))
    }
    return TableCell(state)
  }

  private static func time(_ session: SessionState) -> TableCell {
    guard let age = session.relevantAge else { return .unknown }
    if session.isActive { return Cells.age(age, warn: 10, critical: 60) }
    return session.isIdleInTransaction ? Cells.age(age, warn: 30, critical: 300) : TableCell(Units.age(age))
  }

  private static func wait(_ session: SessionState) -> TableCell {
    guard let event = session.waitEvent else {
      return session.isActive ? TableCell("cpu") : .unknown
    }
    let isLock = session.waitType?.text == "Lock"
    return TableCell(isLock ? "Lock:\(event)" : event, Style(isLock ? .warning : .text))
  }

  private static func blockedBy(_ session: SessionState) -> TableCell {
    guard let first = session.blockedBy.first else { return TableCell("·") }
    let more = session.blockedBy.count - 1
    // Pid 0 stands for a prepared transaction, which no session holds.
    let name: SafeText = first == 0 ? "prep" : "\(first)"
    return TableCell(more > 0 ? "\(name)+\(more)" : name, Style(.critical))
  }

  private static func query(_ session: SessionState) -> TableCell {
    if session.isHidden { return TableCell("not visible to this role", Style(.faint)) }
    guard session.workers > 0, let query = session.query else { return Cells.text(session.query) }
    return TableCell("+\(session.workers) workers  \(query)")
  }
}
