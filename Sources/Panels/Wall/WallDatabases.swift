import Canvas
import Console
import OpsModel

/// Databases: who waits, who makes them wait, and how full they are.
enum WallDatabases: WallPage {
  static let id = "databases"
  static let title: SafeText = "Databases"

  static func urgency(_ view: StoreView, _ now: Moment) -> Severity? {
    view.sources(with: .sessions).map { PulseAssessment.of($0, view, now).severity }.max()
  }

  static func draw(_ view: StoreView, _ now: Moment, _ canvas: inout Canvas, _ area: Rect) {
    WallGrid.draw(WallTiles.sorted(view.sources(with: .sessions), view, now), &canvas, area)
  }
}
