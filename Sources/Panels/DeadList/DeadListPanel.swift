import Canvas
import Console
import Gate
import OpsModel

/// The letters of one group, the newest first: mark some, act on them.
enum DeadListPanel: TablePanel {
  static let manifest = PanelManifest(id: "dead-list", title: "Dead letters", summary: "The letters of one group.", digit: 3)

  static let open: CommandID = "letters.open"
  static let mark: CommandID = "letters.mark"
  static let markAll: CommandID = "letters.mark-all"
  static let retry: CommandID = "letters.retry"
  static let discard: CommandID = "letters.discard"
  static let again: CommandID = "letters.again"

  static let export: CommandID = "letters.export"

  static let find: CommandID = "letters.find"
  static let everything: CommandID = "letters.retry-all"

  static let commands = [
    Command(open, "look", "Shows all that is known of this letter.", keys: [.enter], footer: 10),
    Command(mark, "mark", "Marks this letter, or takes the mark away.", keys: [Key("Space")], footer: 11),
    Command(markAll, "mark all", "Marks every letter that is listed, or takes all marks away.", keys: [Key("*")], footer: 12),
    Command(retry, "retry", "Retries the marked letters, or this one: shows the plan first.", keys: [Key("R")], footer: 13),
    Command(
      discard, "discard", "Writes the marked letters, or this one, to a quarantine file and deletes them: shows the plan first.",
      keys: [Key("D")], footer: 14),
    Command(find, "find", "Looks through the whole group, also what is not listed: asks for a filter.", keys: [Key("F")], footer: 17),
    Command(
      everything, "retry all", "Retries every letter of this group that matches what was found, listed or not: shows the plan first.",
      keys: [Key("A")], footer: 18),
    Command(again, "read again", "Reads the list anew.", keys: [Key("a")], footer: 15),
    Command(export, "export", "Writes the whole group to a file, one JSON line each.", keys: [Key("J")], footer: 16),
  ]

  /// The target is the group; the cursor begins at the first letter.
  static func start(at target: ResourceID?) -> TableState { TableState() }

  static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request] {
    guard let target, let row = DeadGroupRow.all(context.view).first(where: { $0.id == target }) else { return [] }
    return [.listDead(row.request)]
  }

  static func all(_ context: PanelContext) -> [DeadLetter] { context.view.dead.list?.letters ?? [] }

  static var facet: Facet? { nil }

  static func name(_ row: DeadLetter) -> SafeText { row.name }

  static func crumbs(_ state: TableState, _ context: PanelContext) -> [SafeText] {
    guard let list = context.view.dead.list else { return [] }
    let found: SafeText = list.request.filterText.isEmpty ? "" : " matching \(list.request.filterText)"
    let marks: SafeText = state.marks.isEmpty ? "" : ", \(state.marks.count) marked"
    return [list.request.source, list.request.title, "\(Units.count(list.letters.count)) listed\(found)\(marks)"]
  }

  static func empty(_ context: PanelContext) -> SafeText {
    guard let list = context.view.dead.list else { return "no group is chosen; Esc goes back" }
    return list.ended == nil ? "looking…" : (list.failure?.what ?? "nothing of this kind is there any more")
  }

  static func head(_ context: PanelContext) -> [HeadLine] {
    guard let list = context.view.dead.list else { return [] }
    if let failure = list.failure { return [HeadLine(failure.sentence(age: nil), .warning)] }
    guard let ended = list.ended else {
      return [HeadLine("\(Units.count(list.progress.seen)) of \(Units.count(list.progress.total)) looked at")]
    }
    let age = Units.age(context.now.age(since: ended))
    if list.letters.count >= DeadList.limit {
      return [HeadLine("the \(Units.count(DeadList.limit)) newest, read \(age) ago; F finds others, A acts on all", .warning)]
    }
    return [HeadLine("all of them, read \(age) ago")]
  }

  static func reduce(_ command: CommandID, _ state: inout TableState, _ context: PanelContext) -> [Request] {
    switch command {
    case markAll:
      let shown = Set(arranged(state, context).map(\.id))
      state.marks = shown.isSubset(of: state.marks) ? [] : state.marks.union(shown)
      return []
    case find:
      return context.view.dead.list.map {
        [.ask(AskRequest("find", prefill: $0.request.filterText.text, .find($0.request)))]
      } ?? []
    case everything:
      guard let list = context.view.dead.list else { return [] }
      return [.act(ActionDraft(.retry, source: list.request.source, .selection(list.request.selection)))]
    case export: return context.view.dead.list.map { [.exportDead($0.request)] } ?? []
    case again: return context.view.dead.list.map { [.listDead($0.request)] } ?? []
    case mark:
      guard let row = rows.selected(arranged(state, context), state) else { return [] }
      if state.marks.remove(row.id) == nil { state.marks.insert(row.id) }
      return tableReduce(TableCommands.down, &state, context)
    case retry, discard:
      return draft(command == retry, state, context).map { [.act($0)] } ?? []
    default: return tableReduce(command, &state, context)
    }
  }

  /// The marked letters as they were seen, or the one under the cursor.
  private static func draft(_ isRetry: Bool, _ state: TableState, _ context: PanelContext) -> ActionDraft? {
    guard let list = context.view.dead.list else { return nil }
    let cursor = rows.selected(arranged(state, context), state)
    let chosen = state.marks.isEmpty ? cursor.map { [$0] } ?? [] : list.letters.filter { state.marks.contains($0.id) }
    guard !chosen.isEmpty else { return nil }
    let verb: Verb = isRetry ? (list.request.isOrphans ? .recover : .retry) : .discard
    return ActionDraft(verb, source: list.request.source, .targets(TargetList(chosen.map(\.target))))
  }

  static func act(_ command: CommandID, on row: DeadLetter, _ context: PanelContext) -> [Request] {
    command == open ? [.open(panel: DeadLetterPanel.manifest.id, target: row.id)] : []
  }

  static func disabled(_ command: CommandID, _ state: TableState, _ context: PanelContext) -> SafeText? {
    guard let list = context.view.dead.list else { return "no group is chosen" }
    switch command {
    case again, markAll, export, find: return nil
    case retry, discard, everything:
      if let why = context.readOnly { return "read-only (\(why)): nothing can be changed" }
      if command == everything { return list.request.isOrphans ? "* marks all orphans, R recovers them" : nil }
      if command == discard && list.request.isOrphans { return "orphans are recovered, not discarded" }
      return state.marks.isEmpty ? tableDisabled(command, state, context) : nil
    default: return tableDisabled(command, state, context)
    }
  }

  static func disabled(_ command: CommandID, on row: DeadLetter?, _ context: PanelContext) -> SafeText? {
    command == retry ? row?.whyNot.map { "it can not be retried: \($0)" } : nil
  }

  static let rows = Table<DeadLetter>(
    columns: DeadLetterColumns.all, defaultSort: SortOrder("age", descending: false), id: { $0.id },
    isDimmed: { letter, _ in letter.whyNot != nil })
}
