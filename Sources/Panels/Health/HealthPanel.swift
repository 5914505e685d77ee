import Canvas
import Console
import OpsModel

/// What ails a database server beside its sessions, and what its tables and indexes need. The latter is asked when it is opened.
enum HealthPanel: Panel {
  struct State: Equatable, Sendable {
    let source: SafeText?
    var top = 0
  }

  static let manifest = PanelManifest(
    id: "health", title: "Database › Server", summary: "Replication, vacuum, checkpoints, files; what tables and indexes need.", digit: 5)

  static let again: CommandID = "health.again"

  static var commands: [Command] {
    [Command(again, "look again", "Looks at the tables and indexes anew.", keys: [Key("a")], footer: 10)] + SheetScroll.commands
  }

  static func start(at target: ResourceID?) -> State { State(source: target?.source) }

  static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request] { target.map { [.examine($0.source)] } ?? [] }

  static var facet: Facet? { .sessions }
  static var table: WritableKeyPath<State, TableState>? { nil }
  static var sortable: [SortChoice] { [] }
  static var filterFields: [FilterField] { [] }

  static func reduce(_ command: CommandID, _ state: inout State, _ context: PanelContext) -> [Request] {
    guard let source = state.source else { return [] }
    if command == again { return [.examine(source)] }
    let count = lines(source, context).count
    state.top = min(SheetScroll.moved(command, state.top, page: context.size.rows), max(0, count - context.size.rows))
    return []
  }

  static func disabled(_ command: CommandID, _ state: State, _ context: PanelContext) -> SafeText? { nil }
  static func crumbs(_ state: State, _ context: PanelContext) -> [SafeText] { state.source.map { [$0] } ?? [] }
  static func selection(_ state: State, _ context: PanelContext) -> SafeText? { state.source }

  static func draw(_ state: State, _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    guard let source = state.source else { return }
    for (row, line) in lines(source, context).dropFirst(state.top).prefix(area.height).enumerated() {
      canvas.put(line.text, x: area.x + 1, y: area.y + row, width: area.width - 1, style: line.style)
    }
  }

  private static func lines(_ name: SafeText, _ context: PanelContext) -> [HeadLine] {
    guard let source = context.view.source(name) else { return [HeadLine("\(name) is gone", .warning)] }
    var known: [HeadLine] = []
    if let words = ServerLine.of(source, context.now) { known.append(HeadLine(words, .text)) }
    if let load = LoadLine.words(source, context) { known.append(HeadLine(load, .text)) }
    if let health = source.reading.value?.health {
      known += HealthLines(health: health, now: context.now).all
    } else {
      known.append(HeadLine("nothing was read yet", .faint))
    }
    let trouble = source.trouble(at: context.now).map { [HeadLine("\(source.name): \($0)", .warning)] } ?? []
    let found = FindingLines.all(context.view.findings[name] ?? .never, context.now)
    let lines = trouble + known.map { $0.dimmed(ifStale: source, context.now) } + found
    return lines.flatMap { line in
      TextWrap.lines(line.text, width: max(20, context.size.columns - 2)).map { words in
        var part = HeadLine(words, line.role)
        part.isOld = line.isOld
        return part
      }
    }
  }
}
