import Canvas
import Console
import OpsModel

/// A run: its steps and what they print side by side. Leaving the screen does not stop it.
enum RunPanel: TablePanel {
  static let manifest = PanelManifest(
    id: "run", title: "Runbooks › Run", summary: "The steps of a run, what they print, and the hands on it.", digit: 7)

  static let pause: CommandID = "run.pause"
  static let cancel: CommandID = "run.cancel"
  static let interrupt: CommandID = "run.interrupt"
  static let answer: CommandID = "run.answer"
  static let resume: CommandID = "run.resume"

  static let commands = [
    Command(pause, "stop after this step", "Lets it pause at the end of this step, or of this batch.", keys: [Key("P")], footer: 10),
    Command(cancel, "cancel", "Ends what it is doing; the steps that are always done follow.", keys: [Key("K")], footer: 11),
    Command(interrupt, "interrupt", "As stop after this step; once more within three seconds as cancel.", keys: [Key("Ctrl-C")]),
    Command(answer, "answer", "Answers what it asks.", keys: [Key("a"), .enter], footer: 12),
    Command(
      resume, "resume", "Resume or abort a paused run. After a failed run, plan a new run of what is left.", keys: [Key("R")],
      footer: 13),
  ]

  static func start(at target: ResourceID?) -> TableState { TableState(cursor: nil) }

  static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request] { target.map { [.runbook(.follow($0))] } ?? [] }

  static func all(_ context: PanelContext) -> [RunPage.Step] { context.view.runbooks.page?.steps ?? [] }

  static var facet: Facet? { nil }

  static func name(_ row: RunPage.Step) -> SafeText { row.path }

  static func empty(_ context: PanelContext) -> SafeText { context.view.runbooks.page == nil ? "reading…" : "no step has begun" }

  static func crumbs(_ state: TableState, _ context: PanelContext) -> [SafeText] {
    guard let page = context.view.runbooks.page else { return [] }
    return [page.row.runbook, page.row.run]
  }

  static func head(_ context: PanelContext) -> [HeadLine] {
    guard let page = context.view.runbooks.page else { return [] }
    let age = Units.age(page.row.took(at: context.now) ?? 0)
    let role: Role =
      page.row.severity == .ok ? .ok : page.row.severity == .critical ? .critical : page.row.severity == .warning ? .warning : .text
    // The age is that of the run: since when it rests, its journal tells.
    let since: SafeText = page.row.endedAt == nil ? ", begun \(age) ago" : " after \(age)"
    var lines = [
      HeadLine("\(page.row.state)\(since), by \(page.row.by)\(page.row.message.isEmpty ? "" : ": \(page.row.message)")", role)
    ]
    if let question = page.question {
      lines.append(HeadLine("ASKS: \(question.text) — a answers: \(SafeText.join(question.choices, ", "))", .warning))
    }
    if page.row.mayHaveRest { lines.append(HeadLine("it is over: R plans a new run of what it has left", .faint)) }
    if page.row.rests { lines.append(HeadLine("nobody is at it: R takes it up, or gives it up", .warning)) }
    if let problem = page.problem { lines.append(HeadLine(problem, .critical)) }
    return lines
  }

  static func act(_ command: CommandID, on row: RunPage.Step, _ context: PanelContext) -> [Request] { [] }

  static func reduce(_ command: CommandID, _ state: inout TableState, _ context: PanelContext) -> [Request] {
    guard let page = context.view.runbooks.page else { return [] }
    switch command {
    case pause: return [.runbook(.pause(page.row.id))]
    case cancel: return [.runbook(.cancel(page.row.id))]
    case interrupt: return [.runbook(.interrupt(page.row.id))]
    case answer: return [.runbook(.reply)]
    case resume: return [.runbook(page.row.mayHaveRest ? .rest(page.row.id, name: page.row.runbook) : .resume(page.row.id))]
    default: return tableReduce(command, &state, context)
    }
  }

  static func disabled(_ command: CommandID, _ state: TableState, _ context: PanelContext) -> SafeText? {
    guard [pause, cancel, interrupt, answer, resume].contains(command) else { return tableDisabled(command, state, context) }
    guard let page = context.view.runbooks.page else { return "the run is not read yet" }
    if let why = context.readOnly { return "read-only (\(why)): a run can only be looked at" }
    switch command {
    case resume: return page.row.rests || page.row.mayHaveRest ? nil : page.row.isOver ? "it is over" : "a runner is at it"
    case answer: return page.question == nil ? "it asks nothing now" : nil
    default: return page.isAlive ? nil : "no runner is at it"
    }
  }

  // MARK: Steps and output

  static func draw(_ state: TableState, _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    var body = area
    for line in head(context).prefix(max(1, area.height / 4)) {
      let place = body.takeTop(1)
      canvas.put(line.text, x: place.x + 1, y: place.y, width: max(0, place.width - 1), style: line.style)
    }
    let arranged = arranged(state, context)
    let (steps, output) = split(body, arranged.count)
    rows.draw(arranged, state, context, &canvas, steps, empty: empty(context))
    RunOutputDrawing.draw(context.view.runbooks.page?.output ?? [], step: rows.selected(arranged, state), &canvas, output)
  }

  /// Beside each other where there is room, below each other where there is not.
  private static func split(_ area: Rect, _ count: Int) -> (steps: Rect, output: Rect) {
    guard area.width < 100 else {
      let left = area.width * 9 / 20
      return (
        Rect(x: area.x, y: area.y, width: left, height: area.height),
        Rect(x: area.x + left + 1, y: area.y, width: area.width - left - 1, height: area.height)
      )
    }
    let top = min(count + 2, max(3, area.height / 2))
    return (
      Rect(x: area.x, y: area.y, width: area.width, height: top),
      Rect(x: area.x, y: area.y + top, width: area.width, height: max(0, area.height - top))
    )
  }

  static let rows = Table<RunPage.Step>(
    columns: RunStepColumns.all, defaultSort: SortOrder("n", descending: false), id: { $0.id }, isDimmed: { _, _ in false })
}
