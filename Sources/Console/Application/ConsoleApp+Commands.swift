import Canvas
import Gate
import OpsModel

extension ConsoleApp {
  func run(_ key: Key) -> [Effect] {
    settle()
    guard let command = keymap.command(for: key, in: commands) else {
      // Terminals send such keys for what is no key press too, such as a turned wheel.
      if key.isModified { return [] }
      say(Notice(.unknown, "\(SafeText(escaping: key.description)) does nothing here; ? lists the keys"))
      return []
    }
    return run(command.id)
  }

  func run(_ id: CommandID) -> [Effect] {
    if let reason = whyDisabled(id) {
      say(Notice(.warning, reason))
      return []
    }
    if let panel = catalogue.first(where: { $0.isTop && GlobalCommands.panel($0.manifest) == id }) {
      navigation.switchTo(panel.open(nil))
      forgetLooks()
      return begin(panel, nil)
    }
    if let effects = runTape(id) { return effects }
    switch id {
    case TabCommands.next: return turn(by: 1)
    case TabCommands.previous: return turn(by: -1)
    case GlobalCommands.quit: exitCode = 0
    case GlobalCommands.help: overlay = .help(helpPage())
    case GlobalCommands.palette: overlay = .palette(palette())
    case GlobalCommands.back where rewind != nil && !isReplay: return returnToNow()
    case GlobalCommands.back: return back()
    case GlobalCommands.hold:
      hold.toggle(store.view, at: clock.now())
      store.rest(hold.isManual)
      return [.rest(hold.isManual)]
    case GlobalCommands.refresh:
      say(Notice(.ok, "asking every source now"))
      return [.pollNow]
    case GlobalCommands.export: return [.export(screen: frame(size: size, look: .colours256).text)]
    case GlobalCommands.copy: return navigation.top.selection(context()).map { [.copy($0)] } ?? []
    case GlobalCommands.redraw: return [.redraw]
    case TableCommands.filter: openFilter()
    case TableCommands.sort: overlay = .sort(sortChooser())
    default: return runInPanel(id)
    }
    return []
  }

  private func runInPanel(_ id: CommandID) -> [Effect] {
    if Self.movements.contains(id) { hold.movement(store.view, at: clock.now()) }
    return navigation.top.reduce(id, context()).flatMap { perform($0) }
  }

  private static let movements: Set<CommandID> = [
    TableCommands.up, TableCommands.down, TableCommands.pageUp, TableCommands.pageDown, TableCommands.first, TableCommands.last,
  ]

  func perform(_ request: Request) -> [Effect] {
    if let why = whyRewound, request.asksOutside {
      say(Notice(.warning, why))
      return []
    }
    switch request {
    case .open(let panel, let target):
      guard let entry = catalogue.first(where: { $0.manifest.id == panel }) else { return [] }
      navigation.push(entry.open(target))
      forgetLooks()
      return begin(entry, target)
    case .look(let queue): return [.look(into: queue)]
    case .study(let source): return [.study(source)]
    case .stopStudy: return [.stopStudy]
    case .listDead(let request):
      store.dead { $0.list = DeadList(request: request, began: clock.now()) }
      return [.listDead(request)]
    case .inspect(let source, let target): return [.inspect(source, target)]
    case .detail(let process): return [.detail(process)]
    case .act(let draft): return act(draft)
    case .ask(let request): ask(request)
    case .hygiene(let sources): return sources.isEmpty ? [] : [.hygiene(sources)]
    case .loud(let alert):
      store.keepQuiet(alert, nil, at: clock.now())
      say(Notice(.ok, "\(alert.name) is told of again"))
      return quietChanged()
    case .restore(let source): return restore(source)
    case .exportDead(let request):
      say(Notice(.ok, "writing \(request.title) of \(request.source) to a file"))
      return [.exportDead(request)]
    case .readAudit: return [.readAudit]
    case .explain(let request):
      store.planning(request, at: clock.now())
      return [.explain(request)]
    case .examine(let source): return [.examine(source)]
    case .runbook(let wish): return perform(wish)
    }
    return []
  }

  private func turn(by step: Int) -> [Effect] {
    let tabs = tabs
    guard let here = tabs.firstIndex(where: { $0.manifest.id == navigation.top.manifest.id }) else { return [] }
    let next = tabs[(here + step + tabs.count) % tabs.count]
    navigation.turn(to: next)
    return begin(next, nil)
  }

  /// What a panel wants to have read when it opens. Nobody asked for it by a key: where it can not be, that is no news.
  func begin(_ panel: PanelEntry, _ target: ResourceID?) -> [Effect] {
    panel.opened(target, context()).filter { rewind == nil || !$0.asksOutside }.flatMap { perform($0) }
  }

  /// An action is over: what it found has a page of its own.
  func finished(_ result: OperationResult, _ draft: ActionDraft) {
    measured(result, draft)
    told(result, draft)
    // Where the box has given way to what was found, nothing is held any more.
    hold.overlay(isOpen: overlay.isOpen, store.view, at: clock.now())
  }

  /// An action is an event of the tape, and a pin on the sparklines.
  func pinned(_ result: OperationResult, _ draft: ActionDraft) -> TapeEvent {
    let counts = result.counts
    let rest: SafeText = counts[.moved] == result.total ? "" : " of \(Units.count(result.total))"
    let event = TapeEvent(
      at: clock.now().unix, .operation, source: draft.source, severity: counts[.moved] == result.total ? .ok : .warning,
      "\(SafeText(escaping: draft.verb.rawValue)): \(Units.count(counts[.moved]))\(rest) done",
      detail: "by \(identity.user)@\(identity.host)")
    store.pin(event)
    return event
  }

