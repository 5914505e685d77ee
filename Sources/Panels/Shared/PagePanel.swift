import Canvas
import Console
import OpsModel

/// A panel that is a page of lines to scroll through.
protocol PagePanel: Panel where State == PageState {
  static func lines(_ context: PanelContext) -> [HeadLine]
}

/// How far a page is scrolled.
struct PageState: Equatable, Sendable { var top = 0 }

extension PagePanel {
  static var commands: [Command] { SheetScroll.commands }

  static func start(at target: ResourceID?) -> PageState { PageState() }

  static var table: WritableKeyPath<PageState, TableState>? { nil }
  static var sortable: [SortChoice] { [] }
  static var filterFields: [FilterField] { [] }

  static func reduce(_ command: CommandID, _ state: inout PageState, _ context: PanelContext) -> [Request] {
    let count = lines(context).count
    state.top = min(SheetScroll.moved(command, state.top, page: context.size.rows), max(0, count - context.size.rows))
    return []
  }

  static func disabled(_ command: CommandID, _ state: PageState, _ context: PanelContext) -> SafeText? { nil }

  static func crumbs(_ state: PageState, _ context: PanelContext) -> [SafeText] { [] }

  static func draw(_ state: PageState, _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    for (row, line) in lines(context).dropFirst(state.top).prefix(area.height).enumerated() {
      canvas.put(line.text, x: area.x + 1, y: area.y + row, width: area.width - 1, style: line.style)
    }
  }
}
