import Canvas
import Console
import OpsModel

/// All that is known of one worker.
enum WorkerPanel: SheetPanel {
  static let manifest = PanelManifest(id: "worker", title: "Workers", summary: "All that is known of one worker.", digit: 4)

  static func title(_ id: ResourceID, _ context: PanelContext) -> SafeText {
    find(id, context)?.value.name ?? SafeText(bytes: id.key, limit: 60)
  }

  static func sheet(_ id: ResourceID, _ context: PanelContext) -> FactSheet? {
    guard let row = find(id, context) else { return nil }
    let worker = row.value
    var sheet = FactSheet()
    sheet.add("state", WorkerColumns.word(worker.activity), role: WorkerColumns.role(worker.activity))
    sheet.add("task", worker.currentTask)
    sheet.add("on it for", worker.onTask.map { Units.duration($0) })
    sheet.add("tasks in work", worker.active.map { Units.count($0) })
    sheet.add("queues", worker.queues.isEmpty ? nil : SafeText.join(worker.queues, ", "))
    sheet.add("heartbeat", worker.heartbeatAge.map { "\(Units.age($0)) ago" })
    sheet.add("done", worker.processed.map { Units.count($0) })
    sheet.add("failed", worker.failed.map { Units.count($0) })
    sheet.add("done per second", context.view.history.rate(.done, of: id).map { Units.rate(max(0, $0)) })
    sheet.add("host", worker.host)
    sheet.add("pid", worker.pid.map { "\($0)" })
    sheet.add("remark", worker.note)
    sheet.add("numbers are", row.source.age(at: context.now).map { "\(Units.age($0)) old" })
    return sheet
  }

  private static func find(_ id: ResourceID, _ context: PanelContext) -> Sourced<WorkerState>? {
    WorkersPanel.all(context).first { $0.value.id == id }
  }
}
