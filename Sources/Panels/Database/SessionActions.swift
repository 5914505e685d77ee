import Canvas
import Console
import Gate
import OpsModel

/// What can be done to a session, wherever one is shown: cancel what it runs, end it. Two keys, and the second asks more.
enum SessionActions {
  static let cancel: CommandID = "session.cancel"
  static let terminate: CommandID = "session.terminate"
  static let plan: CommandID = "session.plan"
  static let statement: CommandID = "session.statement"
  static let blocker: CommandID = "session.blocker"

  static let commands = [
    Command(plan, "plan", "Asks for the plan of what this session runs, without running it.", keys: [Key("v")], footer: 11),
    Command(blocker, "blocker", "Shows this session in the tree of locks.", keys: [Key("b")], footer: 12),
    Command(statement, "statement", "Shows what this statement did over time, among all statements.", keys: [Key("x")], footer: 13),
    Command(cancel, "cancel", "Cancels the statement that this session runs; the session stays.", keys: [Key("c")], footer: 14),
    Command(terminate, "terminate", "Ends this session: its transaction is rolled back.", keys: [Key("T")], footer: 15),
  ]

  static func requests(_ command: CommandID, _ session: SessionState) -> [Request] {
    let source = session.id.source
    switch command {
    case cancel, terminate:
      guard let target = SessionTarget(session, statement: command == cancel) else { return [] }
      return [.act(ActionDraft(command == cancel ? .cancel : .terminate, source: source, .targets(TargetList([target.target]))))]
    case plan:
      return [
        .explain(PlanRequest(source: source, statement: .session(session.id))), .open(panel: PlanPanel.manifest.id, target: nil),
      ]
    case statement:
      guard let id = session.queryID else { return [] }
      return [.open(panel: StatementsPanel.manifest.id, target: ResourceID(source: source, kind: .statement, key: "id:\(id)"))]
    case blocker:
      return [.open(panel: LocksPanel.manifest.id, target: ResourceID(source: source, kind: .lock, key: "session \(session.pid)"))]
    default: return []
    }
  }

  static func isOurs(_ command: CommandID) -> Bool { commands.contains { $0.id == command } }

  /// - Parameter session: nil where a row stands for something else.
  static func disabled(_ command: CommandID, _ session: SessionState?, _ source: SourceView?, _ context: PanelContext) -> SafeText? {
    guard isOurs(command) else { return nil }
    guard let session else { return "this line is no session" }
    switch command {
    case cancel, terminate: return whyNotSignalled(command, session, source, context)
    case plan:
      if session.isHidden { return "what it runs is hidden from this role: GRANT pg_monitor" }
      return session.query == nil ? "it has not run a statement yet" : nil
    case statement:
      return session.queryID == nil
        ? "the server does not tell which statement it is: before 14, with compute_query_id off, or it waits before it was analysed" : nil
    case blocker: return session.blockedBy.isEmpty && session.blocks == 0 ? "it waits for nobody, and nobody waits for it" : nil
    default: return nil
    }
  }

  private static func whyNotSignalled(
    _ command: CommandID, _ session: SessionState, _ source: SourceView?, _ context: PanelContext
  ) -> SafeText? {
    if let why = context.readOnly { return "read-only (\(why)): nothing can be changed" }
    guard source?.verbs.contains(command == cancel ? .cancel : .terminate) ?? false else { return "this source offers no actions" }
    guard session.startedAt != nil else { return "when it began is not known: it can not be told from another with its pid" }
    guard command == cancel else { return nil }
    if session.isIdleInTransaction { return "it is idle in transaction: cancel does nothing there; T ends the session" }
    return session.isActive || session.isHidden ? nil : "it runs nothing; T ends the session"
  }
}
