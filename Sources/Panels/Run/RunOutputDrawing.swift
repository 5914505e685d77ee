import Canvas
import Console
import OpsModel

/// The newest lines that steps printed: of the chosen step where it printed something, of all otherwise.
enum RunOutputDrawing {
  static func draw(_ lines: [RunPage.Line], step: RunPage.Step?, _ canvas: inout Canvas, _ area: Rect) {
    guard area.height > 1, area.width > 8 else { return }
    let own = step.map { step in lines.filter { $0.step == step.path || $0.step.text.hasPrefix(step.path.text + "/") } } ?? []
    let shown = own.isEmpty ? lines : own
    let title: SafeText = own.isEmpty ? "output" : "output of \(step?.path ?? "")"
    canvas.put(title, x: area.x + 1, y: area.y, width: area.width - 2, style: Style(.header))
    let room = area.height - 1
    for (row, line) in shown.suffix(room).enumerated() {
      var x = area.x + 1
      if own.isEmpty, area.width > 60 {
        x += canvas.put(line.step, x: x, y: area.y + 1 + row, width: min(16, area.width / 4), style: Style(.faint)) + 1
      }
      canvas.put(line.text, x: x, y: area.y + 1 + row, width: max(0, area.endX - x), style: .plain)
    }
    if shown.isEmpty {
      canvas.put("nothing was printed yet" as SafeText, x: area.x + 1, y: area.y + 1, width: area.width - 2, style: Style(.faint))
    }
  }
}
