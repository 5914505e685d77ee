import Canvas
import Console
import OpsModel

/// Every alert that fires, and big how many there are.
enum WallAlerts: WallPage {
  static let id = "alerts"
  static let title: SafeText = "Alerts"

  static func urgency(_ view: StoreView, _ now: Moment) -> Severity? { firing(view).map(\.value.severity).max() }

  private static func firing(_ view: StoreView) -> [Sourced<AlertState>] {
    AlertMerge.of(view).filter { [.firing, .acknowledged].contains($0.value.state) && $0.value.severity > .ok }
      .sorted { ($1.value.severity, $0.value.since ?? 0) < ($0.value.severity, $1.value.since ?? 0) }
  }

  static func draw(_ view: StoreView, _ now: Moment, _ canvas: inout Canvas, _ area: Rect) {
    let all = firing(view)
    var rest = area
    if area.height >= 14 {
      let counts = rest.takeTop(WallTile.height - 1)
      let critical = all.filter { $0.value.severity == .critical }.count
      WallGrid.draw(
        [
          WallTile(label: "critical", value: "\(critical)", caption: "", severity: critical > 0 ? .critical : .ok),
          WallTile(label: "warning", value: "\(all.count - critical)", caption: "", severity: all.count > critical ? .warning : .ok),
        ], &canvas, Rect(x: counts.x, y: counts.y, width: min(counts.width, 2 * WallTile.width), height: WallTile.height))
    }
    for (row, alert) in all.prefix(rest.height).enumerated() {
      let age: SafeText = alert.value.since.map { Units.age(max(0, now.unix - $0)) } ?? "?"
      let known: SafeText = alert.value.quiet.map { "  (known: \($0.by))" } ?? ""
      canvas.put(
        "\(PulseColumns.sign(alert.value.severity)) \(age)  \(alert.source.name)  \(alert.value.name): \(alert.value.summary ?? "")\(known)"
          as SafeText,
        x: rest.x + 1, y: rest.y + row, width: rest.width - 2, style: Style(AlertColumns.role(alert.value)))
    }
  }
}
