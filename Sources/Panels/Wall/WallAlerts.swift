import Canvas
import Console
import OpsModel

/// Every alert that fires, and big how many there are.
enum WallAlerts: WallPage {
  static let id = "alerts"
  static let title: SafeText = "Alerts"

  static func urgency(_ view: StoreView, _ now: Moment) -> Severity? { firing(view).map(\.alert.severity).max() }

  private static func firing(_ view: StoreView) -> [AlertMerge.Told] {
    AlertMerge.of(view).filter { [.firing, .acknowledged].contains($0.alert.state) && $0.alert.severity > .ok }
      .sorted { ($1.alert.severity, $0.alert.since ?? 0) < ($0.alert.severity, $1.alert.since ?? 0) }
  }

  static func draw(_ view: StoreView, _ now: Moment, _ canvas: inout Canvas, _ area: Rect) {
    let all = firing(view)
    var rest = area
    if area.height >= 14 {
      let counts = rest.takeTop(WallTile.height - 1)
      // No more are told apart: then there are at least so many.
      let more: SafeText = view.alerts.count >= AlertBook.most ? "+" : ""
      let critical = all.filter { $0.alert.severity == .critical }.count
      WallGrid.draw(
        [
          WallTile(
            label: "critical", value: "\(critical)\(critical > 0 ? more : "")", caption: "", severity: critical > 0 ? .critical : .ok),
          WallTile(
            label: "warning", value: "\(all.count - critical)\(all.count > critical ? more : "")", caption: "",
            severity: all.count > critical ? .warning : .ok),
        ], &canvas, Rect(x: counts.x, y: counts.y, width: min(counts.width, 2 * WallTile.width), height: WallTile.height))
    }
    for (row, (source, alert)) in all.prefix(WallMore.rows(all.count, &canvas, rest)).enumerated() {
      let age: SafeText = alert.since.map { Units.age(max(0, now.unix - $0)) } ?? "?"
      let known: SafeText = alert.quiet.map { "  (known: \($0.by))" } ?? ""
      let words: SafeText = "\(source.name)  \(alert.name): \(alert.summary ?? "")\(known)"
      canvas.put(
        "\(PulseColumns.sign(alert.severity)) \(age)  \(source.oldMark(at: now))\(words)" as SafeText, x: rest.x + 1, y: rest.y + row,
        width: rest.width - 2, style: Style(source.isFresh(at: now) ? AlertColumns.role(alert) : .stale))
    }
  }
}
