import Canvas
import Console
import OpsModel

/// One record of the audit log, every field.
enum AuditRecordPanel: SheetPanel {
  static let manifest = PanelManifest(id: "audit-record", title: "Audit", summary: "One record of the audit log.", digit: 9)

  private static func row(_ id: ResourceID, _ context: PanelContext) -> AuditRow? { context.view.audit?.rows.first { $0.id == id } }

  static func title(_ id: ResourceID, _ context: PanelContext) -> SafeText {
    row(id, context).map { "record \($0.sequence)" } ?? "record"
  }

  static func sheet(_ id: ResourceID, _ context: PanelContext) -> FactSheet? {
    guard let row = row(id, context) else { return nil }
    var sheet = FactSheet()
    for field in row.fields { sheet.add(field.name, field.value) }
    return sheet
  }
}
