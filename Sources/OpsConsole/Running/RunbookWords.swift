import Console
import Gate
import OpsModel
import Runbooks

/// Runbooks, plans and runs as the console shows them.
enum RunbookWords {
  static func row(_ entry: RunbookLibrary.Entry, environment: Environment, groups: [HostGroup]) -> RunbookRow {
    guard case .success(let runbook) = entry.runbook else {
      let name = SafeText(escaping: entry.file.split(separator: "/").last.map(String.init) ?? entry.file, limit: 80)
      return RunbookRow(
        name: name, title: "", owner: "", risk: "", onlyLooks: false, alerts: [], parameters: [], steps: 0,
        file: SafeText(escaping: entry.file),
        problem: "it can not be read: opsconsole runbook check \(SafeText(escaping: entry.file, limit: 200))")
    }
    let names = SafeText.join(runbook.environments.map(\.name), ", ")
    let problem: SafeText? =
      runbook.environments.contains(environment) ? nil : "it may run in \(names.isEmpty ? "no environment" : names) alone"
    var row = RunbookRow(
      name: SafeText(escaping: runbook.id), title: runbook.title, owner: runbook.owner, risk: SafeText(escaping: runbook.risk.rawValue),
      onlyLooks: runbook.kind == .diagnose, alerts: runbook.alerts.map { SafeText(escaping: $0.name, limit: 200) },
      parameters: runbook.parameters.map { parameter($0, groups) }, steps: runbook.allSteps.count, file: SafeText(escaping: entry.file),
      problem: problem)
    row.connections = connections(of: runbook)
    for (place, alert) in runbook.alerts.enumerated() where !alert.labels.isEmpty { row.labels[place] = alert.labels }
    return row
  }

