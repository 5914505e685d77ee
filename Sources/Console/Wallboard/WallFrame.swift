import Canvas
import OpsModel

/// One picture of the wallboard: the bar, the page, the worst alerts, and how old the numbers of every source are.
struct WallFrame {
  let identity: Identity
  let view: StoreView
  let now: Moment
  let rotation: WallRotation
  let beats: Int
  /// Seconds without any new number; nil while they come.
  let silence: Double?
  let notice: SafeText?

  func draw(_ canvas: inout Canvas, _ area: Rect) {
    var rest = area
    let bar = rest.takeTop(1)
    let title = rest.takeTop(area.height >= 8 ? 1 : 0)
    let strip = SourceStrip(view: view, now: now).lines(width: area.width - 2, most: max(1, area.height / 8))
    let fresh = rest.takeBottom(strip.count)
    let alerts = rest.takeBottom(min(shownAlerts.count, max(0, area.height / 8)))
    canvas.clipped(to: bar) { drawBar(&$0, bar) }
    canvas.clipped(to: title) { drawTitle(&$0, title) }
    canvas.clipped(to: rest) { page(&$0, rest) }
    canvas.clipped(to: alerts) { drawAlerts(&$0, alerts) }
    canvas.clipped(to: fresh) { canvas in
      for (row, parts) in strip.prefix(fresh.height).enumerated() {
        var x = fresh.x + 1
        for part in parts { x += canvas.put(part.text, x: x, y: fresh.y + row, style: part.style) }
      }
    }
  }

  private func page(_ canvas: inout Canvas, _ area: Rect) {
    guard let entry = rotation.entry else {
      let words: SafeText = view.isDiscovering ? "looking for sources on this host" : "nothing to show yet"
      canvas.put(words, x: area.x + 1, y: area.y + area.height / 2, width: area.width - 2, style: Style(.faint))
      return
    }
    entry.draw(view, now, &canvas, area)
  }

  // MARK: Lines

  private func drawBar(_ canvas: inout Canvas, _ area: Rect) {
    if let silence {
      let style = Style(.critical, reversed: true)
      for x in area.x..<area.endX { canvas.set(" ", x: x, y: area.y, style: style) }
      canvas.put(
        "\(Calendar.clock(now.unix))  NO NEW NUMBERS for \(Units.age(silence)): what stands here is old" as SafeText, x: area.x + 1,
        y: area.y,
        width: area.width - 2, style: style)
      return
    }
    let fresh = view.sources.filter { $0.isFresh(at: now) }.count
    let others = view.sources.count - fresh
    let place: SafeText = identity.label.isEmpty ? identity.environment.word : "\(identity.environment.word) \(identity.label)"
    // Clock and mark are what tells that this is alive: they stand at any width.
    let clock = Calendar.clock(now.unix)
    let end = max(area.x, area.endX - 1 - TextWidth.of(clock.text))
    canvas.put(clock, x: end, y: area.y, style: Style(.title))
    drawMark(&canvas, x: end - 10, y: area.y, from: area.x)
    let room = end - 11
    var x = area.x + 1
    x += canvas.put(" \(place) " as SafeText, x: x, y: area.y, width: max(0, room - x), style: Style(Self.role(identity.environment))) + 2
    let words: SafeText = others == 0 ? "\(fresh) fresh" : "\(fresh) fresh \(others) stale"
    guard x + TextWidth.of(words.text) <= room else { return }
    canvas.put(words, x: x, y: area.y, style: Style(others == 0 ? .ok : .warning))
  }

  private static func role(_ environment: Environment) -> Role {
    switch environment {
    case .production: .production
    case .staging: .staging
    case .development: .development
    }
  }

  /// Moves by one with every observation: where it stands still, nothing is read.
  private func drawMark(_ canvas: inout Canvas, x: Int, y: Int, from: Int) {
    guard x >= from, let full = canvas.glyphs.levels.last else { return }
    let length = 8
    let step = beats % (2 * length - 2)
    let place = step < length ? step : 2 * length - 2 - step
    for column in 0..<length {
      canvas.set(column == place ? full : canvas.glyphs.horizontal, x: x + column, y: y, style: Style(column == place ? .ok : .border))
    }
  }

  private func drawTitle(_ canvas: inout Canvas, _ area: Rect) {
    let title = rotation.entry?.title ?? "wallboard"
    let pages: SafeText = rotation.count > 1 ? "page \(rotation.place) of \(rotation.count)" : ""
    canvas.put(title, x: area.x + 1, y: area.y, width: area.width - 20, style: Style(.title))
    canvas.put(notice ?? pages, x: area.x, y: area.y, width: area.width - 1, style: Style(notice == nil ? .faint : .warning), align: .right)
  }

  private var shownAlerts: [AlertMerge.Told] {
    AlertMerge.of(view).filter { $0.alert.state == .firing && $0.alert.severity > .ok }
      .sorted { ($1.alert.severity, $0.alert.since ?? 0) < ($0.alert.severity, $1.alert.since ?? 0) }
  }

  private func drawAlerts(_ canvas: inout Canvas, _ area: Rect) {
    let all = shownAlerts
    for (row, (source, alert)) in all.prefix(area.height).enumerated() {
      let isLast = row == area.height - 1 && all.count > area.height
      let more: SafeText =
        isLast ? "  (and \(all.count - area.height)\(view.alerts.count >= AlertBook.most ? "+" : "" as SafeText) more)" : ""
      let age: SafeText = alert.since.map { " for \(Units.age(max(0, now.unix - $0)))" } ?? ""
      canvas.put(
        "\(alert.severity.word)\(age)  \(source.oldMark(at: now))\(alert.id.source): \(alert.summary ?? alert.name)\(more)" as SafeText,
        x: area.x + 1, y: area.y + row, width: area.width - 2,
        style: Style(source.isFresh(at: now) ? (alert.severity == .critical ? .critical : .warning) : .stale))
    }
  }
}
