import Canvas
import Console
import Gate
import OpsModel

/// `5 Database`, fourth tab: a plan as a tree with the time each node took for itself, what each node type and each table cost, and advice.
enum PlanPanel: Panel {
  struct State: Equatable, Sendable {
    var top = 0
    /// The line under the cursor.
    var cursor = 0
    /// Nodes whose conditions are shown.
    var open: Set<Int> = []
    /// Which request the lines are of; another plan begins at its top.
    var request: PlanRequest?
  }

  static let manifest = PanelManifest(
    id: "plan", title: "Plan", summary: "The plan of a statement: exclusive times, rows against estimates, advice.", digit: 5,
    group: "database", tab: "Plan")

  static let details: CommandID = "plan.details"
  static let analyze: CommandID = "plan.analyze"
  static let again: CommandID = "plan.again"
  static let hottest: CommandID = "plan.hottest"

  static let commands: [Command] =
    [
      Command(details, "conditions", "Shows or hides conditions, keys and buffers of this node.", keys: [.enter], footer: 10),
      Command(hottest, "hottest", "Goes to the node that took the most time for itself, then to the next.", keys: [Key("h")], footer: 11),
      Command(
        analyze, "measure",
        "Runs the statement read-only with a time limit and rolls back, to measure its plan: only for a SELECT, asks first.",
        keys: [Key("A")], footer: 12),
      Command(again, "ask again", "Asks for the same plan again.", keys: [Key("a")], footer: 13),
    ] + TableCommands.all.filter { movements.contains($0.id) }

  private static let movements: Set<CommandID> = [
    TableCommands.up, TableCommands.down, TableCommands.pageUp, TableCommands.pageDown, TableCommands.first, TableCommands.last,
  ]

  static func start(at target: ResourceID?) -> State { State() }

  static var facet: Facet? { nil }
  static var table: WritableKeyPath<State, TableState>? { nil }
  static var sortable: [SortChoice] { [] }
  static var filterFields: [FilterField] { [] }

  static func reduce(_ command: CommandID, _ state: inout State, _ context: PanelContext) -> [Request] {
    guard let plan = context.view.plan else { return [] }
    begin(plan, &state)
    switch command {
    case again: return [.explain(plan.request)]
    case analyze: return measure(plan)
    default: break
    }
    guard let document = plan.reading.value else { return [] }
    let lines = PlanLines.of(document, open: state.open, width: context.size.columns)
    let page = max(1, context.size.rows - 1)
    switch command {
    case TableCommands.up: state.cursor -= 1
    case TableCommands.down: state.cursor += 1
    case TableCommands.pageUp: state.cursor -= page
    case TableCommands.pageDown: state.cursor += page
    case TableCommands.first: state.cursor = 0
    case TableCommands.last: state.cursor = lines.count - 1
    case details: toggle(lines, &state)
    case hottest: state.cursor = next(lines, document.analysis, after: state.cursor)
    default: break
    }
    state.cursor = min(max(0, state.cursor), max(0, lines.count - 1))
    if state.cursor < state.top { state.top = state.cursor }
    if state.cursor >= state.top + page { state.top = state.cursor - page + 1 }
    return []
  }

  private static func begin(_ plan: PlanView, _ state: inout State) {
    if state.request != plan.request { state = State(request: plan.request) }
  }

  private static func toggle(_ lines: [PlanLine], _ state: inout State) {
    guard state.cursor < lines.count, let node = lines[state.cursor].node else { return }
    if state.open.remove(node) == nil { state.open.insert(node) }
  }

  /// The next node by its own time, after the one under the cursor.
  private static func next(_ lines: [PlanLine], _ analysis: ExplainAnalysis, after cursor: Int) -> Int {
    let order = analysis.plan.nodes.indices.sorted { analysis.times.exclusive[$0] > analysis.times.exclusive[$1] }.prefix(10)
    let here = cursor < lines.count ? lines[cursor].node : nil
    let place = here.flatMap { order.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
    let node = order[place % max(1, order.count)]
    return lines.firstIndex { $0.node == node && $0.isHead } ?? cursor
  }

  private static func measure(_ plan: PlanView) -> [Request] {
    guard let document = plan.reading.value else { return [] }
    var arguments = ["statement": document.text]
    if let database = document.database { arguments["database"] = database }
    if let path = document.path { arguments["search_path"] = path }
    return [.act(ActionDraft(.analyze, source: plan.request.source, .source, arguments: arguments))]
  }

  static func disabled(_ command: CommandID, _ state: State, _ context: PanelContext) -> SafeText? {
    guard let plan = context.view.plan else {
      return commands.contains { $0.id == command } ? "there is no plan: v on a session or a statement asks for one" : nil
    }
    guard command == analyze else { return nil }
    if let why = context.readOnly { return "read-only (\(why)): ANALYZE runs the statement" }
    guard let document = plan.reading.value else { return "there is no plan yet" }
    guard context.view.source(plan.request.source)?.verbs.contains(.analyze) ?? false else { return "this source offers no actions" }
    return document.whyNotMeasured
  }

  static func crumbs(_ state: State, _ context: PanelContext) -> [SafeText] { context.view.plan.map { [$0.request.source] } ?? [] }

  static func selection(_ state: State, _ context: PanelContext) -> SafeText? { context.view.plan?.reading.value?.statement }

  static func draw(_ state: State, _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    func say(_ words: SafeText, _ role: Role) {
      for (row, line) in TextWrap.lines(words, width: max(10, area.width - 2)).enumerated() where row < area.height {
        canvas.put(line, x: area.x + 1, y: area.y + row, width: area.width - 1, style: Style(role))
      }
    }
    guard let plan = context.view.plan else {
      return say(
        "no plan yet: v on a session (Activity, Locks) or on a statement (Statements) asks for its plan, without running it", .faint)
    }
    if let (failure, since) = plan.reading.failure {
      return say("\(failure.sentence(age: context.now.age(since: since)))", .warning)
    }
    guard let document = plan.reading.value else {
      return say("asking for the plan, since \(Units.age(context.now.age(since: plan.began)))", .faint)
    }
    var shown = state
    begin(plan, &shown)
    PlanDrawing(document: document, state: shown, context: context).draw(&canvas, area)
  }
}
