import Canvas
import Console
import OpsModel

/// What probably causes what is wrong.
enum WallSuspects: WallPage {
  static let id = "suspects"
  static let title: SafeText = "What is wrong, and why"

  static func urgency(_ view: StoreView, _ now: Moment) -> Severity? {
    view.suspects.filter { !$0.isCorrelation }.map(\.severity).max()
  }

  static func draw(_ view: StoreView, _ now: Moment, _ canvas: inout Canvas, _ area: Rect) {
    var y = area.y
    for suspect in view.suspects where !suspect.isCorrelation {
      let head: SafeText = "\(PulseColumns.sign(suspect.severity)) \(suspect.title), for \(Units.age(max(0, now.unix - suspect.since)))"
      for (index, line) in ([head] + suspect.evidence.map(\.text)).enumerated() {
        for text in TextWrap.lines(line, width: max(8, area.width - 6)) where y < area.endY {
          let style = index == 0 ? Style(SuspectLines.role(suspect)) : .plain
          canvas.put(text, x: area.x + (index == 0 ? 1 : 4), y: y, width: area.width - 4, style: style)
          y += 1
        }
      }
      y += 1
      if y >= area.endY { return }
    }
  }
}
