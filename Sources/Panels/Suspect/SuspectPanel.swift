import Canvas
import Console
import OpsModel

/// All that speaks for one cause.
enum SuspectPanel: SheetPanel {
  static let manifest = PanelManifest(
    id: "suspect", title: "Suspects › Suspect", summary: "What speaks for one cause, and what is usually done.", digit: 1)

  /// That a source tells nothing may be the cause: it is so now.
  static var isPolled: Bool { false }

  static let goThere: CommandID = "suspect.go-there"

  static let runbook: CommandID = "suspect.runbook"

  static var commands: [Command] {
    [
      Command(goThere, "go there", "Shows the session, queue or process that is suspected.", keys: [Key("x")], footer: 10),
      Command(runbook, "runbook", "Opens the runbook that answers it, with what is known filled in.", keys: [Key("R")], footer: 11),
    ] + scrolling
  }

  static func reduce(_ command: CommandID, _ state: inout SheetState, _ context: PanelContext) -> [Request] {
    if command == runbook { return state.id.flatMap { find($0, context) }.map { [.runbook(.answer(RunbookHint($0)))] } ?? [] }
    guard command == goThere else { return scroll(command, &state, context) }
    return state.id.flatMap { find($0, context) }.flatMap { SuspectsPanel.place($0) }.map { [$0] } ?? []
  }

  static func title(_ id: ResourceID, _ context: PanelContext) -> SafeText { find(id, context)?.rule ?? "over" }

  static func sheet(_ id: ResourceID, _ context: PanelContext) -> FactSheet? {
    guard let suspect = find(id, context) else { return nil }
    var sheet = FactSheet()
    sheet.add("cause", suspect.title, role: SuspectLines.role(suspect))
    sheet.add("since", "\(Calendar.stamp(suspect.since)), \(Units.age(max(0, context.now.unix - suspect.since))) ago")
    for evidence in suspect.evidence {
      let age = evidence.source.flatMap { context.view.source($0)?.age(at: context.now) }.map {
        " (\(evidence.source ?? "") read \(Units.age($0)) ago)" as SafeText
      }
      sheet.add("seen", evidence.text + (age ?? ""))
    }
    sheet.add("usually", suspect.advice)
    sheet.add("rank", suspect.isCorrelation ? "\(suspect.score) of 100: it only moved together" : "\(suspect.score) of 100")
    return sheet
  }

  private static func find(_ id: ResourceID, _ context: PanelContext) -> Suspect? { context.view.suspects.first { $0.id == id } }
}
