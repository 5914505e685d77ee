import Canvas
import Console
import OpsModel

/// Load of a database: how many sessions were active on average, and what they were at, against the processors.
enum LoadLine {
  static let window = 60.0

  /// `load 3.2 of 4 cores, a minute: lock 1.8 · cpu 1.1 · io 0.3`; nil where it is not known.
  static func words(_ source: SourceView, _ context: PanelContext) -> SafeText? {
    let parts = means(source, context)
    guard !parts.isEmpty else { return nil }
    let sum = parts.reduce(0) { $0 + $1.mean }
    let cores: SafeText = source.reading.value?.server?.cores.map { " of \($0) cores" } ?? ""
    let kinds = parts.filter { $0.mean >= 0.05 }.sorted { $0.mean > $1.mean }.map { "\($0.kind.name) \(tenth($0.mean))" as SafeText }
    let shown: SafeText = kinds.isEmpty ? "" : ": \(SafeText.join(kinds, " · "))"
    return "load \(tenth(sum))\(cores)\(shown)"
  }

  private static func means(_ source: SourceView, _ context: PanelContext) -> [(kind: LoadClass, mean: Double)] {
    LoadClass.allCases.compactMap { kind in
      context.view.history.mean(.load(kind), of: source.id, window: window).map { (kind, $0) }
    }
  }

  private static func tenth(_ value: Double) -> SafeText {
    let scaled = Int(clamped: value * 10)
    return "\(scaled / 10).\(scaled % 10)"
  }

  /// A line for each class that was seen: name, mean, and how it went, up to twice the processors.
  static func chart(_ source: SourceView, _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    var place = area
    let seen = means(source, context).filter { $0.mean > 0 }.sorted { $0.mean > $1.mean }
    guard !seen.isEmpty, area.height > 1, area.width > 30 else { return }
    let head = place.takeTop(1)
    let cores: SafeText = source.reading.value?.server?.cores.map { ", \($0) cores" } ?? ", cores not known: set cores: for this source"
    canvas.put(
      "\(source.name): active sessions by what they wait for, mean of a minute\(cores)" as SafeText, x: head.x + 1, y: head.y,
      width: head.width - 1, style: Style(.header))
    for part in seen where place.height > 0 {
      let line = place.takeTop(1)
      let role: Role = part.kind == .lock || part.kind == .lwlock ? .warning : .text
      canvas.put(part.kind.name, x: line.x + 2, y: line.y, width: 7, style: Style(role))
      canvas.put(tenth(part.mean), x: line.x + 9, y: line.y, width: 6, style: Style(role), align: .right)
      let width = min(60, line.width - 18)
      let values = context.view.history.line(
        .load(part.kind), of: source.id, width: width, now: context.now, interval: source.interval)
      Sparkline(values).draw(&canvas, x: line.x + 17, y: line.y, width: width, style: Style(.graph))
    }
    guard !source.isFresh(at: context.now) else { return }
    canvas.restyle(Rect(x: area.x, y: area.y, width: area.width, height: place.y - area.y)) { $0.isDimmed = true }
  }
}
