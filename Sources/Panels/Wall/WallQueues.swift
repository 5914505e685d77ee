import Canvas
import Console
import OpsModel

/// Queues with most to do, each with its line.
enum WallQueues: WallPage {
  static let id = "queues"
  static let title: SafeText = "Queues"

  static func urgency(_ view: StoreView, _ now: Moment) -> Severity? {
    let sources = view.sources(with: .queues)
    guard sources.contains(where: { !($0.reading.value?.queues.isEmpty ?? true) }) else { return nil }
    return sources.map { PulseAssessment.of($0, view, now).severity }.max()
  }

  static func draw(_ view: StoreView, _ now: Moment, _ canvas: inout Canvas, _ area: Rect) {
    let rows = view.rows(\.queues).sorted { rank($0.row, view) > rank($1.row, view) }
    let line = max(0, min(60, area.width - 64))
    for (index, item) in rows.prefix(WallMore.rows(rows.count, &canvas, area)).enumerated() {
      let y = area.y + index
      let isFresh = item.source.isFresh(at: now)
      let role: Role = isFresh ? (isBad(item.row) ? .warning : .text) : .stale
      canvas.put("\(item.source.name) \(item.row.name)" as SafeText, x: area.x + 1, y: y, width: 28, style: Style(role))
      let ready: SafeText = item.row.ready.map { Units.short(Double($0)) } ?? "—"
      canvas.put(ready, x: area.x + 29, y: y, width: 8, style: Style(role), align: .right)
      let oldest: SafeText = item.row.oldest.seconds.map { Units.age($0) } ?? "—"
      canvas.put(oldest, x: area.x + 38, y: y, width: 8, style: Style(role), align: .right)
      let growth: SafeText =
        isFresh ? view.growth(of: item.row.id).map { Units.rate($0, signed: true) } ?? "" : item.source.oldMark(at: now)
      canvas.put(growth, x: area.x + 47, y: y, width: 11, style: Style(isFresh ? .faint : .stale), align: .right)
      let values = view.history.line(.ready, of: item.row.id, width: line, now: now, interval: item.source.interval)
      Sparkline(values).draw(&canvas, x: area.x + 59, y: y, width: line)
    }
  }

  private static func isBad(_ queue: QueueState) -> Bool {
    (queue.oldest.seconds ?? 0) >= PulseAssessment.oldWarning || (queue.workers == 0 && (queue.ready ?? 0) > 0)
  }

  /// What nobody serves stands before everything: its age need not be known for that.
  private static func rank(_ queue: QueueState, _ view: StoreView) -> Double {
    let isUnserved = queue.workers == 0 && (queue.ready ?? 0) > 0
    return (isUnserved ? 1e12 : 0) + (queue.oldest.seconds ?? 0) * 10 + Double(queue.ready ?? 0)
  }
}
