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
    if let text = ends.first(where: { x + TextWidth.of($0.text) + 4 <= area.width }) {
      canvas.put(text, x: area.x, y: area.y, width: area.width - 1, style: style, align: .right)
    }
  }

  /// The right end of the line, the best first: whose data it is and who records, before keys that the help has as well.
  private var ends: [SafeText] {
    let leave: SafeText = isReplay ? environment : "\(environment)  Esc now"
    let keys: SafeText = isReplay ? "\(environment)  [ ] step  { } event  t time" : "\(leave)  [ ] step  { } event"
    let marks = recording?.forms ?? []
    let marked = [keys, leave, environment].flatMap { end in marks.map { "\($0)  \(end)" as SafeText } }
    return marked + [keys, leave, environment] + (isReplay ? [] : ["Esc now"])
  }
}
