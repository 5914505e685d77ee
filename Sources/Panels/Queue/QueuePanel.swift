import Canvas
import Console
import OpsModel

/// A look into one queue: what runs next and what came last, in a bounded window.
enum QueuePanel: Panel {
  struct State: Equatable, Sendable {
    let queue: ResourceID?
    var top = 0
  }

  static let manifest = PanelManifest(
    id: "queue", title: "Queues", summary: "The next and the newest waiting tasks of one queue.", digit: 2)

  static let again: CommandID = "queue.again"

  static let commands: [Command] =
    [Command(again, "look again", "Reads both ends of the queue again.", keys: [.enter], footer: 10)]
    + TableCommands.all.filter { [TableCommands.up, TableCommands.down, TableCommands.pageUp, TableCommands.pageDown].contains($0.id) }

  static var table: WritableKeyPath<State, TableState>? { nil }
  static var sortable: [SortChoice] { [] }
  static var facet: Facet? { nil }
  static var filterFields: [FilterField] { [] }

  static func start(at target: ResourceID?) -> State { State(queue: target) }

  static func reduce(_ command: CommandID, _ state: inout State, _ context: PanelContext) -> [Request] {
    switch command {
    case again: return state.queue.map { [.look(into: $0)] } ?? []
    case TableCommands.up: state.top = max(0, state.top - 1)
    case TableCommands.down: state.top += 1
    case TableCommands.pageUp: state.top = max(0, state.top - max(1, context.size.rows - 2))
    case TableCommands.pageDown: state.top += max(1, context.size.rows - 2)
    default: break
    }
    let lines = state.queue.flatMap { context.view.waiting[$0]?.value }.map { WaitingLines.of($0, context.now).count } ?? 0
    state.top = min(state.top, max(0, lines - 1))
    return []
  }

  static func disabled(_ command: CommandID, _ state: State, _ context: PanelContext) -> SafeText? { nil }

  static func crumbs(_ state: State, _ context: PanelContext) -> [SafeText] {
    state.queue.map { [$0.source, SafeText(bytes: $0.key, limit: 60)] } ?? []
  }

  static func selection(_ state: State, _ context: PanelContext) -> SafeText? {
    state.queue.map { SafeText(bytes: $0.key, limit: 200) }
  }

  static func draw(_ state: State, _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    var body = area
    let first = body.takeTop(1)
    guard let queue = state.queue else { return }
    let reading = context.view.waiting[queue] ?? .never
    canvas.put(title(reading, context.now), x: first.x + 1, y: first.y, width: first.width - 1, style: titleStyle(reading))
    if let source = context.view.source(queue.source), let trouble = source.trouble(at: context.now) {
      let line = body.takeTop(1)
      canvas.put("\(source.name): \(trouble)" as SafeText, x: line.x + 1, y: line.y, width: line.width - 1, style: Style(.warning))
    }
    guard let tasks = reading.value else { return }
    let lines = WaitingLines.of(tasks, context.now)
    for row in 0..<body.height where state.top + row < lines.count {
      lines[state.top + row].draw(&canvas, Rect(x: body.x, y: body.y + row, width: body.width, height: 1))
    }
  }

  private static func title(_ reading: Reading<WaitingTasks>, _ now: Moment) -> SafeText {
    switch reading {
    case .never: return "reading both ends of the queue…"
    case .fresh(let tasks, let at):
      let shown = tasks.next.count + tasks.newest.count
      return "\(Units.count(tasks.total)) waiting, \(shown) of them shown, read \(Units.age(now.age(since: at))) ago"
    case .stale(_, let at, let since, let failure):
      return "read \(Units.age(now.age(since: at))) ago; \(failure.sentence(age: now.age(since: since)))"
    case .failed(let failure, let since): return failure.sentence(age: now.age(since: since))
    }
  }

  private static func titleStyle(_ reading: Reading<WaitingTasks>) -> Style { Style(reading.failure == nil ? .faint : .warning) }
}
