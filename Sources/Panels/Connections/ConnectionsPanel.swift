import Canvas
import Console
import OpsModel

/// Who holds the connections: sessions counted by application, user and database, and what they are at.
enum ConnectionsPanel: TablePanel {
  struct Row: Sendable {
    let source: SourceView
    let application: SafeText
    let user: SafeText
    let database: SafeText
    var total = 0
    var active = 0
    var inTransaction = 0
    var idle = 0
    /// Idle for more than ten minutes.
    var long = 0
    var oldest: Double?
    var clients: Set<SafeText> = []

    var id: ResourceID {
      ResourceID(source: source.name, kind: .connections, key: "\(application.text)\u{0}\(user.text)\u{0}\(database.text)")
    }

    mutating func count(_ session: SessionState) {
      total += 1
      if session.isActive { active += 1 } else if session.isIdleInTransaction { inTransaction += 1 } else { idle += 1 }
      if !session.isActive, (session.stateAge ?? 0) > longIdle { long += 1 }
      if let age = session.stateAge { oldest = max(oldest ?? 0, age) }
      if let client = session.client { clients.insert(client) }
    }

    /// Most of them have done nothing for ten minutes: a pool that leaks, or is too large.
    var isLeaking: Bool { total >= 5 && long * 2 > total }
  }

  static let longIdle = 600.0

  static let manifest = PanelManifest(
    id: "connections", title: "Database › Connections", summary: "Connections by application, user, database and state.", digit: 5)

  static let open: CommandID = "connections.open"

  static let commands = [
    Command(open, "sessions", "Lists the sessions of this application.", keys: [.enter], footer: 10)
  ]

  static func all(_ context: PanelContext) -> [Row] {
    var rows: [ResourceID: Row] = [:]
    for session in context.view.sourced(\.sessions) where session.value.database != nil && session.value.leader == nil {
      let value = session.value
      let fresh = Row(
        source: session.source, application: value.application.flatMap { $0.isEmpty ? nil : $0 } ?? "(no name)", user: value.user ?? "?",
        database: value.database ?? "?")
      // In its place: a copy of its hosts for each session would cost the square of them.
      rows[fresh.id, default: fresh].count(value)
    }
    return Array(rows.values)
  }

  static var facet: Facet? { .sessions }

  static func name(_ row: Row) -> SafeText { row.application }

  static func empty(_ context: PanelContext) -> SafeText { context.view.emptyWords(for: .sessions, nothing: "no session but our own") }

  static func head(_ context: PanelContext) -> [HeadLine] {
    context.view.sources(with: .sessions).compactMap { source in
      guard let server = source.reading.value?.server, let used = server.connections, let limit = server.connectionLimit else { return nil }
      let left = max(0, limit - used)
      let role: Role = left * 10 < limit ? .critical : .text
      return HeadLine("\(source.name): \(used) of \(limit) connections that ordinary roles may have, \(left) left", role)
        .dimmed(ifStale: source, context.now)
    } + context.view.headLines(for: .sessions, now: context.now)
  }

  static func act(_ command: CommandID, on row: Row, _ context: PanelContext) -> [Request] {
    let filter = "application:\"\(row.application.text)\""
    return [.open(panel: DatabasePanel.manifest.id, target: ResourceID(source: row.source.name, kind: .statement, key: filter))]
  }

  private static func column(
    _ id: String, _ title: SafeText, _ priority: Int, warn: Bool = false, _ value: @escaping @Sendable (Row) -> Int
  ) -> TableColumn<Row> {
    TableColumn(
      id, title, width: 6, priority: priority, align: .right, shape: .number, value: { row, _ in .number(Double(value(row))) },
      cell: { row, _, _ in value(row) == 0 ? TableCell("·") : TableCell(Units.count(value(row)), Style(warn ? .warning : .text)) })
  }

  static let rows = Table<Row>(
    columns: [
      TableColumn(
        "application", "application", width: 16, maximum: 30, priority: 0, shape: .text, value: { row, _ in .text(row.application) },
        cell: { row, _, _ in TableCell(row.application) }),
      column("total", "total", 1) { $0.total },
      column("active", "active", 2) { $0.active },
      column("intx", "in tx", 3, warn: true) { $0.inTransaction },
      column("idle", "idle", 4) { $0.idle },
      TableColumn(
        "long", "idle>10m", width: 8, priority: 5, align: .right, shape: .number, value: { row, _ in .number(Double(row.long)) },
        cell: { row, _, _ in row.long == 0 ? TableCell("·") : TableCell("\(row.long)", Style(row.isLeaking ? .warning : .text)) }),
      TableColumn(
        "oldest", "longest", width: 7, priority: 6, align: .right, shape: .number, value: { row, _ in Cells.number(row.oldest) },
        cell: { row, _, _ in Cells.age(row.oldest) }),
      TableColumn(
        "user", "user", width: 8, maximum: 16, priority: 7, shape: .text, value: { row, _ in .text(row.user) },
        cell: { row, _, _ in TableCell(row.user) }),
      TableColumn(
        "database", "database", width: 8, maximum: 16, priority: 8, shape: .text, value: { row, _ in .text(row.database) },
        cell: { row, _, _ in TableCell(row.database) }),
      column("clients", "hosts", 9) { $0.clients.count },
      TableColumn(
        "source", "source", width: 8, maximum: 12, priority: 10, shape: .text, value: { row, _ in .text(row.source.name) },
        cell: { row, _, _ in TableCell(row.source.name, Style(.faint)) }),
    ], defaultSort: SortOrder("total", descending: true), id: { $0.id }, isDimmed: { !$0.source.isFresh(at: $1.now) })
}
