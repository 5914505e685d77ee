import Canvas
import Console
import OpsModel

/// A panel that shows all fields of one thing.
protocol SheetPanel: Panel where State == SheetState {
  static func sheet(_ id: ResourceID, _ context: PanelContext) -> FactSheet?
  static func title(_ id: ResourceID, _ context: PanelContext) -> SafeText
  /// Its facts are of the last poll of the source, and as old as that.
  static var isPolled: Bool { get }
}

/// Which thing, and how far the sheet is scrolled.
struct SheetState: Equatable, Sendable {
  let id: ResourceID?
  var top = 0
}

extension SheetPanel {
  static var isPolled: Bool { true }

  static func start(at target: ResourceID?) -> SheetState { SheetState(id: target) }

  static var table: WritableKeyPath<SheetState, TableState>? { nil }
  static var sortable: [SortChoice] { [] }
  static var facet: Facet? { nil }
  static var filterFields: [FilterField] { [] }

  /// Scrolling uses the keys of tables.
  static var commands: [Command] { scrolling }

  static var scrolling: [Command] {
    TableCommands.all.filter { [TableCommands.up, TableCommands.down, TableCommands.pageUp, TableCommands.pageDown].contains($0.id) }
  }

  static func reduce(_ command: CommandID, _ state: inout SheetState, _ context: PanelContext) -> [Request] {
    scroll(command, &state, context)
  }

  static func scroll(_ command: CommandID, _ state: inout SheetState, _ context: PanelContext) -> [Request] {
    let page = max(1, context.size.rows - 1)
    switch command {
    case TableCommands.up: state.top = max(0, state.top - 1)
    case TableCommands.down: state.top = min(400, state.top + 1)
    case TableCommands.pageUp: state.top = max(0, state.top - page)
    case TableCommands.pageDown: state.top = min(400, state.top + page)
    default: break
    }
    return []
  }

  static func disabled(_ command: CommandID, _ state: SheetState, _ context: PanelContext) -> SafeText? { nil }

  static func draw(_ state: SheetState, _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    guard let id = state.id, let sheet = sheet(id, context) else {
      canvas.put(
        "it is gone: the last poll did not see it any more; Esc goes back" as SafeText, x: area.x + 1, y: area.y, width: area.width - 1,
        style: Style(.warning))
      return
    }
    var body = area
    if let source = context.view.source(id.source), let trouble = source.trouble(at: context.now) {
      let line = body.takeTop(1)
      canvas.put("\(source.name): \(trouble)" as SafeText, x: line.x + 1, y: line.y, width: line.width - 1, style: Style(.warning))
    }
    let height = sheet.draw(&canvas, body, top: state.top)
    guard isPolled, let source = context.view.source(id.source), !source.isFresh(at: context.now) else { return }
    canvas.restyle(Rect(x: body.x, y: body.y, width: body.width, height: height)) { $0.isDimmed = true }
  }

  static func crumbs(_ state: SheetState, _ context: PanelContext) -> [SafeText] {
    state.id.map { [$0.source, title($0, context)] } ?? []
  }

  static func selection(_ state: SheetState, _ context: PanelContext) -> SafeText? { state.id.map { title($0, context) } }
}
