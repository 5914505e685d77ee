import Canvas
import Console
import Gate
import OpsModel

/// `5 Database`, third tab: who blocks whom, as a tree with the roots on top; roots that cause more waiting come first.
enum LocksPanel: TablePanel {
  /// A line of a tree, with its place: a tree keeps its order.
  struct Row: Sendable {
    let source: SourceView
    let lock: LockRow
    let place: Int
  }

  static let manifest = PanelManifest(
    id: "locks", title: "Locks", summary: "Who waits for whom, root blockers first, each with its remedy.", digit: 5, group: "database",
    tab: "Locks")

  static let open: CommandID = "locks.open"
  static let root: CommandID = "locks.terminate-root"

  static let commands =
    [Command(open, "session", "Shows all that is known of this session.", keys: [.enter], footer: 10)]
    + SessionActions.commands.filter { $0.id != SessionActions.blocker }
    + [
      Command(root, "end root", "Ends the session at the root of this tree: everyone below it can go on.", keys: [Key("R")], footer: 16)
    ] + DatabasePanel.beside

  static func all(_ context: PanelContext) -> [Row] {
    context.view.sources.flatMap { source in
      (source.reading.value?.locks?.rows ?? []).enumerated().map { Row(source: source, lock: $0.element, place: $0.offset) }
    }
  }

  static var facet: Facet? { .locks }

  static func name(_ row: Row) -> SafeText { row.lock.pid.map { "\($0)" } ?? row.lock.application ?? "" }

  static func empty(_ context: PanelContext) -> SafeText {
    context.view.emptyWords(for: .locks, nothing: "nobody waits for a lock")
  }

  static func head(_ context: PanelContext) -> [HeadLine] {
    let counts = context.view.sources(with: .locks).compactMap { source -> HeadLine? in
      guard let tree = source.reading.value?.locks, tree.waiters > 0 else { return nil }
      let cut: SafeText = tree.cut > 0 ? ", \(tree.cut) lines left out" : ""
      return HeadLine(
        "\(source.name): \(WaitersBehind.wait(tree.waiters)) behind \(Units.count(tree.roots, "root"))\(cut)", .warning
      ).dimmed(ifStale: source, context.now)
    }
    let notices = context.view.sources(with: .locks).flatMap { source in
      (source.reading.value?.locks?.notices ?? []).map { HeadLine(source.name, $0).dimmed(ifStale: source, context.now) }
    }
    return counts + notices + context.view.headLines(for: .locks, now: context.now)
  }

  /// What helps against the root of the selected line.
  static func foot(_ arranged: [Row], _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    guard area.height > 1 else { return }
    var place = area
    _ = place.takeTop(1)
    for row in arranged where row.lock.remedy != nil && place.height > 0 {
      let name: SafeText = row.lock.pid.map { "\($0)" } ?? row.lock.application ?? "?"
      let style = Style(.text, dimmed: !row.source.isFresh(at: context.now))
      for words in TextWrap.lines("\(name): \(row.lock.remedy ?? "")", width: max(10, place.width - 2)) where place.height > 0 {
        let line = place.takeTop(1)
        canvas.put(words, x: line.x + 1, y: line.y, width: line.width - 1, style: style)
      }
    }
  }

  /// The session of a line, as the activity knows it.
  static func session(_ row: Row?) -> SessionState? {
    guard let row, let id = row.lock.session else { return nil }
    return row.source.reading.value?.sessions.first { $0.id == id }
  }

  /// The session at the root above a line; nil where a prepared transaction or a cycle stands there.
  private static func rootSession(_ row: Row?) -> SessionState? {
    guard let row, let tree = row.source.reading.value?.locks, let root = tree.root(of: row.lock), root.kind == .root else { return nil }
    return session(Row(source: row.source, lock: root, place: 0))
  }

  static func act(_ command: CommandID, on row: Row, _ context: PanelContext) -> [Request] {
    if command == root { return rootSession(row).map { SessionActions.requests(SessionActions.terminate, $0) } ?? [] }
    if let request = DatabasePanel.beside(command, row.source) { return [request] }
    guard let session = session(row) else { return [] }
    if command == open { return [.open(panel: SessionPanel.manifest.id, target: session.id)] }
    return SessionActions.requests(command, session)
  }

  static func disabled(_ command: CommandID, on row: Row?, _ context: PanelContext) -> SafeText? {
    if command == root {
      guard let session = rootSession(row) else { return "there is no session at the root: \(row?.lock.remedy ?? "nothing can be ended")" }
      return SessionActions.disabled(SessionActions.terminate, session, row?.source, context)
    }
    if command == open { return session(row) == nil ? "this line is no session" : nil }
    return SessionActions.disabled(command, session(row), row?.source, context)
  }

  static let rows = Table<Row>(
    columns: LockColumns.all, defaultSort: SortOrder("tree", descending: false), id: { $0.lock.id },
    isDimmed: { !$0.source.isFresh(at: $1.now) })
}
