import Canvas
import Console
import OpsModel

/// `9 Audit`: what was done from this account on this host, what was refused, and whether the log is whole.
enum AuditPanel: TablePanel {
  static let manifest = PanelManifest(
    id: "audit", title: "Audit", summary: "What was done from this account on this host, what was refused, and whether the log is whole.",
    digit: 9)

  static let open: CommandID = "audit.open"
  static let again: CommandID = "audit.again"

  static let commands = [
    Command(open, "record", "Shows every field of this record.", keys: [.enter], footer: 10),
    Command(again, "read again", "Reads the log anew and verifies it.", keys: [Key("a")], footer: 11),
  ]

  static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request] { [.readAudit] }

  static func all(_ context: PanelContext) -> [AuditRow] { context.view.audit?.rows ?? [] }

  static var facet: Facet? { nil }

  static func name(_ row: AuditRow) -> SafeText { row.operation }

  static func empty(_ context: PanelContext) -> SafeText {
    guard let audit = context.view.audit else { return "reading…" }
    return audit.problem ?? "nothing was done from this account on this host yet"
  }

  static func head(_ context: PanelContext) -> [HeadLine] {
    guard let audit = context.view.audit else { return [] }
    if let problem = audit.problem { return [HeadLine(problem, .warning)] }
    let age = Units.age(context.now.age(since: audit.at))
    var lines: [HeadLine] = []
    if let broken = audit.brokenAt {
      lines.append(HeadLine("BROKEN at record \(broken): it, or one before it, was changed, taken out or put in", .critical))
    } else if audit.count == 0 {
      lines.append(HeadLine("no record yet, read \(age) ago", .faint))
    } else {
      lines.append(HeadLine("\(Units.count(audit.count, "record")), the chain holds, read \(age) ago", .faint))
    }
    if let last = audit.open.last {
      let more: SafeText = audit.open.count > 1 ? " (and \(audit.open.count - 1) more: opsconsole audit verify)" : ""
      lines.append(HeadLine("\(last)\(more)", .warning))
    }
    return lines
  }

  static func act(_ command: CommandID, on row: AuditRow, _ context: PanelContext) -> [Request] {
    command == open ? [.open(panel: AuditRecordPanel.manifest.id, target: row.id)] : []
  }

  static func reduce(_ command: CommandID, _ state: inout TableState, _ context: PanelContext) -> [Request] {
    command == again ? [.readAudit] : tableReduce(command, &state, context)
  }

  static func disabled(_ command: CommandID, _ state: TableState, _ context: PanelContext) -> SafeText? {
    command == again ? nil : tableDisabled(command, state, context)
  }

  static let rows = Table<AuditRow>(
    columns: AuditColumns.all, defaultSort: SortOrder("seq", descending: true), id: { $0.id }, isDimmed: { _, _ in false })
}
