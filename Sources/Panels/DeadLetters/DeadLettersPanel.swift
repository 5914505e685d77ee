import Canvas
import Console
import OpsModel

/// `3 Dead letters`: what was given up, grouped by what went wrong; orphans beside it.
enum DeadLettersPanel: TablePanel {
  static let manifest = PanelManifest(
    id: "dead", title: "Dead letters", short: "Dead",
    summary: "Groups of failed work: look into them, retry or discard them, recover orphans.", digit: 3)

  static let open: CommandID = "dead.open"
  static let retry: CommandID = "dead.retry-group"
  static let discard: CommandID = "dead.discard-group"
  static let again: CommandID = "dead.again"
  static let stop: CommandID = "dead.stop"

  static let restore: CommandID = "dead.restore"
  static let export: CommandID = "dead.export"

  static let commands = [
    Command(open, "list", "Lists the letters of this group, the newest first.", keys: [.enter], footer: 10),
    Command(
      retry, "retry group", "Retries every letter of this group, orphans go back to their queues: shows the plan first.", keys: [Key("R")],
      footer: 11),
    Command(
      discard, "discard group", "Writes this group to a quarantine file and deletes it: shows the plan first.", keys: [Key("D")], footer: 12
    ),
    Command(again, "group again", "Walks over all dead letters anew.", keys: [Key("a")], footer: 13),
    Command(stop, "stop", "Stops walking; what was grouped so far stays.", keys: [Key("x")], footer: 14),
    Command(
      restore, "restore", "Lists the quarantine files of this source: the chosen one is put back.", keys: [Key("U")], footer: 15),
    Command(export, "export", "Writes this group to a file, one JSON line each.", keys: [Key("J")], footer: 16),
  ]

  static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request] {
    let isFresh = context.view.dead.studies.values.contains { $0.isRunning || context.now.age(since: $0.began) < 30 }
    return isFresh ? [] : [.study(nil)]
  }

  static func appeared(_ source: SourceView) -> [Request] { source.canShowDead ? [.study(source.name)] : [] }

  static func all(_ context: PanelContext) -> [DeadGroupRow] { DeadGroupRow.all(context.view) }

  static var facet: Facet? { nil }

  static func name(_ row: DeadGroupRow) -> SafeText { row.task }

  static func empty(_ context: PanelContext) -> SafeText {
    if context.view.isPast { return "groups of dead letters are not on the tape; 1 Pulse and 2 Queues tell how many there were" }
    if !context.view.sources.contains(where: \.canShowDead) { return "no configured source keeps dead letters" }
    let studies = context.view.dead.studies.values
    if studies.isEmpty || studies.contains(where: \.isRunning) { return "looking…" }
    return studies.contains { $0.failure != nil } ? "nothing could be read" : "no dead letter, no orphan"
  }

  static func head(_ context: PanelContext) -> [HeadLine] {
    let studies = context.view.dead.studies.values.sorted { $0.source < $1.source }
    return context.view.sources.compactMap { feed($0, context) }
      + studies.flatMap { study -> [HeadLine] in
        let progress = study.progress
        var lines: [HeadLine] = []
        if let failure = study.failure {
          let kept: SafeText = study.foundAt.map { "; its groups are \(Units.age(context.now.age(since: $0))) old" } ?? ""
          lines.append(HeadLine("\(study.source): \(failure.what)\(kept)", .warning))
        } else if study.isRunning {
          lines.append(HeadLine("\(study.source): \(Units.count(progress.seen)) of \(Units.count(progress.total)) looked at, x stops"))
        } else {
          let age = Units.age(context.now.age(since: study.ended ?? study.began))
          let what: SafeText =
            progress.isWhole
            ? "\(Units.count(progress.seen)) dead letters" : "stopped after \(Units.count(progress.seen)) of \(Units.count(progress.total))"
          lines.append(HeadLine("\(study.source): \(what), grouped \(age) ago", progress.isWhole ? .faint : .warning))
        }
        return lines + study.notices.map { HeadLine("\(study.source): \($0)", .warning) }
      }
  }

  /// What was heard since, for systems that publish their failures: younger than any walk.
  private static func feed(_ source: SourceView, _ context: PanelContext) -> HeadLine? {
    guard let feed = source.reading.value?.feed, feed.count > 0, let at = feed.lastAt else { return nil }
    let span = Units.age(min(feed.window, feed.listeningFor))
    let last = SafeText.join([feed.task, feed.errorType, feed.message].compactMap { $0 }, " ")
    let age = Units.age(max(0, context.now.unix - at))
    return HeadLine("\(source.name): heard \(Units.count(feed.count, "failure")) in \(span), the last \(age) ago: \(last)", .warning)
  }

  static func act(_ command: CommandID, on row: DeadGroupRow, _ context: PanelContext) -> [Request] {
    switch command {
    case open: return [.open(panel: DeadListPanel.manifest.id, target: row.id)]
    case retry: return row.draft(true).map { [.act($0)] } ?? []
    case export: return [.exportDead(row.request)]
    case discard: return row.draft(false).map { [.act($0)] } ?? []
    default: return []
    }
  }

  static func reduce(_ command: CommandID, _ state: inout TableState, _ context: PanelContext) -> [Request] {
    switch command {
    case again: return [.study(nil)]
    case stop: return [.stopStudy]
    case restore: return restorable(state, context).map { [.restore($0)] } ?? []
    default: return tableReduce(command, &state, context)
    }
  }

  /// The source of which something can be put back: that of the row, also where its last row was just discarded.
  private static func restorable(_ state: TableState, _ context: PanelContext) -> SafeText? {
    rows.selected(arranged(state, context), state)?.source ?? state.cursor?.source
  }

  static func disabled(_ command: CommandID, _ state: TableState, _ context: PanelContext) -> SafeText? {
    let isRunning = context.view.dead.studies.values.contains(where: \.isRunning)
    switch command {
    case again: return isRunning ? "it is walking already; x stops" : nil
    case stop: return isRunning ? nil : "nothing is running"
    case restore:
      if let why = context.readOnly { return "read-only (\(why)): nothing can be changed" }
      return restorable(state, context) == nil ? "nothing is selected" : nil
    default: return tableDisabled(command, state, context)
    }
  }

  static func disabled(_ command: CommandID, on row: DeadGroupRow?, _ context: PanelContext) -> SafeText? {
    guard command == retry || command == discard else { return nil }
    if let why = context.readOnly { return "read-only (\(why)): nothing can be changed" }
    return command == discard && row?.group == nil ? "orphans are recovered, not discarded" : nil
  }

  static let rows = Table<DeadGroupRow>(
    columns: DeadGroupColumns.all, defaultSort: SortOrder("count", descending: true), id: { $0.id },
    isDimmed: { row, _ in row.study.failure != nil })
}
