import Canvas
import Console
import OpsModel

/// `1 Pulse`, second tab: what probably causes what is wrong, with what was seen.
enum SuspectsPanel: TablePanel {
  static let manifest = PanelManifest(
    id: "suspects", title: "Suspects", summary: "What probably causes what is wrong, and what speaks for it.", digit: 1, group: "pulse",
    tab: "Suspects")

  static let open: CommandID = "suspects.open"
  static let goThere: CommandID = "suspects.go-there"

  static let runbook: CommandID = "suspects.runbook"

  static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request] { [.runbook(.list)] }

  static let commands = [
    Command(open, "details", "Shows all that speaks for this cause, and what is usually done.", keys: [.enter], footer: 10),
    Command(goThere, "go there", "Shows the session, queue or process that is suspected.", keys: [Key("x")], footer: 11),
    Command(runbook, "runbook", "Opens the runbook that answers it, with what is known filled in.", keys: [Key("R")], footer: 12),
  ]

  static func all(_ context: PanelContext) -> [Suspect] { context.view.suspects }

  static var facet: Facet? { nil }

  static func name(_ row: Suspect) -> SafeText { row.title }

  static func empty(_ context: PanelContext) -> SafeText {
    let firing = context.view.alerts.filter { $0.state == .firing }.count
    return firing == 0 ? "nothing is wrong that a rule knows of" : "no rule knows why; nothing that is remembered moved with it"
  }

  static func act(_ command: CommandID, on row: Suspect, _ context: PanelContext) -> [Request] {
    if command == runbook { return [.runbook(.answer(RunbookHint(row)))] }
    guard command == goThere else { return [.open(panel: SuspectPanel.manifest.id, target: row.id)] }
    return place(row).map { [$0] } ?? []
  }

  static func disabled(_ command: CommandID, on row: Suspect?, _ context: PanelContext) -> SafeText? {
    guard command == goThere, let row else { return nil }
    return place(row) == nil ? "it has no panel of its own" : nil
  }

  /// Sessions that hold up others are shown in the tree of locks.
  static func place(_ row: Suspect) -> Request? {
    if row.rule == "root-blocker" { return .open(panel: LocksPanel.manifest.id, target: row.subject) }
    if row.subject.kind == .deadGroup { return .open(panel: DeadLettersPanel.manifest.id, target: row.subject) }
    return AlertPlace.request(row.subject)
  }

  /// What speaks for each, as far as there is room.
  static func foot(_ arranged: [Suspect], _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    var y = area.y
    for row in arranged {
      for (index, line) in ([row.title] + row.evidence.map(\.text)).enumerated() {
        for text in TextWrap.lines(line, width: max(8, area.width - 6)) where y < area.endY {
          let style = index == 0 ? Style(SuspectLines.role(row)) : .plain
          canvas.put(text, x: area.x + (index == 0 ? 2 : 4), y: y, width: area.width - 4, style: style)
          y += 1
        }
      }
      if y >= area.endY { return }
    }
  }

  static let rows = Table<Suspect>(columns: SuspectColumns.all, defaultSort: SortOrder("rank", descending: true), id: { $0.id })
}