  /// What a process told is shown on a page of its own.
  private func told(_ result: OperationResult, _ draft: ActionDraft) {
    guard draft.verb == .threadDump || draft.verb == .inspectNode, let document = result.document, case .targets(let list) = draft.meant,
      list.count == 1
    else { return }
    if result.auditFailure == nil { overlay = .none }
    let id = ResourceID(source: draft.source, kind: .runtime, key: list[0].key)
    store.inside(
      InsideView(process: id, kind: SafeText(escaping: draft.verb.rawValue), at: clock.now(), answers: result.answers, document: document))
    if navigation.top.manifest.id != "inside", let entry = catalogue.first(where: { $0.manifest.id == "inside" }) {
      navigation.push(entry.open(nil))
    }
  }

  /// A plan that was measured is shown in place of the one that was estimated.
  private func measured(_ result: OperationResult, _ draft: ActionDraft) {
    guard draft.verb == .analyze, let bytes = result.document, let plan = store.view.plan, plan.request.source == draft.source else {
      return
    }
    // A box that has more to say stays open.
    if result.auditFailure == nil { overlay = .none }
    do throws(ExplainProblem) {
      let analysis = ExplainAnalysis(try ExplainReader.read(bytes))
      let statement = SafeText(escaping: draft.arguments["statement"] ?? "", limit: 4000)
      var document = PlanDocument(
        request: plan.request, at: clock.now(), analysis: analysis, statement: statement,
        notices: [Notice(.ok, "measured: it was run read-only, and rolled back")])
      document.text = draft.arguments["statement"] ?? ""
      document.database = draft.arguments["database"]
      document.path = draft.arguments["search_path"]
      store.plan(plan.request, .success(document), at: clock.now())
    } catch {
      say(Notice(.warning, "the plan could not be read: \(error.sentence)"))
    }
  }

  func act(_ draft: ActionDraft) -> [Effect] {
    if whyRewound == nil, let why = whyNotPlanned(draft) {
      overlay = .none
      say(Notice(.warning, why))
      return []
    }
    // A list that was asked for in the present may come, and be chosen from, when the screen shows the past.
    if let why = whyRewound {
      overlay = .none
      say(Notice(.warning, why))
      return []
    }
    actions += 1
    overlay = .action(ActionBox(draft: draft, number: actions))
    return [.prepare(draft, number: actions)]
  }

  /// Offers quarantine files, unless the operator has gone on to something else meanwhile.
  func choose(_ source: SafeText, _ files: [QuarantineSummary]) {
    guard !overlay.isOpen, rewind == nil else { return }
    guard !files.isEmpty else { return say(Notice(.warning, "no quarantine file of \(source) is there")) }
    let items = files.map { file in
      Chooser.Item(
        id: file.path, title: "\(file.at)  operation \(file.operation)", side: Units.bytes(Double(file.size)),
        preview: SafeText(escaping: file.path), disabled: nil)
    }
    overlay = .files(Chooser(title: "Restore from a quarantine file of \(source)", items: items), source: source)
  }

  /// One step: the filter first, then the panel.
  private func back() -> [Effect] {
    if var table = navigation.top.tableState, !table.filter.isEmpty {
      table.filter = .all
      table.filterText = ""
      navigation.top.tableState = table
      return []
    }
    navigation.pop()
    forgetLooks()
    // Another run may have been watched meanwhile.
    guard let target = navigation.top.target, target.kind == .run, target != store.view.runbooks.watched else { return [] }
    return perform(.runbook(.follow(target)))
  }

  private func forgetLooks() { store.keepWaiting(only: nil) }

  func whyDisabled(_ id: CommandID) -> SafeText? { whyDisabled(id, context()) }

  func whyDisabled(_ id: CommandID, _ context: @autoclosure () -> PanelContext) -> SafeText? {
    // Looking back is never the panel's to refuse.
    if TapeCommands.ids.contains(id) { return nil }
    switch id {
    case GlobalCommands.back where rewind != nil && !isReplay: return nil
    case GlobalCommands.refresh where rewind != nil, GlobalCommands.hold where rewind != nil: return whyRewound
    case GlobalCommands.back:
      let hasFilter = !(navigation.top.tableState?.filter.isEmpty ?? true)
      return navigation.canGoBack || hasFilter ? nil : "there is nothing to go back to; q quits"
    case GlobalCommands.copy: return navigation.top.selection(context()) == nil ? "nothing is selected" : nil
    case GlobalCommands.refresh: return store.view.sources.isEmpty ? "there is no source" : nil
    default: return navigation.top.disabled(id, context())
    }
  }

  private func openFilter() {
    guard let table = navigation.top.tableState else { return }
    overlay = .filter(FilterPrompt(state: table, fields: navigation.top.filterFields))
  }

  private func helpPage() -> HelpPage {
    HelpPage(
      sections: [
        (navigation.top.manifest.title, navigation.top.commands),
        ("Everywhere", globals),
      ], keymap: keymap)
  }

  private func palette() -> Chooser {
    let items = commands.map { command in
      Chooser.Item(
        id: command.id.description, title: command.title,
        side: SafeText(escaping: keymap.keys(of: command).first?.description ?? ""), preview: command.summary,
        disabled: whyDisabled(command.id))
    }
    return Chooser(title: "Command", items: items)
  }

  private func sortChooser() -> Chooser {
    let now = navigation.top.tableState?.sort
    let items = navigation.top.sortable.map { choice in
      let isNow = now?.column == choice.column
      return Chooser.Item(
        id: choice.column, title: choice.title, side: isNow ? (now?.isDescending == true ? "▾ now" : "▴ now") : "",
        preview: isNow ? "turns the order round" : "sorts by it, greatest first", disabled: nil)
    }
    return Chooser(title: "Sort by", items: items)
  }
}
