import Canvas
import Console
import OpsModel

/// `5 Database`: what every session of PostgreSQL does, what it waits for, and who holds it up.
enum DatabasePanel: TablePanel {
  static let manifest = PanelManifest(
    id: "database", title: "Database", summary: "Sessions: state, age, wait, who blocks whom, connections against the limit.", digit: 5)

  static let open: CommandID = "database.open"

  static let commands = [
    Command(open, "details", "Shows the whole statement and all that is known of this session.", keys: [.enter], footer: 10)
  ]

  static func all(_ context: PanelContext) -> [Sourced<SessionState>] { context.view.sourced(\.sessions) }

  static var facet: Facet? { .sessions }

  static func name(_ row: Sourced<SessionState>) -> SafeText { "\(row.value.pid)" }

  static func empty(_ context: PanelContext) -> SafeText {
    context.view.emptyWords(for: .sessions, nothing: "no session but our own")
  }

  static func head(_ context: PanelContext) -> [HeadLine] {
    let servers = context.view.sources(with: .sessions).compactMap { ServerLine.of($0, context.now) }
    return servers.map { HeadLine($0, .text) } + context.view.headLines(for: .sessions, now: context.now)
  }

  static func act(_ command: CommandID, on row: Sourced<SessionState>, _ context: PanelContext) -> [Request] {
    [.open(panel: SessionPanel.manifest.id, target: row.value.id)]
  }

  static let rows = Table<Sourced<SessionState>>(
    columns: SessionColumns.all, defaultSort: SortOrder("time", descending: true), id: \.value.id,
    isDimmed: { !$0.source.isFresh(at: $1.now) })
}
