import Canvas
import Console
import OpsModel

/// `6 Runtimes`, third tab: what a request and a task cost: queries, time in the database, time in all, memory. Each with its source.
enum CostPanel: TablePanel {
  static let manifest = PanelManifest(
    id: "cost", title: "Cost", summary: "Queries, database time, total time and allocation per request and per task.", digit: 6,
    group: "runtimes", tab: "Cost",
    wantsAttention: true)

  static let commands: [Command] = []

  static func all(_ context: PanelContext) -> [CostRow] { CostBook.rows(context.view) }

  static var facet: Facet? { .runtimes }

  static func name(_ row: CostRow) -> SafeText { row.service }

  static func empty(_ context: PanelContext) -> SafeText {
    context.view.emptyWords(
      for: .runtimes,
      nothing:
        "no service tells what its requests cost; name its role at the database (database_role: in the configuration) to reckon it from pg_stat_statements"
    )
  }

  static func act(_ command: CommandID, on row: CostRow, _ context: PanelContext) -> [Request] { [] }

  private static func part(
    _ id: String, _ title: SafeText, _ priority: Int, _ unit: Signal.Unit?, _ path: @escaping @Sendable (Cost) -> Cost.Part?
  ) -> TableColumn<CostRow> {
    TableColumn(
      id, title, width: 9, priority: priority, align: .right, shape: .number,
      value: { row, _ in Cells.number(row.cost.isEnough ? path(row.cost)?.value : nil) },
      cell: { row, _, _ in
        guard let part = path(row.cost) else { return .unknown }
        guard row.cost.isEnough else { return TableCell("n/a", Style(.faint)) }
        return TableCell(unit.map { $0.text(part.value) } ?? CostWords.number(part.value))
      })
  }

  private static func sources(_ cost: Cost) -> SafeText {
    let named: [(SafeText, Cost.Part?)] = [
      ("queries", cost.queries), ("DB", cost.databaseTime), ("total", cost.totalTime), ("memory", cost.memory),
    ]
    let known = named.compactMap { entry in entry.1.map { (entry.0, $0.from) } }
    let kinds = Set(known.map(\.1))
    if kinds.count == 1, let only = kinds.first { return only }
    return SafeText.join(known.map { "\($0.0): \($0.1)" }, ", ")
  }

  static let rows = Table<CostRow>(
    columns: [
      TableColumn(
        "service", "service", width: 14, maximum: 30, priority: 0, shape: .text, value: { row, _ in .text(row.service) },
        cell: { row, _, _ in TableCell(row.service) }),
      TableColumn(
        "what", "per", width: 8, maximum: 28, priority: 1, shape: .text, value: { row, _ in .text(CostWords.name(row.cost)) },
        cell: { row, _, _ in TableCell(row.cost.name.isEmpty ? SafeText(escaping: row.cost.unit.rawValue) : row.cost.name, Style(.faint)) }),
      TableColumn(
        "rate", "rate", width: 8, priority: 2, align: .right, shape: .number, value: { row, _ in Cells.number(row.cost.perSecond) },
        cell: { row, _, _ in row.cost.perSecond.map { TableCell(Units.rate($0)) } ?? .unknown }),
      part("queries", "queries", 3, nil) { $0.queries }, part("database", "in DB", 4, .seconds) { $0.databaseTime },
      part("total", "in all", 5, .seconds) { $0.totalTime },
      part("memory", "memory", 6, .bytes) { $0.memory },
      TableColumn(
        "count", "counted", width: 8, priority: 9, align: .right, shape: .number, value: { row, _ in .number(row.cost.count) },
        cell: { row, _, _ in TableCell("\(Units.short(row.cost.count))", Style(row.cost.isEnough ? .faint : .warning)) }),
      TableColumn(
        "window", "over", width: 6, priority: 10, align: .right, shape: .number, value: { row, _ in .number(row.cost.window) },
        cell: { row, _, _ in TableCell(Units.age(row.cost.window), Style(.faint)) }),
      TableColumn(
        "from", "from", width: 12, maximum: 60, priority: 7, shape: .text, value: { row, _ in .text(sources(row.cost)) },
        cell: { row, _, _ in TableCell(row.remark ?? sources(row.cost), Style(row.remark == nil ? .faint : .warning)) }),
    ], defaultSort: SortOrder("rate", descending: true), id: { $0.id })
}
