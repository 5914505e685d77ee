import Canvas
import Console
import OpsModel

/// One number to be read across a room.
struct WallTile {
  let label: SafeText
  /// A few characters: `41k`, `8m51s`, `—`.
  let value: SafeText
  let caption: SafeText
  let severity: Severity
  var line: [Double?] = []
  /// The numbers are old: since when, and why.
  var stale: SafeText?

  static let width = 26
  /// Label, digits, caption, line, a blank one.
  static let height = BigDigits.height + 4

  func draw(_ canvas: inout Canvas, _ area: Rect) {
    let role = stale == nil ? (severity == .ok ? Role.text : PulseColumns.role(severity)) : .stale
    var rest = area
    let head = rest.takeTop(1)
    canvas.put(
      "\(PulseColumns.sign(stale == nil ? severity : .stale)) \(label)" as SafeText, x: head.x, y: head.y, width: head.width - 1,
      style: Style(role))
    if rest.height > BigDigits.height {
      let digits = rest.takeTop(rest.height - 3)
      BigDigits(value).draw(&canvas, Rect(x: digits.x + 2, y: digits.y, width: digits.width - 4, height: digits.height), style: Style(role))
    } else {
      let place = rest.takeTop(1)
      canvas.put(value, x: place.x + 2, y: place.y, width: place.width - 3, style: Style(role))
    }
    let words = rest.takeTop(1)
    canvas.put(stale ?? caption, x: words.x + 2, y: words.y, width: words.width - 3, style: Style(stale == nil ? .faint : .warning))
    if rest.height > 1, !line.isEmpty {
      Sparkline(line).draw(&canvas, x: rest.x + 2, y: rest.y, width: rest.width - 4, style: Style(stale == nil ? .graph : .graphGap))
    }
  }
}
