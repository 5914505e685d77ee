import Canvas
import Console
import OpsModel

/// A line of the page of one process.
enum RuntimeLine {
  case text(HeadLine)
  case fact(label: SafeText, value: SafeText, role: Role)
  /// A number now, where it comes from, its way here, and what it lay between.
  case chart(label: SafeText, value: SafeText, from: SafeText, line: [Double?], range: SafeText)
  /// One that was so when its source last answered.
  indirect case old(RuntimeLine)

  static let labelWidth = 15
  private static let valueWidth = 9
  private static let fromWidth = 10

  /// Columns of a chart in a line of this width.
  static func room(_ width: Int) -> Int { max(0, min(60, width - labelWidth - valueWidth - fromWidth - 20)) }

  func draw(_ canvas: inout Canvas, _ area: Rect) {
    switch self {
    case .old(let line):
      line.draw(&canvas, area)
      canvas.restyle(area) { $0.isDimmed = true }
    case .text(let line): canvas.put(line.text, x: area.x, y: area.y, width: area.width, style: line.style)
    case .fact(let label, let value, let role):
      canvas.put(label, x: area.x, y: area.y, width: Self.labelWidth - 1, style: Style(.header))
      canvas.put(value, x: area.x + Self.labelWidth, y: area.y, width: max(0, area.width - Self.labelWidth), style: Style(role))
    case .chart(let label, let value, let from, let line, let range):
      canvas.put(label, x: area.x, y: area.y, width: Self.labelWidth - 1, style: Style(.header))
      var x = area.x + Self.labelWidth
      canvas.put(value, x: x, y: area.y, width: max(0, min(Self.valueWidth, area.endX - x)), align: .right)
      x += Self.valueWidth + 1
      canvas.put(from, x: x, y: area.y, width: max(0, min(Self.fromWidth, area.endX - x)), style: Style(.faint))
      x += Self.fromWidth + 1
      let room = Self.room(area.width)
      Sparkline(line).draw(&canvas, x: x, y: area.y, width: room)
      canvas.put(range, x: x + room + 1, y: area.y, width: max(0, area.endX - x - room - 1), style: Style(.faint))
    }
  }
}
