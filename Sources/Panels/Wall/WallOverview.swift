import Canvas
import Console
import OpsModel

/// Every source in a tile or two, the worst first.
enum WallOverview: WallPage {
  static let id = "overview"
  static let title: SafeText = "Overview"

  static func urgency(_ view: StoreView, _ now: Moment) -> Severity? { view.sources.isEmpty ? nil : .ok }

  static func draw(_ view: StoreView, _ now: Moment, _ canvas: inout Canvas, _ area: Rect) {
    let tiles = view.sources.flatMap { WallTiles.of($0, view, now) }
    let sorted = tiles.enumerated().sorted { ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset) }.map(\.element)
    WallGrid.draw(sorted, &canvas, area)
  }
}
