import Console
import OpsModel

/// How tasks are sent and worked on: what was seen, and why it hurts.
enum HygienePanel: PagePanel {
  static let manifest = PanelManifest(
    id: "habits", title: "Queues › Habits", summary: "How tasks are sent and worked on: limits, payloads, mixed queues, brokers.", digit: 2)

  static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request] { [.hygiene(HygieneLook.due(context))] }

  static var facet: Facet? { nil }

  static func selection(_ state: PageState, _ context: PanelContext) -> SafeText? { nil }

  static func lines(_ context: PanelContext) -> [HeadLine] { HygieneLines.long(context) }
}
