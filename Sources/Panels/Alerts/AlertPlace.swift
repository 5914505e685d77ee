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

  /// The name of the thing, as its system calls it: a session's key holds more than its pid.
  static func name(_ subject: ResourceID) -> SafeText {
    let text = SafeText(bytes: subject.key, limit: 60)
    guard subject.kind == .session, let pid = text.text.split(separator: " ").first else { return text }
    return "session \(SafeText(escaping: String(pid)))"
  }
}
