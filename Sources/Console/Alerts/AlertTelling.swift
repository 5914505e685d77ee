public import OpsModel

/// Who is told when an alert begins, besides the screen.
public struct AlertTelling: Sendable {
  /// From which severity on; nil for never.
  let bell: Severity?
  let notification: Severity?

  public init(bell: Severity? = nil, notification: Severity? = nil) {
    self.bell = bell
    self.notification = notification
  }

  /// One ring and one notification for all that began at once. What is kept quiet is not told.
  func effects(of changes: [AlertChange]) -> [Effect] {
    guard !changes.isEmpty else { return [] }
    let begun = changes.filter { $0.kind == .fired && $0.alert.quiet == nil }.map(\.alert)
    var out: [Effect] = [.alerts(changes)]
    if let bell, begun.contains(where: { $0.severity >= bell }) { out.append(.ring) }
    let told = begun.filter { alert in notification.map { alert.severity >= $0 } ?? false }.sorted { $0.severity > $1.severity }
    if let first = told.first {
      let more: SafeText = told.count > 1 ? " and \(Units.count(told.count - 1)) more" : ""
      out.append(.announce("\(first.severity.word) \(first.name): \((first.summary ?? "").prefix(120))\(more)"))
    }
    return out
  }
}
