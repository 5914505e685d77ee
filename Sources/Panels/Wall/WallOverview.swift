import Canvas
import Console
import OpsModel

/// Every source in a tile or two, the worst first.
enum WallOverview: WallPage {
  static let id = "overview"
  static let title: SafeText = "Overview"

  static func urgency(_ view: StoreView, _ now: Moment) -> Severity? { view.sources.isEmpty ? nil : .ok }

  static func draw(_ view: StoreView, _ now: Moment, _ canvas: inout Canvas, _ area: Rect) {
    WallGrid.draw(WallTiles.sorted(view.sources, view, now), &canvas, area)
  }
}
