import Canvas
import Console
import OpsModel

/// One process: what ails it and by which numbers, each signal over time, collections, pools, threads, workers, costs.
enum RuntimePanel: Panel {
  struct State: Equatable, Sendable {
    let id: ResourceID?
    var top = 0
  }

  static let manifest = PanelManifest(
    id: "runtime", title: "Runtimes › Process", summary: "All signals of one process over time, its threads, pools and collections.",
    digit: 6)

  static let host: CommandID = "runtime.host"
  static let worker: CommandID = "runtime.worker"
  static let again: CommandID = "runtime.again"

  static var commands: [Command] {
    RuntimeActions.commands + [
      Command(host, "host", "Shows the pressure on the machine that it runs on.", keys: [Key("h")], footer: 12),
      Command(
        again, "ask again", "Asks the server anew for collections, pools and the last half hour of this process.", keys: [Key("a")],
        footer: 15),
      Command(worker, "worker", "Shows the queue worker that this process is.", keys: [Key("w")], footer: 13),
    ] + SheetScroll.commands
  }

  static func start(at target: ResourceID?) -> State { State(id: target) }

  static var facet: Facet? { nil }
  static var table: WritableKeyPath<State, TableState>? { nil }
  static var sortable: [SortChoice] { [] }
  static var filterFields: [FilterField] { [] }

  static func find(_ id: ResourceID?, _ context: PanelContext) -> ProcessView? {
    guard let id else { return nil }
    return context.view.processes.first { $0.id == id || $0.ids.contains(id) }
  }

  /// The source that knows more of it than it tells at every poll.
  private static func asked(_ process: ProcessView, _ context: PanelContext) -> ResourceID? {
    process.ids.first { context.view.source($0.source)?.tellsDetail ?? false }
  }

  static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request] {
    find(target, context).flatMap { asked($0, context) }.map { [.detail($0)] } ?? []
  }

  static func reduce(_ command: CommandID, _ state: inout State, _ context: PanelContext) -> [Request] {
    guard let process = find(state.id, context) else { return [] }
    switch command {
    case RuntimeActions.inside, RuntimeActions.profile: return RuntimeActions.requests(command, process, context)
    case again: return opened(process.id, context)
    case host: return [.open(panel: HostPanel.manifest.id, target: nil)]
    case worker: return RuntimeLinks.worker(of: process, context.view).map { [.open(panel: WorkerPanel.manifest.id, target: $0.id)] } ?? []
    default:
      let count = lines(process, context).count
      state.top = min(SheetScroll.moved(command, state.top, page: context.size.rows), max(0, count - context.size.rows))
      return []
    }
  }

  static func disabled(_ command: CommandID, _ state: State, _ context: PanelContext) -> SafeText? {
    guard let process = find(state.id, context) else { return "the process is gone" }
    switch command {
    case RuntimeActions.inside, RuntimeActions.profile: return RuntimeActions.disabled(command, process, context)
    case again: return asked(process, context) == nil ? "what is known of it comes by itself" : nil
    case host:
      return RuntimeLinks.host(of: process, context.view) == nil
        ? "the machine it runs on is not watched: add a source of kind host there" : nil
    case worker: return RuntimeLinks.worker(of: process, context.view) == nil ? "no queue worker has this pid and host" : nil
    default: return nil
    }
  }

  static func crumbs(_ state: State, _ context: PanelContext) -> [SafeText] {
    guard let process = find(state.id, context) else { return state.id.map { [$0.source] } ?? [] }
    return [process.state.pid.map { "\(process.state.name):\($0)" } ?? process.state.name]
  }

  static func selection(_ state: State, _ context: PanelContext) -> SafeText? {
    find(state.id, context).map { $0.state.pid.map { "\($0)" } ?? $0.state.name }
  }

  private static func lines(_ process: ProcessView, _ context: PanelContext) -> [RuntimeLine] {
    RuntimeLines(process: process, context: context).all
  }

  static func draw(_ state: State, _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    guard let process = find(state.id, context) else {
      canvas.put(
        "it is gone: the last poll did not see it any more; Esc goes back" as SafeText, x: area.x + 1, y: area.y, width: area.width - 1,
        style: Style(.warning))
      return
    }
    let shown = lines(process, context).dropFirst(state.top).prefix(area.height)
    for (row, line) in shown.enumerated() { line.draw(&canvas, Rect(x: area.x + 1, y: area.y + row, width: area.width - 1, height: 1)) }
  }
}
