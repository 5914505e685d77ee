import Canvas
import Console
import OpsModel

/// Columns of the tree of locks.
enum LockColumns {
  typealias Row = LocksPanel.Row

  static let all: [TableColumn<Row>] = [
    TableColumn(
      "tree", "session", width: 22, maximum: 34, priority: 0, shape: .text, aliases: ["pid", "session"],
      value: { row, _ in .text(row.lock.pid.map { "\($0)" } ?? row.lock.application ?? "") },
      rank: { row, _ in .number(Double(row.place)) }, cell: { row, _, width in tree(row.lock, width) }),
    TableColumn(
      "waited", "waited", width: 7, priority: 1, align: .right, shape: .number, aliases: ["age"],
      value: { row, _ in Cells.number(row.lock.waited) },
      cell: { row, _, _ in row.lock.depth == 0 ? TableCell("·") : Cells.age(row.lock.waited, warn: 10, critical: 60) }),
    TableColumn(
      "victims", "behind", width: 6, priority: 2, align: .right, shape: .number, aliases: ["behind"],
      value: { row, _ in .number(Double(row.lock.victims)) },
      cell: { row, _, _ in
        row.lock.victims == 0 ? TableCell("·") : TableCell("\(row.lock.victims)", Style(row.lock.depth == 0 ? .critical : .warning))
      }),
    TableColumn(
      "sum", "all waited", width: 10, priority: 8, align: .right, shape: .number, value: { row, _ in .number(row.lock.suffering) },
      cell: { row, _, _ in row.lock.victims == 0 ? TableCell("·") : Cells.age(row.lock.suffering) }),
    TableColumn(
      "xact", "xact", width: 7, priority: 7, align: .right, shape: .number, value: { row, _ in Cells.number(row.lock.transactionAge) },
      cell: { row, _, _ in Cells.age(row.lock.transactionAge, warn: 60, critical: 300) }),
    TableColumn(
      "state", "state", width: 8, maximum: 12, priority: 4, shape: .text, value: { row, _ in Cells.word(row.lock.state) },
      cell: { row, _, _ in state(row.lock) }),
    TableColumn(
      "lock", "holds, or waits for", width: 30, maximum: 60, priority: 3, shape: .text, aliases: ["object", "holds"],
      value: { row, _ in Cells.word(row.lock.waitsFor ?? row.lock.holds) }, cell: { row, _, _ in lock(row.lock) }),
    TableColumn(
      "user", "user", width: 8, maximum: 12, priority: 9, shape: .text, value: { row, _ in Cells.word(row.lock.user) },
      cell: { row, _, _ in Cells.text(row.lock.user) }),
    TableColumn(
      "query", "query", width: 24, maximum: 300, priority: 6, shape: .text, value: { row, _ in Cells.word(row.lock.query) },
      cell: { row, _, _ in row.lock.kind == .queue ? TableCell("") : Cells.text(row.lock.query) }),
    TableColumn(
      "source", "source", width: 8, maximum: 12, priority: 10, shape: .text, value: { row, _ in .text(row.source.name) },
      cell: { row, _, _ in TableCell(row.source.name, Style(.faint)) }),
  ]

  private static func tree(_ lock: LockRow, _ width: Int) -> TableCell {
    let indent = SafeText.join([SafeText](repeating: " ", count: max(0, min(lock.depth, 8))), "")
    let branch: SafeText = lock.depth == 0 ? "" : "└"
    let application: SafeText = lock.application.map { " \($0)" } ?? ""
    switch lock.kind {
    case .root: return TableCell("\(lock.pid.map { "\($0)" } ?? "?")\(application)", Style(.critical))
    case .prepared: return TableCell("prepared\(application)", Style(.critical))
    case .cycle: return TableCell("cycle of \(lock.count)", Style(.critical))
    case .queue: return TableCell("\(indent)\(branch)\(Units.count(lock.count)) more queued", Style(.warning))
    case .waiter: return TableCell("\(indent)\(branch)\(lock.pid.map { "\($0)" } ?? "?")\(application)")
    }
  }

  private static func state(_ lock: LockRow) -> TableCell {
    if lock.kind == .queue { return TableCell("") }
    guard let state = lock.state else { return .unknown }
    let isIdle = state.text.hasPrefix("idle in transaction")
    return isIdle ? TableCell(state.text.hasSuffix("(aborted)") ? "idle tx!" : "idle tx", Style(.warning)) : TableCell(state)
  }

  /// Modes as people say them: without `Lock` at their end.
  private static func lock(_ lock: LockRow) -> TableCell {
    guard let object = lock.waitsFor else { return Cells.text(lock.holds.map { "holds \($0)" } ?? lock.remedy) }
    let mode: SafeText =
      lock.mode.map { " \(SafeText(escaping: String($0.text.hasSuffix("Lock") ? $0.text.dropLast(4) : $0.text[...])))" } ?? ""
    return TableCell(lock.isSoft ? "queued for \(object)\(mode)" : "\(object)\(mode)")
  }
}