  /// Those that it changes; where it changes none, those that it reads.
  private static func connections(of runbook: Runbook) -> [SafeText] {
    func names(_ steps: [Step]) -> [SafeText] {
      let found = steps.compactMap { $0.action?.connection }.filter { $0.host == nil }.map { SafeText(escaping: $0.name, limit: 60) }
      return found.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
    let changed = names(runbook.allSteps.filter { !$0.isRead })
    return changed.isEmpty ? names(runbook.allSteps) : changed
  }

  private static func parameter(_ parameter: Parameter, _ groups: [HostGroup]) -> RunbookRow.Parameter {
    var choices = parameter.choices
    if let source = parameter.source, source.hasPrefix("inventory:") {
      let hosts = groups.first { $0.name == source.dropFirst("inventory:".count) }?.hosts ?? []
      // All of them, and each alone.
      choices = parameter.kind == .hosts && hosts.count > 1 ? [hosts.joined(separator: ",")] + hosts : hosts
    }
    var fallback = ""
    switch parameter.fallback {
    case .list(let list)?: fallback = list.compactMap(\.argument).joined(separator: ",")
    case let value?: fallback = value.argument ?? ""
    case nil: break
    }
    return RunbookRow.Parameter(
      name: parameter.name, type: parameter.kind.rawValue, isRequired: parameter.isRequired || parameter.fallback == nil,
      fallback: fallback,
      choices: choices, question: parameter.question ?? "", isSensitive: parameter.isSensitive, source: parameter.source)
  }

  // MARK: Plans

  static func plan(_ made: PlanMaker.Made, readOnly: SafeText?, now: Moment) -> RunPlanView {
    let plan = made.plan
    var obstacles = plan.obstacles
    if let readOnly { obstacles.append("read-only (\(readOnly))") }
    var view = RunPlanView(
      name: SafeText(escaping: plan.id), environment: Environment(rawValue: plan.environment) ?? .production, lines: lines(plan, obstacles),
      confirmation: made.confirmation, typed: plan.typed, obstacles: obstacles, at: now, life: plan.life)
    view.heads = Self.heads
    return view
  }

  /// The lines of a plan that say where it runs, what it changes, and on what.
  private static let heads = 3

  /// Where it runs, what it changes, and on what: read before anything else.
  private static func head(_ plan: RunPlan) -> [RunPlanView.Line] {
    let environment = Environment(rawValue: plan.environment) ?? .production
    let changing = plan.steps.filter { !$0.isRead }
    // The first few, each so far that it is told apart: the whole of them stands below.
    let few = changing.prefix(3).map { "\(SafeText(escaping: $0.path, limit: 40)): \($0.words.prefix(80))" as SafeText }
    let targets = few + (changing.count > few.count ? ["and \(Units.count(changing.count - few.count)) more"] : [])
    let count = changing.reduce(0) { $0 + ($1.targets ?? 0) }
    let items: SafeText = count > 0 ? ", \(Units.count(count, "item"))" : ""
    return [
      .init("", " \(environment.word)  \(SafeText(escaping: plan.id)) ", .title),
      .init("target", changing.isEmpty ? "nothing: every step only reads" : SafeText.join(targets, "; ")),
      .init(
        "action",
        "runs \(Units.count(plan.steps.count, "step")), \(Units.count(changing.count)) of which \(changing.count == 1 ? "changes" : "change") something\(items)"
      ),
      .init("runbook", "\(SafeText(escaping: plan.id)) version \(plan.version): \(plan.title)"),
    ]
  }

  private static func lines(_ plan: RunPlan, _ obstacles: [SafeText]) -> [RunPlanView.Line] {
    var out = head(plan)
    for why in obstacles { out.append(.init("obstacle", why, .bad)) }
    if let other = plan.continues { out.append(.init("rest of", "run \(SafeText(escaping: other.run)): a new run of what that one left")) }
    for (name, value) in plan.parameters.sorted(by: { $0.key < $1.key }) {
      out.append(.init("given", "\(SafeText(escaping: name)) \(value.shown)"))
    }
    for name in plan.sensitive { out.append(.init("given", "\(SafeText(escaping: name)) is not shown")) }
    for one in plan.conditions {
      out.append(
        .init(
          one.holds == true ? "holds" : one.holds == false ? "fails" : "unknown",
          "\(SafeText(escaping: one.id, limit: 60)): \(one.message)",
          one.holds == true ? .good : .bad))
    }
    for (index, step) in plan.steps.enumerated() {
      let kind: SafeText = step.isDone ? "done before" : step.isRead ? (step.isClaimed ? "reads, as its author says" : "reads") : "CHANGES"
      let items: SafeText = step.targets.map { ", \(Units.count($0, "item"))" } ?? ""
      out.append(
        .init(
          "\(index + 1)", "\(SafeText(escaping: step.path, limit: 80)): \(SafeText(escaping: step.kind)), \(kind)\(items)",
          step.isRead || step.isDone ? .plain : .title))
      out.append(.init("", step.words))
      if !step.guarantee.isEmpty, !step.isRead { out.append(.init("", "guarantee: \(step.guarantee)", .faint)) }
      out += step.notes.map { .init("", $0, $0.text.hasPrefix("warning") || $0.text.hasPrefix("refuses") ? .bad : .faint) }
      if let problem = step.problem { out.append(.init("", "can not be done: \(problem)", .bad)) }
    }
    out += plan.company.map { .init("here too", $0, .bad) }
    out += plan.warnings.map { .init("warning", $0, .bad) }
    out.append(.init("lock", "\(SafeText(escaping: plan.lock, limit: 200))\(plan.lockReach.isEmpty ? "" : ": \(plan.lockReach)")", .faint))
    out.append(.init("file", "\(SafeText(escaping: plan.file)) (\(SafeText(escaping: String(plan.fileHash.prefix(12)))))", .faint))
    return out
  }

  // MARK: Runs

  /// - Parameter environment: of the screen. A run of another one says so beside its name.
  static func row(_ view: RunView, in environment: Environment) -> RunRow {
    row(view.plan, view.folder, view.state, view.history, isAlive: view.isAlive, message: RunText(view).message, in: environment)
  }

  /// One that cannot be read: it has a line, so that nobody misses it.
  static func damaged(_ folder: RunFolder) -> RunRow {
    RunRow(
      run: folder.id.shown, runbook: "?", title: "", state: "damaged", severity: .warning, isOver: true, rests: false, by: "",
      at: folder.id.at,
      endedAt: nil, message: "its plan cannot be read: \(SafeText(escaping: folder.path))")
  }

  static func row(
    _ plan: RunPlan, _ folder: RunFolder, _ standing: RunStanding, _ history: RunHistory, isAlive: Bool, message: SafeText,
    in environment: Environment? = nil
  ) -> RunRow {
    let isElsewhere = environment.map { $0.rawValue != plan.environment } ?? false
    // A pause is in the journal before its runner has gone: until then nobody else can take the run up.
    var row = RunRow(
      run: folder.id.shown, runbook: SafeText(escaping: isElsewhere ? "\(plan.environment)/\(plan.id)" : plan.id), title: plan.title,
      state: standing.word, severity: severity(standing),
      isOver: standing.isOver, rests: standing.rests && !isAlive, by: SafeText(escaping: plan.by.name, limit: 64),
      at: history.startedAt ?? plan.at,
      endedAt: standing.isOver ? history.endedAt : nil, message: message)
    row.took = history.took
    row.begun = begun(history.began)
    return row
  }

  /// The start of this machine.
  private static let boot = (FilePaths.read("/proc/sys/kernel/random/boot_id", limit: 64) ?? "").filter { !$0.isWhitespace }

  /// What began since this machine was started, by its steady clock.
  private static func begun(_ time: SteadyTime?) -> Double? { time.flatMap { $0.boot == boot ? $0.seconds : nil } }

  private static func severity(_ standing: RunStanding) -> Severity {
    switch standing {
    case .starting, .running, .succeeded: .ok
    case .failed: .critical
    case .waiting, .paused, .interrupted, .cancelled, .closed: .warning
    }
  }

  static func message(_ record: JournalRecord?, _ standing: RunStanding) -> SafeText {
    guard let record, standing.isOver || standing == .paused else { return "" }
    if case .text(let text) = record["message"], !text.isEmpty { return SafeText(escaping: text, limit: 600) }
    if case .text(let text) = record["reason"] { return SafeText(escaping: text, limit: 600) }
    return ""
  }

  static func step(_ number: Int, _ id: String, _ step: RunHistory.Step, isAlive: Bool, isDoubtful: Bool) -> RunPage.Step {
    let isLost = step.state == .running && !isAlive
    let state: SafeText = isLost ? (isDoubtful ? "unknown" : "cut off") : SafeText(escaping: step.state.rawValue)
    let severity: Severity =
      step.state == .failed || step.state == .timedOut ? .critical : isDoubtful || step.state == .unknown ? .warning : .ok
    var message = SafeText(escaping: step.message, limit: 400)
    if step.state == .waiting, case .text(let what)? = step.waitsFor["for"] { message = "for \(SafeText(escaping: what, limit: 300))" }
    if step.state == .running, message.isEmpty { message = SafeText(escaping: step.does, limit: 300) }
    var row = RunPage.Step(
      number: number, path: SafeText(escaping: id, limit: 300), kind: SafeText(escaping: step.kind, limit: 20), state: state,
      severity: severity,
      attempts: step.attempts, batches: step.batches.count, startedAt: step.startedAt, endedAt: step.endedAt, message: message,
      isDoubtful: isDoubtful)
    row.took = step.took
    row.begun = begun(step.began)
    return row
  }

  /// A step over many hosts: what became of them, counted.
  static func group(
    _ number: Int, _ id: String, _ group: RunOutline.Group, _ step: RunHistory.Step, isAlive: Bool
  ) -> RunPage.Step {
    let bad = group[.failed, .timedOut]
    let isOpen = group[.running, .unknown] > 0
    let state: SafeText =
      step.state.isSettled
      ? SafeText(escaping: step.state.rawValue) : isAlive ? "running" : isOpen ? "cut off" : "paused"
    let severity: Severity = bad > 0 ? .critical : !isAlive && !step.state.isSettled ? .warning : .ok
    return RunPage.Step(
      number: number, path: SafeText(escaping: id, limit: 300), kind: "hosts", state: state, severity: severity, attempts: 0, batches: 0,
      startedAt: group.startedAt, endedAt: step.endedAt, message: tally(group, isAlive: isAlive), isDoubtful: false)
  }

  private static func tally(_ group: RunOutline.Group, isAlive: Bool) -> SafeText {
    let of: SafeText = group.total.map { " of \($0)" } ?? ""
    let well = group[.ok, .noChange, .skipped]
    var parts: [SafeText] = group.isPlain ? ["\(well)\(of) hosts ok"] : ["\(group.begun)\(of) hosts begun, \(well) steps ok"]
    func add(_ count: Int, _ word: SafeText) { if count > 0 { parts.append("\(count) \(word)") } }
    add(group[.failed], "failed")
    add(group[.timedOut], "timed out")
    add(group[.cancelled], "cancelled")
    add(group[.waiting], "waiting")
    add(group[.running], isAlive ? "running" : "cut off")
    add(group[.unknown], "unknown")
    return SafeText.join(parts, ", ")
  }

  static func question(_ id: String, _ step: RunHistory.Step) -> RunPage.Question {
    var text: SafeText = ""
    if case .text(let found)? = step.waitsFor["for"] { text = SafeText(escaping: found, limit: 600) }
    var choices: [SafeText] = []
    if case .list(let list)? = step.waitsFor["choices"] {
      choices = list.compactMap { $0.argument.map { SafeText(escaping: $0, limit: 100) } }
    }
    return RunPage.Question(step: SafeText(escaping: id, limit: 300), text: text, choices: choices)
  }
}
