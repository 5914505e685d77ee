import Console
import OpsModel

/// Where the thing that an alert is about is shown.
enum AlertPlace {
  static func request(_ subject: ResourceID) -> Request? {
    let panel: String? =
      switch subject.kind {
      case .queue: QueuesPanel.manifest.id
      case .worker: WorkersPanel.manifest.id
      case .session: DatabasePanel.manifest.id
      case .runtime: RuntimesPanel.manifest.id
      case .source: PulsePanel.manifest.id
      default: nil
      }
    return panel.map { .open(panel: $0, target: subject.kind == .source ? nil : subject) }
  }
}
