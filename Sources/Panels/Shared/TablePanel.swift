import Canvas
import Console
import OpsModel

/// A panel that is one table: everything but its rows and columns is the same.
protocol TablePanel: Panel where State == TableState {
  associatedtype Row: Sendable

  static var rows: Table<Row> { get }
  static func all(_ context: PanelContext) -> [Row]
  /// What to say where there is no row at all.
  static func empty(_ context: PanelContext) -> SafeText
  /// Lines above the table: totals, notices.
  static func head(_ context: PanelContext) -> [HeadLine]
  /// The same for a view of the rows that the operator chose.
  static func head(_ state: TableState, _ context: PanelContext) -> [HeadLine]
  /// Filtered and in order; reckoned once per change of the numbers, the filter or the order.
  static func arranged(_ state: TableState, _ context: PanelContext) -> [Row]
  static func name(_ row: Row) -> SafeText
  /// Lines that the head may take, where it has them.
  static func headRoom(_ context: PanelContext) -> Int
  /// Its rows show how long ago a source was asked, and so change when one is.
  static var tellsAsking: Bool { get }
  /// Its rows come from alerts or suspects, or are in their order.
  static var tellsVerdicts: Bool { get }
  /// Uses the room that is left under the rows.
  static func foot(_ arranged: [Row], _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect)
  static func act(_ command: CommandID, on row: Row, _ context: PanelContext) -> [Request]
  static func disabled(_ command: CommandID, on row: Row?, _ context: PanelContext) -> SafeText?
}

/// A line above a table.
struct HeadLine {
  let text: SafeText
  let role: Role
  /// What it says was so when its source last answered, and nobody knows whether it is.
  var isOld = false

  var style: Style { Style(role, dimmed: isOld) }

  init(_ text: SafeText, _ role: Role = .faint) {
    self.text = text
    self.role = role
  }

  /// The line of a notice.
  init(_ source: SafeText, _ notice: Notice) {
    text = "\(source): \(notice.text)"
    role = notice.severity == .critical ? .critical : (notice.severity == .warning ? .warning : .faint)
  }

  /// The same line, dimmed where the numbers in it are not those of now.
  func dimmed(ifStale source: SourceView, _ now: Moment) -> HeadLine {
    var out = self
    out.isOld = !source.isFresh(at: now)
    return out
  }
}

extension TablePanel {
  /// Coming from a source the table begins with its rows only; Esc shows the others.
  static func start(at target: ResourceID?) -> TableState {
    guard let target, target.kind == .source else { return TableState(cursor: target) }
    var state = TableState()
    state.filterText = "source:\(target.source.text)"
    state.filter = (try? Filter.parse(state.filterText, fields: filterFields)) ?? .all
    return state
  }

  static var tellsAsking: Bool { false }
  static var tellsVerdicts: Bool { true }

  static var table: WritableKeyPath<TableState, TableState>? { \.self }
  static var sortable: [SortChoice] { rows.sortable }
  static var filterFields: [FilterField] { rows.filterFields }

  static func reduce(_ command: CommandID, _ state: inout TableState, _ context: PanelContext) -> [Request] {
    tableReduce(command, &state, context)
  }

  /// What every table does, for panels with commands of another kind beside it.
  static func tableReduce(_ command: CommandID, _ state: inout TableState, _ context: PanelContext) -> [Request] {
    let arranged = arranged(state, context)
    let page = max(1, context.size.rows - 1 - shownHead(state, context).count)
    rows.reduce(command, &state, arranged, page: page)
    guard commands.contains(where: { $0.id == command }), let row = rows.selected(arranged, state) else { return [] }
    return act(command, on: row, context)
  }

  static func disabled(_ command: CommandID, _ state: TableState, _ context: PanelContext) -> SafeText? {
    tableDisabled(command, state, context)
  }

  static func tableDisabled(_ command: CommandID, _ state: TableState, _ context: PanelContext) -> SafeText? {
    guard commands.contains(where: { $0.id == command }) else { return nil }
    let row = rows.selected(arranged(state, context), state)
    if row == nil && state.cursor != nil { return "the selected row is gone; move the cursor first" }
    if row == nil { return "nothing is selected" }
    return disabled(command, on: row, context)
  }

  static func disabled(_ command: CommandID, on row: Row?, _ context: PanelContext) -> SafeText? { nil }

  static func arranged(_ state: TableState, _ context: PanelContext) -> [Row] {
    context.cache.rows(of: Self.self, state, context, tellsAsking: tellsAsking, tellsVerdicts: tellsVerdicts) {
      rows.arranged(all(context), state, context)
    }
  }

  static func headRoom(_ context: PanelContext) -> Int { max(0, min(6, (context.size.rows - 2) / 4)) }

  static func head(_ context: PanelContext) -> [HeadLine] { [] }

  static func head(_ state: TableState, _ context: PanelContext) -> [HeadLine] { head(context) }

  static func crumbs(_ state: TableState, _ context: PanelContext) -> [SafeText] { [] }

  static func selection(_ state: TableState, _ context: PanelContext) -> SafeText? {
    rows.selected(arranged(state, context), state).map(name)
  }

  /// On a small screen the table has the right of way.
  private static func shownHead(_ state: TableState, _ context: PanelContext) -> [HeadLine] {
    let lines = head(state, context)
    let room = headRoom(context)
    guard lines.count > room, room > 0 else { return Array(lines.prefix(room)) }
    // With room for one line that is the worst one.
    if room == 1 { return [lines.first { $0.role == .critical } ?? lines.first { $0.role == .warning } ?? lines[0]] }
    return lines.prefix(room - 1) + [HeadLine("and \(lines.count - room + 1) more; 1 Pulse shows every source", .warning)]
  }

  static func draw(_ state: TableState, _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    var body = area
    for line in shownHead(state, context) {
      let place = body.takeTop(1)
      canvas.put(line.text, x: place.x + 1, y: place.y, width: max(0, place.width - 1), style: line.style)
    }
    let arranged = arranged(state, context)
    let words: SafeText = state.filter.isEmpty ? empty(context) : "no row matches the filter; Esc shows all \(all(context).count)"
    rows.draw(arranged, state, context, &canvas, body, empty: words)
    let used = min(body.height, arranged.count + 2)
    foot(arranged, context, &canvas, Rect(x: body.x, y: body.y + used, width: body.width, height: body.height - used))
  }

  static func foot(_ arranged: [Row], _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {}
}
