import Canvas
import OpsModel

/// Says that a page has more than there is room for: what is cut off without a word looks like all there is.
enum WallMore {
  /// - Returns: how many of `count` rows are to be drawn; the last row of `area` tells of the others.
  static func rows(_ count: Int, _ canvas: inout Canvas, _ area: Rect) -> Int {
    guard count > area.height, area.height > 0 else { return min(count, max(0, area.height)) }
    let shown = area.height - 1
    tell(count - shown, &canvas, area)
    return shown
  }

  static func tell(_ more: Int, _ canvas: inout Canvas, _ area: Rect) {
    guard more > 0, !area.isEmpty else { return }
    canvas.put(
      "and \(Units.count(more)) more" as SafeText, x: area.x + 1, y: area.endY - 1, width: area.width - 2, style: Style(.warning),
      align: .right)
  }
}
