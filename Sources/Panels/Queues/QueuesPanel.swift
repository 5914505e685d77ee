import Canvas
import Console
import OpsModel

/// `2 Queues`: every queue of every source, the longest wait first.
enum QueuesPanel: TablePanel {
  static let manifest = PanelManifest(
    id: "queues", title: "Queues", summary: "Depth, growth, age and dead letters of every queue.", digit: 2)

  static let open: CommandID = "queues.open"

  static let habits: CommandID = "queues.habits"

  static let commands = [
    Command(open, "waiting tasks", "Shows the next and the newest waiting tasks of this queue.", keys: [.enter], footer: 10),
    Command(habits, "habits", "Shows how tasks are sent and worked on that will hurt one day.", keys: [Key("i")], footer: 11),
  ]

  static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request] { [.hygiene(HygieneLook.due(context))] }

  static func all(_ context: PanelContext) -> [Sourced<QueueState>] { context.view.sourced(\.queues) }

  static var facet: Facet? { .queues }

  static var tellsVerdicts: Bool { false }

  static func name(_ row: Sourced<QueueState>) -> SafeText { row.value.name }

  static func empty(_ context: PanelContext) -> SafeText {
    context.view.emptyWords(for: .queues, nothing: "the sources answer, and hold no queue")
  }

  static func head(_ context: PanelContext) -> [HeadLine] {
    let lines = context.view.headLines(for: .queues, now: context.now)
    let inFlight = context.view.sources(with: .queues).compactMap { source -> HeadLine? in
      guard let observed = source.reading.value, let held = observed.inFlight else { return nil }
      let oldest: SafeText = observed.oldestInFlight.map { ", the oldest for \(Units.age($0))" } ?? ""
      return HeadLine("\(source.name): \(Units.count(held)) unacknowledged in all queues\(oldest)").dimmed(ifStale: source, context.now)
    }
    return lines + inFlight
  }

  static func act(_ command: CommandID, on row: Sourced<QueueState>, _ context: PanelContext) -> [Request] {
    if command == habits { return [.open(panel: HygienePanel.manifest.id, target: nil)] }
    return [.open(panel: QueuePanel.manifest.id, target: row.value.id), .look(into: row.value.id)]
  }

  /// What was found about habits, in the room that is left.
  static func foot(_ arranged: [Sourced<QueueState>], _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    let lines = HygieneLines.short(context)
    for (row, line) in lines.prefix(max(0, area.height - 1)).enumerated() {
      canvas.put(line.text, x: area.x + 1, y: area.y + 1 + row, width: area.width - 2, style: Style(line.role))
    }
  }

  static func disabled(_ command: CommandID, on row: Sourced<QueueState>?, _ context: PanelContext) -> SafeText? {
    guard let row, command == open else { return nil }
    return row.source.canShowWaiting ? nil : "\(row.source.name) can not show waiting tasks"
  }

  static let rows = Table<Sourced<QueueState>>(
    columns: QueueColumns.all, defaultSort: SortOrder("oldest", descending: true), id: { $0.value.id },
    isDimmed: { !$0.source.isFresh(at: $1.now) })
}
