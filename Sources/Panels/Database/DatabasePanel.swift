import Canvas
import Console
import OpsModel

/// `5 Database`, first tab: what every session of PostgreSQL does, what it waits for, and who holds it up.
enum DatabasePanel: TablePanel {
  static let manifest = PanelManifest(
    id: "database", title: "Database", short: "DB", summary: "PostgreSQL: sessions and load, statements, locks, plans.", digit: 5,
    group: "database",
    tab: "Activity")

  static let open: CommandID = "database.open"
  static let connections: CommandID = "database.connections"
  static let health: CommandID = "database.health"

  static let commands =
    [Command(open, "details", "Shows the whole statement and all that is known of this session.", keys: [.enter], footer: 10)]
    + SessionActions.commands + beside

  /// Screens beside the tabs, reached from each of them.
  static let beside = [
    Command(
      connections, "connections", "Counts connections by application, user, database and state.", keys: [Key("n")], footer: 16),
    Command(
      health, "server", "Replication, vacuum, checkpoints and files of this server, and what its tables and indexes need.",
      keys: [Key("H")],
      footer: 17),
  ]

  /// Parallel workers are counted at their leader.
  static func all(_ context: PanelContext) -> [Sourced<SessionState>] {
    context.view.sourced(\.sessions).filter { $0.value.leader == nil }
  }

  static var facet: Facet? { .sessions }

  static var tellsVerdicts: Bool { false }

  static func name(_ row: Sourced<SessionState>) -> SafeText { "\(row.value.pid)" }

  static func empty(_ context: PanelContext) -> SafeText {
    context.view.emptyWords(for: .sessions, nothing: "no session but our own")
  }

  static func head(_ context: PanelContext) -> [HeadLine] {
    let sources = context.view.sources(with: .sessions)
    var all: [HeadLine] = []
    for source in sources {
      var lines: [HeadLine] = []
      if let words = ServerLine.of(source, context.now) { lines.append(HeadLine(words, .text)) }
      // On a small screen rows are worth more than the load.
      if context.size.rows >= 16, context.size.columns >= 60, let load = LoadLine.words(source, context) {
        lines.append(HeadLine("\(source.name): \(load)", .text))
      }
      let health = source.reading.value?.health
      lines += (health?.troubles ?? []).prefix(2).map { HeadLine(source.name, $0) }
      if context.size.rows >= 24, let health, let words = HealthStrip.words(health) {
        lines.append(HeadLine("\(source.name): \(words)", .faint))
      }
      all += lines.map { $0.dimmed(ifStale: source, context.now) }
    }
    return all + context.view.headLines(for: .sessions, now: context.now)
  }

  static func foot(_ arranged: [Sourced<SessionState>], _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    var place = area
    for source in context.view.sources(with: .sessions) where place.height > 2 {
      let part = place.takeTop(min(8, place.height))
      LoadLine.chart(source, context, &canvas, part)
    }
  }

  static func act(_ command: CommandID, on row: Sourced<SessionState>, _ context: PanelContext) -> [Request] {
    if command == open { return [.open(panel: SessionPanel.manifest.id, target: row.value.id)] }
    if let request = Self.beside(command, row.source) { return [request] }
    return SessionActions.requests(command, row.value)
  }

  static func beside(_ command: CommandID, _ source: SourceView) -> Request? {
    switch command {
    case connections: .open(panel: ConnectionsPanel.manifest.id, target: nil)
    case health: .open(panel: HealthPanel.manifest.id, target: source.id)
    default: nil
    }
  }

  static func disabled(_ command: CommandID, on row: Sourced<SessionState>?, _ context: PanelContext) -> SafeText? {
    SessionActions.disabled(command, row?.value, row?.source, context)
  }

  /// Coming from a statement the table begins with the sessions that run it.
  static func start(at target: ResourceID?) -> TableState {
    guard let target else { return TableState() }
    switch target.kind {
    case .source: return filtered("source:\(target.source.text)")
    case .statement: return filtered(String(decoding: target.key, as: UTF8.self))
    default: return TableState(cursor: target)
    }
  }

  private static func filtered(_ text: String) -> TableState {
    var state = TableState()
    state.filterText = text
    state.filter = (try? Filter.parse(text, fields: filterFields)) ?? .all
    return state
  }

  static let rows = Table<Sourced<SessionState>>(
    columns: SessionColumns.all, defaultSort: SortOrder("time", descending: true), id: { $0.value.id },
    isDimmed: { !$0.source.isFresh(at: $1.now) })
}
