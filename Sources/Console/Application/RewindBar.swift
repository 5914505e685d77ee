import Canvas
import OpsModel

/// Line 1 while the screen shows what was: nobody shall take it for now.
struct RewindBar {
  let environment: SafeText
  let at: Double?
  let isReading: Bool
  let isReplay: Bool
  let now: Moment
  /// Who records meanwhile; nil where that is not known, or nobody could.
  var recording: RecordingState?

  func draw(_ canvas: inout Canvas, _ area: Rect) {
    let style = Style(.warning, reversed: true)
    for x in area.x..<max(area.x, area.endX) { canvas.set(" ", x: x, y: area.y, style: style) }
    let what: SafeText = isReplay ? "REPLAY" : "REWOUND"
    let time: SafeText = at.map { Calendar.stamp($0) } ?? "reading the tape"
    let age: SafeText = at.map { isReplay ? "" : ", \(Units.age(max(0, now.unix - $0))) ago" } ?? ""
    let busy: SafeText = isReading && at != nil ? " …" : ""
    let x = canvas.put("\(what) \(time)\(age)\(busy)" as SafeText, x: area.x + 1, y: area.y, width: max(0, area.width - 1), style: style)
    let keys: SafeText = isReplay ? "[ ] step  { } event  t time" : "Esc now  [ ] step  { } event"
    let right: SafeText = area.width >= 70 ? "\(environment)  \(keys)" : (isReplay ? "" : "Esc now")
    let marked = (recording?.forms ?? []).map { "\($0)  \(right)" as SafeText }
    if let text = (marked + [right]).first(where: { x + TextWidth.of($0.text) + 4 <= area.width }) {
      canvas.put(text, x: area.x, y: area.y, width: area.width - 1, style: style, align: .right)
    }
  }
}
