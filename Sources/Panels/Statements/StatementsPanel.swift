import Canvas
import Console
import OpsModel

/// `5 Database`, second tab: what statements cost over a window of time, the greatest part of the load first.
enum StatementsPanel: TablePanel {
  /// What all rows of a source share: there may be thousands of them.
  final class Shared: Sendable {
    let source: SourceView
    let log: StatementLog
    let window: StatementWindow

    init(_ source: SourceView, _ log: StatementLog, _ window: StatementWindow) {
      self.source = source
      self.log = log
      self.window = window
    }
  }

  struct Row: Sendable {
    let shared: Shared
    /// Its place in the window.
    let place: Int
    let id: ResourceID
    /// Sessions that run it now, and how long they have run: it is not counted before it ends.
    let running: (count: Int, longest: Double)?

    var source: SourceView { shared.source }
    var log: StatementLog { shared.log }
    var window: StatementWindow { shared.window }
    var row: StatementWindow.Row { shared.window.rows[place] }
    var text: SafeText? { log.texts[row.key].flatMap { $0.isEmpty ? nil : $0 } }
    var user: SafeText { log.users[row.key.user] ?? "oid \(row.key.user)" }
    var database: SafeText { log.databases[row.key.database] ?? "oid \(row.key.database)" }
  }

  static let manifest = PanelManifest(
    id: "statements", title: "Statements", summary: "What statements cost over the last 1, 5, 15 or 60 minutes.", digit: 5,
    group: "database", tab: "Statements", wantsAttention: true)

  static let open: CommandID = "statements.open"
  static let window: CommandID = "statements.window"
  static let plan: CommandID = "statements.plan"
  static let sessions: CommandID = "statements.sessions"

  static let commands =
    [
      Command(open, "details", "Shows the whole text and all numbers of this statement.", keys: [.enter], footer: 10),
      Command(window, "window", "Turns to the next window: 1, 5, 15, 60 minutes.", keys: [Key("w")], footer: 11),
      Command(plan, "plan", "Asks for the plan of this statement, without running it.", keys: [Key("v")], footer: 12),
      Command(sessions, "who runs it", "Lists the sessions that run this statement now.", keys: [Key("x")], footer: 13),
    ] + DatabasePanel.beside

  /// Rows are made for the window of the state, which `all` does not know: the table asks `arranged` instead.
  static func all(_ context: PanelContext) -> [Row] { all(0, context) }

  static func all(_ mode: Int, _ context: PanelContext) -> [Row] {
    context.view.sources.flatMap { source -> [Row] in
      guard let observed = source.reading.value, let log = observed.statements else { return [] }
      let window = log.window(StatementLog.windows[mode % StatementLog.windows.count])
      var running: [Int64: (count: Int, longest: Double)] = [:]
      for session in observed.sessions where session.isActive && session.leader == nil {
        guard let id = session.queryID else { continue }
        let known = running[id] ?? (0, 0)
        running[id] = (known.count + 1, max(known.longest, session.queryAge ?? 0))
      }
      let shared = Shared(source, log, window)
      return window.rows.indices.map { place in
        let key = window.rows[place].key
        return Row(
          shared: shared, place: place, id: ResourceID(source: source.name, kind: .statement, key: key.bytes), running: running[key.query])
      }
    }
  }

  static func arranged(_ state: TableState, _ context: PanelContext) -> [Row] {
    context.cache.rows(of: Self.self, state, context) { rows.arranged(all(state.mode, context), state, context) }
  }

  static var facet: Facet? { .statements }

  static func name(_ row: Row) -> SafeText { "\(row.row.key.query)" }

  static func crumbs(_ state: TableState, _ context: PanelContext) -> [SafeText] {
    ["last \(Units.age(StatementLog.windows[state.mode % StatementLog.windows.count]))"]
  }

  static func empty(_ context: PanelContext) -> SafeText {
    if !context.view.sources(with: .statements).isEmpty { return "no statement ended in this window" }
    if !context.view.sources(with: .sessions).isEmpty {
      return "pg_stat_statements is not in the connected database: CREATE EXTENSION pg_stat_statements, or connect to one that has it"
    }
    return context.view.emptyWords(for: .statements, nothing: "")
  }

  static func head(_ context: PanelContext) -> [HeadLine] { StatementHead.lines(0, context) }

  static func head(_ state: TableState, _ context: PanelContext) -> [HeadLine] { StatementHead.lines(state.mode, context) }

  static func reduce(_ command: CommandID, _ state: inout TableState, _ context: PanelContext) -> [Request] {
    guard command == window else { return tableReduce(command, &state, context) }
    state.mode = (state.mode + 1) % StatementLog.windows.count
    return []
  }

  static func act(_ command: CommandID, on row: Row, _ context: PanelContext) -> [Request] {
    switch command {
    case open: return [.open(panel: StatementPanel.manifest.id, target: row.id)]
    case plan:
      return [
        .explain(PlanRequest(source: row.source.name, statement: .listed(row.row.key))), .open(panel: PlanPanel.manifest.id, target: nil),
      ]
    case sessions:
      let target = ResourceID(source: row.source.name, kind: .statement, key: "id:\(row.row.key.query)")
      return [.open(panel: DatabasePanel.manifest.id, target: target)]
    default: return DatabasePanel.beside(command, row.source).map { [$0] } ?? []
    }
  }

  static func disabled(_ command: CommandID, _ state: TableState, _ context: PanelContext) -> SafeText? {
    command == window ? nil : tableDisabled(command, state, context)
  }

  static func disabled(_ command: CommandID, on row: Row?, _ context: PanelContext) -> SafeText? {
    command == sessions && row?.running == nil ? "nobody runs it at this moment" : nil
  }

  /// Coming from a session the table begins with its statement.
  static func start(at target: ResourceID?) -> TableState {
    guard let target else { return TableState() }
    var state = TableState()
    let text = String(decoding: target.key, as: UTF8.self)
    guard target.kind == .statement, text.hasPrefix("id:") else { return TableState(cursor: target) }
    state.filterText = text
    state.filter = (try? Filter.parse(text, fields: filterFields)) ?? .all
    return state
  }

  static let rows = Table<Row>(
    columns: StatementColumns.all, defaultSort: SortOrder("load", descending: true), id: { $0.id },
    isDimmed: { !$0.source.isFresh(at: $1.now) })
}
