import Canvas
import Console
import OpsModel

/// All that is known of one session.
enum SessionPanel: SheetPanel {
  static let manifest = PanelManifest(
    id: "session", title: "Database", summary: "The whole statement and all that is known of one session.", digit: 5)

  static func title(_ id: ResourceID, _ context: PanelContext) -> SafeText {
    find(id, context).map { "\($0.value.pid)" } ?? "a session that ended"
  }

  static func sheet(_ id: ResourceID, _ context: PanelContext) -> FactSheet? {
    guard let row = find(id, context) else { return nil }
    let session = row.value
    var sheet = FactSheet()
    sheet.add("state", session.isHidden ? "not visible to this role: GRANT pg_monitor" : session.state ?? session.backendType)
    sheet.add("for", session.stateAge.map { Units.duration($0) })
    sheet.add("transaction", session.transactionAge.map { "open for \(Units.duration($0))" })
    sheet.add(
      "statement", session.queryAge.map { session.isActive ? "running for \(Units.duration($0))" : "began \(Units.duration($0)) ago" })
    sheet.add("waits for", session.waitEvent.map { "\(session.waitType ?? "") \($0)" } ?? (session.isActive ? "nothing: on the CPU" : nil))
    sheet.add(
      "blocked by", session.blockedBy.isEmpty ? "nobody" : pids(session.blockedBy), role: session.blockedBy.isEmpty ? .faint : .critical)
    let victims = DatabasePanel.all(context).filter { $0.source.name == id.source && $0.value.blockedBy.contains(session.pid) }
    sheet.add("blocks", victims.isEmpty ? "nobody" : pids(victims.map(\.value.pid)), role: victims.isEmpty ? .faint : .critical)
    sheet.add("application", session.application)
    sheet.add("user", session.user)
    sheet.add("database", session.database)
    sheet.add("client", session.client)
    sheet.add("kind", session.backendType)
    sheet.add("parallel leader", session.leader.map { "\($0)" })
    sheet.add("numbers are", row.source.age(at: context.now).map { "\(Units.age($0)) old" })
    sheet.add(session.isActive ? "statement" : "last statement", session.query)
    return sheet
  }

  private static func pids(_ list: [Int]) -> SafeText {
    let shown = list.prefix(12).map { $0 == 0 ? "a prepared transaction" as SafeText : "\($0)" }
    let more: SafeText = list.count > 12 ? " and \(list.count - 12) more" : ""
    return SafeText.join(Array(shown), ", ") + more
  }

  private static func find(_ id: ResourceID, _ context: PanelContext) -> Sourced<SessionState>? {
    DatabasePanel.all(context).first { $0.value.id == id }
  }
}
