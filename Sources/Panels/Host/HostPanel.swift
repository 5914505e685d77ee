import Canvas
import Console
import OpsModel

/// `6 Runtimes`, second tab: what presses on the machines that are watched: cores, memory, disks, control groups, queues of connections.
enum HostPanel: Panel {
  struct State: Equatable, Sendable { var top = 0 }

  static let manifest = PanelManifest(
    id: "host", title: "Host", summary: "Pressure, memory, control groups and waiting connections of the machines.", digit: 6,
    group: "runtimes",
    tab: "Host")

  static var commands: [Command] { SheetScroll.commands }

  static func start(at target: ResourceID?) -> State { State() }

  static var facet: Facet? { .runtimes }
  static var table: WritableKeyPath<State, TableState>? { nil }
  static var sortable: [SortChoice] { [] }
  static var filterFields: [FilterField] { [] }

  static func reduce(_ command: CommandID, _ state: inout State, _ context: PanelContext) -> [Request] {
    let count = lines(context).count
    state.top = min(SheetScroll.moved(command, state.top, page: context.size.rows), max(0, count - context.size.rows))
    return []
  }

  static func disabled(_ command: CommandID, _ state: State, _ context: PanelContext) -> SafeText? { nil }
  static func crumbs(_ state: State, _ context: PanelContext) -> [SafeText] { [] }
  static func selection(_ state: State, _ context: PanelContext) -> SafeText? {
    context.view.sources.compactMap(\.reading.value?.host?.name).first
  }

  static func draw(_ state: State, _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    for (row, line) in lines(context).dropFirst(state.top).prefix(area.height).enumerated() {
      canvas.put(line.text, x: area.x + 1, y: area.y + row, width: area.width - 1, style: Style(line.role))
    }
  }

  private static func lines(_ context: PanelContext) -> [HeadLine] {
    let sources = context.view.sources.filter { $0.reading.value?.host != nil }
    guard !sources.isEmpty else { return [HeadLine("no machine is watched: add a source, {name: here, kind: host}", .faint)] }
    return sources.flatMap { source -> [HeadLine] in
      guard let host = source.reading.value?.host else { return [] }
      var out: [HeadLine] = []
      if let trouble = source.trouble(at: context.now) { out.append(HeadLine("\(source.name): \(trouble)", .warning)) }
      out += (source.reading.value?.notices ?? []).map { HeadLine(source.name, $0) }
      return out + HostLines(host: host, processes: context.view.processes, columns: context.size.columns).all
    }
  }
}
